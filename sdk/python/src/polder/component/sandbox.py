"""What Python expects of a system, and a plugin does not have: refused in words, where it would end the instance."""

from __future__ import annotations

import importlib
import io
import pkgutil
import sys
from typing import Any, NoReturn

import wit_world

from .. import log

#: Encodings that are looked up when they are first used, which is too late in a plugin.
_ENCODINGS = ("ascii", "cp1252", "latin_1", "utf_8_sig", "utf_16", "utf_16_be", "utf_16_le", "utf_32")

_TIME = "a plugin has no clock of its own: a task can ask for `polder.clock`"
_FILES = "a plugin has no files of its own: a task can ask for `polder.storage`"
_RANDOM = "a plugin has no randomness of its own: a task can ask for `polder.random`"
_REFUSED = {
    "time": (_TIME, ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "sleep")),
    "os": (_FILES, ("open", "listdir", "scandir", "stat", "lstat", "mkdir", "remove", "rename", "rmdir", "unlink")),
    "io": (_FILES, ("open", "open_code")),
    "builtins": (_FILES, ("open",)),
    "random": (_RANDOM, ("random", "randint", "choice", "choices", "sample", "shuffle", "uniform", "randrange")),
    "secrets": (_RANDOM, ("token_bytes", "token_hex", "token_urlsafe", "choice", "randbelow")),
}


def close() -> None:
    """Puts refusals in place of what is not there, from now on."""
    late = [f"encodings.{encoding}" for encoding in _ENCODINGS]
    # The runtime imports its bindings, and what seeds generators, as it needs them.
    late += ["random", *(module.name for module in pkgutil.walk_packages(wit_world.__path__, "wit_world."))]
    for module in late:
        importlib.import_module(module)
    for name, (why, functions) in _REFUSED.items():
        module = sys.modules.get(name)
        for function in functions:
            if module is not None and hasattr(module, function):
                setattr(module, function, _refusal(f"{name}.{function}", why))
    if "os" in sys.modules:
        sys.modules["os"].urandom = _refusal("os.urandom", _RANDOM)  # type: ignore[assignment]
    sys.meta_path[:] = [finder for finder in sys.meta_path if finder.__name__ != "PathFinder"]  # type: ignore[union-attr]
    sys.meta_path.append(_NoModules)  # type: ignore[arg-type]
    sys.stdout = _Lines("info")  # type: ignore[assignment]
    sys.stderr = _Lines("warn")  # type: ignore[assignment]


def _refusal(name: str, why: str) -> Any:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise OSError(f"{name}: {why}")

    return refuse


class _NoModules:
    """Finds no module: what is imported at last was imported when the component was built."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> None:
        if not name.startswith("encodings."):
            raise ModuleNotFoundError(f"`{name}` is not in the plugin: import it at the top of a module", name=name)


class _Lines(io.TextIOBase):
    """Hands on each line to the log."""

    def __init__(self, level: str) -> None:
        self.level = level
        self.rest = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        *lines, self.rest = (self.rest + text).split("\n")
        for line in lines:
            log.event(self.level, line)
        return len(text)
