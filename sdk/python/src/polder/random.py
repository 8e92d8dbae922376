"""Randomness; the same again when a run is given the same seed."""

from __future__ import annotations

import os
import random as _random
from typing import Any

from . import host

_host = host.interface("random")

#: Bytes that the host gives at once.
_MOST = 1 << 16


def bytes(count: int) -> Any:
    """So many bytes."""
    if not host.inside():
        return os.urandom(count)
    return b"".join(_host.bytes(min(_MOST, count - start)) for start in range(0, count, _MOST))


def u64() -> int:
    """Any number from 0 to 2**64 - 1."""
    return int.from_bytes(bytes(8), "little")


def generator() -> _random.Random:
    """A generator of Python's own, begun with a number that was drawn: for ``choice``, ``shuffle``, ``gauss`` …"""
    return _random.Random(u64())
