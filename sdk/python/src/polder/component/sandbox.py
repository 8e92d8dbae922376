"""What Python expects of a system, and a plugin does not have: refused in words, where it would end the instance."""

from __future__ import annotations

import importlib
import io
import linecache
import logging
import os
import pkgutil
import random
import sys
import time
import types
from collections.abc import Callable
from typing import Any, NoReturn

import wit_world

from .. import log

#: Encodings that are looked up when they are first used, which is too late in a plugin.
_ENCODINGS = ("ascii", "cp1252", "latin_1", "utf_8_sig", "utf_16", "utf_16_be", "utf_16_le", "utf_32")

_TIME = "a plugin has no clock of its own: a task can ask for `polder.clock`"
_FILES = "a plugin has no files of its own: a task can ask for `polder.storage`"
_RANDOM = "a plugin has no randomness of its own: a task can ask for `polder.random`"

#: What is refused, and why, by module.
_REFUSED = {
    "time": (_TIME, "time time_ns monotonic monotonic_ns perf_counter perf_counter_ns sleep"),
    "os": (_FILES, "open listdir scandir stat lstat mkdir remove rename rmdir unlink"),
    "io": (_FILES, "open open_code"),
    "builtins": (_FILES, "open"),
    "random": (_RANDOM, "random randint choice choices sample shuffle uniform randrange getrandbits"),
    "secrets": (_RANDOM, "token_bytes token_hex token_urlsafe choice randbelow"),
    "uuid": (_RANDOM, "uuid1 uuid4"),
}


class _Seeded(random.Random):
    """Generators that begin with a number, as others would be given one by the system."""

    def __new__(cls, *seed: Any) -> _Seeded:
        if not seed or seed[0] is None:
            raise OSError(f"random.Random without a seed: {_RANDOM}")
        return super().__new__(cls, *seed)


def close() -> None:
    """Loads what the runtime would load later, and puts refusals in place of what is not there from now on."""
    late = [f"encodings.{encoding}" for encoding in _ENCODINGS]
    # The runtime imports its bindings as it needs them.
    late += [module.name for module in pkgutil.walk_packages(wit_world.__path__, "wit_world.")]
    for name in late:
        importlib.import_module(name)
    for name, (why, functions) in _REFUSED.items():
        for function in functions.split():
            if hasattr(sys.modules.get(name), function):
                setattr(sys.modules[name], function, _refusal(f"{name}.{function}", why))
    os.urandom = _refusal("os.urandom", _RANDOM)
    random.Random = _Seeded  # type: ignore[assignment,misc]
    # Tracebacks do without the lines of the source, records of logs without the time.
    linecache.updatecache, linecache.checkcache = (lambda *_, **__: []), (lambda *_, **__: None)
    logging.time = types.SimpleNamespace(**{**vars(time), "time": lambda: 0.0, "time_ns": lambda: 0})  # type: ignore[attr-defined]
    sys.meta_path[:] = [finder for finder in sys.meta_path if getattr(finder, "__name__", "") != "PathFinder"]
    sys.meta_path.append(_NoModules)
    sys.stdout, sys.stderr = _Lines("info"), _Lines("warn")


def _refusal(name: str, why: str) -> Callable[..., NoReturn]:
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
