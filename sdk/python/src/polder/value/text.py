"""Values of any number of bytes, which offsets tell apart: text, binary, and truth values of a bit each."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Any

from .. import bits
from ..column import Column
from ..data_type import BINARY, BOOLEAN, STRING
from ..error import Error
from .base import Value, masked

_TRUTH = {False: 0, True: 1}


def offsets(lengths: Iterable[int]) -> bytes:
    """Where each value begins, and where the last one ends."""
    try:
        return array("i", accumulate(lengths, initial=0)).tobytes()
    except OverflowError:
        raise Error("a column holds 2 GiB at most") from None


def ranges(column: Column[Any]) -> Iterable[tuple[int, int]]:
    """Where each value begins and ends."""
    return pairwise(memoryview(column.buffers[0]).cast("i").tolist())


class Text(Value):
    """Text: str."""

    data_type, python, blank = STRING, "str", ""

    def read(self, column: Column[Any]) -> list[Any]:
        buffer = column.buffers[1]
        text = str(buffer, "utf-8")
        if len(text) == len(buffer):
            return masked([text[start:end] for start, end in ranges(column)], column)
        return masked([str(buffer[start:end], "utf-8") for start, end in ranges(column)], column)

    def pack(self, values: Sequence[Any]) -> list[bytes]:
        text = "".join(values)
        encoded = text.encode()
        lengths = map(len, values) if len(text) == len(encoded) else [len(part.encode()) for part in values]
        return [offsets(lengths), encoded]


class Binary(Value):
    """Binary: bytes."""

    data_type, python, blank = BINARY, "bytes", b""

    def read(self, column: Column[Any]) -> list[Any]:
        buffer = column.buffers[1]
        return masked([buffer[start:end] for start, end in ranges(column)], column)

    def pack(self, values: Sequence[Any]) -> list[bytes]:
        return [offsets(map(len, values)), b"".join(values)]


class Boolean(Value):
    """Truth values: bool."""

    data_type, python, blank = BOOLEAN, "bool", False

    def read(self, column: Column[Any]) -> list[Any]:
        return masked(list(map(bool, bits.unpack(column.buffers[0], len(column)))), column)

    def pack(self, values: Sequence[Any]) -> list[bytes]:
        return [bits.pack(bytes(map(_TRUTH.__getitem__, values)))]
