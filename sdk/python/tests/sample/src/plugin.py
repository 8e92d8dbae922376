"""One function of each kind and type: what the tests call natively, and the conformance kit in the sandbox."""

import aggregates  # noqa: F401
import scalars  # noqa: F401
import tables  # noqa: F401
import whole  # noqa: F401
