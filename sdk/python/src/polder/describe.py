"""``python -m polder.describe``: what a plugin exports and imports, or what is wrong with it, in words.

Run by the builder in the project's folder, with the SDK, ``src`` and the dependencies on the path of modules.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import sys
import traceback

from .function import Mistake, functions
from .wants import INTERFACES, wanted

_EXPORTS = {
    "udf": {"scalar", "aggregate", "table"},
    "transforms": {"transform"},
    "scorers": {"scorer"},
    "tasks": {"task"},
}


def world() -> dict[str, list[str]]:
    """The interfaces that the plugin exports and imports.

    Raises:
        Mistake: When it cannot be a plugin.
    """
    kinds = {function.kind for function in functions().values()}
    if not kinds:
        raise Mistake("src/plugin.py has no functions: `@scalar`, `@aggregate`, `@table` or `@task` makes one")
    imports = sorted({want.interface for want in wanted()})
    for interface in INTERFACES:
        if f"polder.{interface}" in sys.modules and interface not in imports:
            raise Mistake(
                f"the plugin imports `polder.{interface}`, but does not say why: "
                f'write `wants({interface}=want(…, reason="…"))`'
            )
    exports = [interface for interface, kinds_of in _EXPORTS.items() if kinds & kinds_of]
    return {"exports": exports, "imports": ["log", *imports]}


def main() -> int:
    """Prints the world as JSON, or on stderr what is wrong."""
    try:
        with contextlib.redirect_stdout(sys.stderr):
            importlib.import_module("plugin")
            described = world()
    except Mistake as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except SyntaxError as error:
        sys.stderr.write("".join(traceback.format_exception_only(error)))
        return 1
    except Exception as error:
        ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "importlib" not in frame.filename]
        lines = traceback.format_list(ours[1:] or ours) + traceback.format_exception_only(error)
        sys.stderr.write("".join(lines))
        return 1
    print(json.dumps(described))
    return 0


if __name__ == "__main__":
    sys.exit(main())
