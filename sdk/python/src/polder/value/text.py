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

    data_type, python = STRING, "str"

    def read(self, column: Column[Any]) -> list[Any]:
        buffer = column.buffers[1]
        text = str(buffer, "utf-8")
        if len(text) == len(buffer):
            return masked([text[start:end] for start, end in ranges(column)], column)
        return masked([str(buffer[start:end], "utf-8") for start, end in ranges(column)], column)

    def write(self, values: Sequence[Any]) -> Column[Any]:
        texts = ["" if value is None else value for value in values] if None in values else values
        try:
            text = "".join(texts)
            encoded = text.encode()
        except (TypeError, UnicodeEncodeError):
            raise self.refuse(values, lambda value: "".join([value]).encode()) from None
        lengths = map(len, texts) if len(text) == len(encoded) else [len(part.encode()) for part in texts]
        return self.column(len(values), [offsets(lengths), encoded], values)


class Binary(Value):
    """Binary: bytes."""

    data_type, python = BINARY, "bytes"

    def read(self, column: Column[Any]) -> list[Any]:
        buffer = column.buffers[1]
        return masked([buffer[start:end] for start, end in ranges(column)], column)

    def write(self, values: Sequence[Any]) -> Column[Any]:
        parts = [b"" if value is None else value for value in values] if None in values else values
        try:
            joined = b"".join(parts)
        except TypeError:
            raise self.refuse(values, lambda value: b"".join([value])) from None
        return self.column(len(values), [offsets(map(len, parts)), joined], values)


class Boolean(Value):
    """Truth values: bool."""

    data_type, python = BOOLEAN, "bool"

    def read(self, column: Column[Any]) -> list[Any]:
        return masked(list(map(bool, bits.unpack(column.buffers[0], len(column)))), column)

    def write(self, values: Sequence[Any]) -> Column[Any]:
        truths = [False if value is None else value for value in values] if None in values else values
        try:
            flags = bytes(map(_TRUTH.__getitem__, truths))
        except (KeyError, TypeError):
            raise self.refuse(values, _TRUTH.__getitem__) from None
        return self.column(len(values), [bits.pack(flags)], values)
