"""Lines for whoever runs the statement. The host limits their rate and size. ``print`` writes here, too."""

from __future__ import annotations

import sys
from typing import Any

from . import host

_log = host.interface("log")


def event(level: str, message: object, **fields: object) -> None:
    """Writes a line with fields, which can be told apart from the message; in native runs, to stderr.

    Args:
        level: ``trace``, ``debug``, ``info``, ``warn`` or ``error``.

    >>> event("info", "loaded", file="flights.csv", rows=1024)
    """
    if host.inside():
        _log.log(_log.Level[level.upper()], str(message), [(name, str(value)) for name, value in fields.items()])
    else:
        sys.stderr.write(f"{level}: {message}{''.join(f' {name}={value}' for name, value in fields.items())}\n")


def trace(message: object, **fields: Any) -> None:
    event("trace", message, **fields)


def debug(message: object, **fields: Any) -> None:
    event("debug", message, **fields)


def info(message: object, **fields: Any) -> None:
    event("info", message, **fields)


def warn(message: object, **fields: Any) -> None:
    event("warn", message, **fields)


def error(message: object, **fields: Any) -> None:
    event("error", message, **fields)
