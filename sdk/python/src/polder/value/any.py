"""Values of any type, as Python sees each by nature."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from ..column import CODES, Column
from ..data_type import NULL, DataType
from ..error import Error
from .base import Value
from .fixed import Date, Decimal, LocalTimestamp, Number, Opaque, Timestamp, width
from .nested import List, Map, dictionary
from .text import Binary, Boolean, Text


class Optional(Value):
    """A value of some type or None."""

    optional = True

    def __init__(self, inner: Value) -> None:
        self.inner = inner
        self.data_type = inner.data_type
        self.python = f"{inner.python} or None"
        self.read = inner.read  # type: ignore[method-assign]
        self.write = inner.write  # type: ignore[method-assign]


class AnyValue(Value):
    """Stands for :data:`typing.Any` until a function is bound to the types of its arguments."""

    data_type = NULL
    optional = True

    def write(self, values: Sequence[Any]) -> Column[Any]:
        raise Error("a value of any type needs one that is known")


class Null(Value):
    """Nothing but None."""

    data_type, python, optional = NULL, "None", True

    def read(self, column: Column[Any]) -> list[Any]:
        return [None] * len(column)

    def write(self, values: Sequence[Any]) -> Column[Any]:
        if any(value is not None for value in values):
            raise self.refuse(values, {}.__getitem__)
        return Column(NULL, len(values), [], null_count=len(values), value=self)


@lru_cache(maxsize=256)
def natural(data_type: DataType) -> Value:
    """The Python type that shows values of a data type: int, str, datetime, list, dict … or None."""
    return Optional(_natural(data_type))


def _natural(data_type: DataType) -> Value:
    format, children = data_type.format, data_type.children
    simple = {"n": Null, "b": Boolean, "u": Text, "z": Binary, "tdD": Date, "tsu:": LocalTimestamp}
    if format in simple:
        return simple[format]()
    if format in CODES:
        return Number(data_type)
    if format.startswith("tsu:"):
        return Timestamp(data_type)
    if format.startswith("d:") and format.count(",") == 1:
        return Decimal(data_type)
    if format == "+l" and len(children) == 1:
        return List(natural(children[0].data_type), data_type)
    if format == "+m" and len(children) == 1:
        key, value = children[0].data_type.children
        return Map(natural(key.data_type), natural(value.data_type), data_type)
    if format == "+s":
        return dictionary({child.name: natural(child.data_type) for child in children}, data_type)
    bytes_each = width(format)
    if bytes_each is None:
        raise Error(f"values of {data_type} cannot be read in Python")
    return Opaque(data_type, bytes_each)
