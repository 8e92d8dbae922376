"""Rows of several columns with names: what transforms, scorers, queries and writers deal in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, overload

from . import resolve
from .column import Column
from .data_type import Field
from .error import Error, RowError
from .value import natural

T = TypeVar("T")


class Batch:
    """Rows of named columns."""

    def __init__(self, fields: Iterable[Field], columns: Iterable[Column[Any]]) -> None:
        """A batch of these columns.

        Raises:
            Error: When there is not one column for each field, of its type and as long as the others.
        """
        self.fields = list(fields)
        self.columns = [column.spread() for column in columns]
        if len(self.fields) != len(self.columns):
            raise Error(f"{len(self.columns)} columns for {len(self.fields)} fields")
        for field, column in zip(self.fields, self.columns):
            if not field.data_type.same_values(column.data_type):
                raise Error(f"column `{field.name}` is {column.data_type}, not {field.data_type}")
            if len(column) != len(self):
                raise Error(f"column `{field.name}` has {len(column)} rows, not {len(self)}")

    @classmethod
    def from_columns(cls, columns: Mapping[str, Column[Any]]) -> Batch:
        """A batch of columns by name."""
        return cls([Field(name, column.data_type) for name, column in columns.items()], columns.values())

    @classmethod
    def from_rows(cls, row: type[T], rows: Iterable[T]) -> Batch:
        """A batch of rows, whose fields are the columns."""
        struct = resolve.record_of(row)  # type: ignore[arg-type]
        return cls(struct.data_type.children, struct.split(list(rows)))

    @classmethod
    def concat(cls, batches: Sequence[Batch]) -> Batch:
        """The rows of several batches, one after the other."""
        if not batches:
            raise Error("there is no batch")
        first = batches[0]
        for batch in batches:
            batch.expect(first.fields)
        if len(batches) == 1:
            return first
        joined = (
            natural(field.data_type).write([value for batch in batches for value in batch.columns[index].to_list()])
            for index, field in enumerate(first.fields)
        )
        return cls(first.fields, joined)

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.columns[0]) if self.columns else 0

    def __bool__(self) -> bool:
        """A batch is one, also without rows."""
        return True

    def index(self, name: str) -> int:
        """The place of a column."""
        for index, field in enumerate(self.fields):
            if field.name == name:
                return index
        raise Error(f"there is no column `{name}`; there are: {', '.join(field.name for field in self.fields)}")

    def __getitem__(self, name: str) -> Column[Any]:
        """The column of this name."""
        return self.columns[self.index(name)]

    @overload
    def rows(self) -> Iterator[dict[str, Any]]: ...
    @overload
    def rows(self, row: type[T]) -> Iterator[T]: ...
    def rows(self, row: Any = None) -> Iterator[Any]:
        """The rows as dicts, or as those of a NamedTuple or dataclass, whose fields are found by their names.

        Raises:
            Error: When a column is missing or of another type, or holds a null for a field that cannot be None.
        """
        if row is None:
            names = [field.name for field in self.fields]
            return (dict(zip(names, cells)) for cells in zip(*(column.to_list() for column in self.columns)))
        return iter(self._typed(row))

    def _typed(self, row: type[T]) -> list[T]:
        struct, columns = resolve.record_of(row), []  # type: ignore[arg-type]
        for name, value in struct.fields.items():
            column = self[name]
            if not column.data_type.same_values(value.data_type):
                raise Error(f"column `{name}` is {column.data_type}, not {value.data_type}")
            columns.append(value.read(column))
        rows = struct.assemble(columns, len(self))
        if None in rows:
            raise RowError(f"a row of {row.__name__} holds a null", rows.index(None))
        return rows

    def take(self, rows: Sequence[int]) -> Batch:
        """The rows of these numbers, in that order."""
        taken = []
        for column in self.columns:
            values = column.to_list()
            taken.append(natural(column.data_type).write([values[row] for row in rows]))
        return Batch(self.fields, taken)

    def filter(self, keep: Iterable[object]) -> Batch:
        """The rows for which ``keep`` is true."""
        return self.take([row for row, kept in enumerate(keep) if kept])

    def slice(self, start: int, length: int) -> Batch:
        """At most ``length`` rows from ``start``."""
        if start == 0 and length >= len(self):
            return self
        return self.take(range(start, min(len(self), start + length)))

    def with_column(self, name: str, column: Column[Any]) -> Batch:
        """The batch with one column more, or with another in its place."""
        fields, columns = list(self.fields), list(self.columns)
        for index, field in enumerate(fields):
            if field.name == name:
                fields[index], columns[index] = Field(name, column.data_type), column
                return Batch(fields, columns)
        return Batch([*fields, Field(name, column.data_type)], [*columns, column])

    def expect(self, fields: Sequence[Field]) -> None:
        """Fails unless the batch has these columns."""
        if [field.name for field in fields] != [field.name for field in self.fields]:
            raise Error(f"the columns are {_names(self.fields)}, not {_names(fields)}")
        for own, wanted in zip(self.fields, fields):
            if not own.data_type.same_values(wanted.data_type):
                raise Error(f"column `{own.name}` is {own.data_type}, not {wanted.data_type}")


def _names(fields: Iterable[Field]) -> str:
    return ", ".join(field.name for field in fields)
