"""Lists, structs and maps."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any

from ..column import Column
from ..data_type import DataType, Field, list_of, map_of, struct_of
from ..error import RowError, words
from .base import Value, converted, masked, shown
from .text import offsets, ranges


class List(Value):
    """Lists of one type: list."""

    python = "list"

    def __init__(self, item: Value, data_type: DataType | None = None) -> None:
        self.item = item
        self.data_type = data_type or list_of(item.data_type)

    def read(self, column: Column[Any]) -> list[Any]:
        spans = list(ranges(column))
        try:
            items = self.item.read(column.children[0])
        except RowError as error:
            ends = [end for _, end in spans]
            raise RowError(str(error), None if error.row is None else bisect_right(ends, error.row)) from error
        lists: list[Any] = [items[start:end] for start, end in spans]
        if not self.item.optional and None in items:
            lists = [None if None in items else items for items in lists]
        return masked(lists, column)

    def write(self, values: Sequence[Any]) -> Column[Any]:
        lists = [() if value is None else value for value in values] if None in values else values
        try:
            lengths = list(map(len, lists))
            items = list(chain.from_iterable(lists))
        except TypeError:
            raise self.refuse(values, lambda value: (len(value), iter(value))) from None
        try:
            if not self.item.optional and None in items:
                raise RowError(f"a list of {self.item.python} holds None", items.index(None))
            child = self.item.write(items)
        except RowError as error:
            raise RowError(str(error), _row(lengths, error.row)) from error
        return self.column(len(values), [offsets(lengths)], values, child)


def _row(lengths: list[int], item: int | None) -> int | None:
    """The list that the item of this number is in."""
    if item is None:
        return None
    for row, length in enumerate(lengths):
        if item < length:
            return row
        item -= length
    return None


class Struct(Value):
    """Structs: named tuples, dataclasses or dicts. One is there when all its fields are that cannot be null."""

    def __init__(
        self,
        fields: dict[str, Value],
        make: Callable[..., Any],
        take: Callable[[Any], Sequence[Any]],
        python: str,
        data_type: DataType | None = None,
    ) -> None:
        self.fields = fields
        self.make = make
        self.take = take
        self.python = python
        self.data_type = data_type or struct_of(Field(name, value.data_type) for name, value in fields.items())

    def read(self, column: Column[Any]) -> list[Any]:
        columns = [value.read(child) for value, child in zip(self.fields.values(), column.children)]
        return masked(self.assemble(columns, len(column)), column)

    def assemble(self, columns: list[list[Any]], rows: int) -> list[Any]:
        """A struct of each row of the fields' values, None where one is missing."""
        needed = [values for values, field in zip(columns, self.fields.values()) if not field.optional]
        if not any(None in values for values in needed):
            return converted(lambda row: self.make(*row), list(zip(*columns)) or [()] * rows)
        whole = [None not in row for row in zip(*needed)]
        return converted(
            lambda row: self.make(*row), [row if there else None for row, there in zip(zip(*columns), whole)]
        )

    def split(self, values: Sequence[Any]) -> list[Column[Any]]:
        """A column for each field.

        Raises:
            RowError: Where a value is no such struct, or a field of it does not fit.
        """
        nothing = (None,) * len(self.fields)
        rows = []
        for row, value in enumerate(values):
            try:
                rows.append(nothing if value is None else self.take(value))
            except (AttributeError, KeyError, TypeError) as error:
                message = f"{shown(value)} is of type {type(value).__name__}, not {self.python}: {words(error)}"
                raise RowError(message, row) from error
        columns = []
        for (name, field), cells in zip(self.fields.items(), zip(*rows) if rows else [()] * len(self.fields)):
            try:
                columns.append(field.write(list(cells)))
            except RowError as error:
                raise RowError(f"field `{name}`: {error}", error.row) from error
            if not field.optional and None in cells:
                for row, (cell, value) in enumerate(zip(cells, values)):
                    if cell is None and value is not None:
                        raise RowError(f"field `{name}` of {self.python} is None", row)
        return columns

    def write(self, values: Sequence[Any]) -> Column[Any]:
        return self.column(len(values), [], values, *self.split(values))


def record(cls: type, fields: dict[str, Value]) -> Struct:
    """Structs that are objects of a class, whose fields are its attributes."""
    names = list(fields)
    if len(names) > 1:
        return Struct(fields, cls, attrgetter(*names), cls.__name__)
    get = attrgetter(names[0])
    return Struct(fields, cls, lambda value: (get(value),), cls.__name__)


def dictionary(fields: dict[str, Value], data_type: DataType) -> Struct:
    """Structs that are dicts by the names of the fields."""
    names = list(fields)
    return Struct(
        fields,
        lambda *cells: dict(zip(names, cells)),
        lambda value: tuple([value[name] for name in names]),
        "dict",
        data_type,
    )


class Map(Value):
    """Maps from keys to values: dict."""

    python = "dict"

    def __init__(self, key: Value, value: Value, data_type: DataType | None = None) -> None:
        self.data_type = data_type or map_of(key.data_type, value.data_type)
        entry = Struct({"key": key, "value": value}, lambda *pair: pair, tuple, "entry")
        self.entries = List(entry, self.data_type)

    def read(self, column: Column[Any]) -> list[Any]:
        return converted(dict, self.entries.read(column))

    def write(self, values: Sequence[Any]) -> Column[Any]:
        try:
            lists = [None if value is None else list(value.items()) for value in values]
        except AttributeError:
            raise self.refuse(values, lambda value: value.items()) from None
        column = self.entries.write(lists)
        return column.typed(self)
