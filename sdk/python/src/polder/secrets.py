"""Stand-ins for secrets, which the host replaces on their way out; no secret enters the sandbox."""

from __future__ import annotations

from . import host

_secrets = host.interface("secrets")


@host.asks
def placeholder(connection: str, name: str) -> str:
    """What to put into a header of a request, in place of the secret ``name`` of a connection."""
    return _secrets.placeholder(connection, name)
