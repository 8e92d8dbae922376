"""SQL as the caller, and commits to tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from . import border, data_type, host, resolve
from .batch import Batch
from .data_type import DataType, Field
from .error import Invalid
from .value import natural

_query = host.interface("query")

#: Rows that a writer sends at once.
_BATCH = 8_192

T = TypeVar("T")


@host.asks
def run(statement: str, *parameters: Any) -> Rows:
    """Runs a statement. One without rows, such as INSERT, has been carried out then.

    Args:
        parameters: Values that stand for ``$1``, ``$2`` … in it. None is a null of any type; what Python has no type
            for is made of a column: ``Column.of(Int32, [5])``.

    >>> run("DELETE FROM main.nyc.flights WHERE day = $1 AND delay < $2", day, 0)
    """
    columns = [_parameter(value) for value in parameters]
    fields = [Field(str(number), column.data_type) for number, column in enumerate(columns, 1)]
    batch = border.lower_columns(columns, 1)
    return Rows(_query.run(statement, border.lower_fields(fields), batch))


def _parameter(value: Any) -> Any:
    from .column import Column

    return value if isinstance(value, Column) else natural(_type_of(value)).write([value])


def _type_of(value: Any) -> DataType:
    """The type in SQL of a value."""
    if value is None:
        return data_type.NULL
    if isinstance(value, datetime):
        return data_type.TIMESTAMP if value.tzinfo else data_type.LOCAL_TIMESTAMP
    if isinstance(value, Decimal):
        _, digits, exponent = value.as_tuple()
        scale = max(0, -int(exponent))
        return data_type.decimal(max(len(digits), scale) + max(0, int(exponent)), scale)
    if isinstance(value, list):
        return data_type.list_of(next((_type_of(item) for item in value if item is not None), data_type.NULL))
    return resolve.value_of(type(value)).data_type


class Rows:
    """The rows of a statement, a batch at a time."""

    def __init__(self, rows: Any) -> None:
        self._rows = rows
        #: The columns.
        self.fields = border.lift_fields(rows.schema())

    def __iter__(self) -> Iterator[Batch]:
        while (batch := self._next()) is not None:
            yield batch

    @host.asks
    def _next(self) -> Batch | None:
        batch = self._rows.next()
        if batch is None:
            return None
        return Batch(self.fields, border.lift_columns([field.data_type for field in self.fields], batch))

    def rows(self, row: type[T] | None = None) -> Iterator[Any]:
        """The rows as dicts, or as those of a NamedTuple or dataclass, whose fields are found by their names."""
        for batch in self:
            yield from batch.rows() if row is None else batch.rows(row)


@dataclass(frozen=True)
class Mode:
    """How the rows of a writer meet those of the table: ``APPEND``, ``OVERWRITE`` or ``merge``."""

    name: str
    keys: tuple[str, ...] = ()

    def lower(self) -> Any:
        """The mode for the host."""
        if self.name == "merge":
            return _query.Mode_Merge(list(self.keys))
        return _query.Mode_Overwrite() if self.name == "overwrite" else _query.Mode_Append()


APPEND = Mode("append")
#: The rows replace all rows.
OVERWRITE = Mode("overwrite")


def merge(*keys: str) -> Mode:
    """The rows replace those with equal values in these columns, and are added where there are none."""
    return Mode("merge", keys)


@dataclass(frozen=True)
class Once:
    """Makes a commit happen once: a second one with the same pair writes nothing."""

    #: Who writes, in Delta's words (``appId``).
    application: str
    #: Grows with each commit of the application.
    version: int


class BatchWriter:
    """Batches that become one commit to a table, all or nothing."""

    def __init__(self, writer: Any, fields: Sequence[Field]) -> None:
        self._writer = writer
        self._fields = list(fields)

    @classmethod
    @host.asks
    def open(cls, table: str, fields: Sequence[Field], mode: Mode = APPEND, once: Once | None = None) -> BatchWriter:
        """Begins a commit of rows with these columns."""
        pair = once and _query.Once(once.application, once.version)
        return cls(_query.Writer.open(table, border.lower_fields(fields), mode.lower(), pair), fields)

    @host.asks
    def push(self, batch: Batch) -> None:
        """Adds rows."""
        batch.expect(self._fields)
        self._writer.push(border.lower_columns(batch.columns, len(batch)))

    @host.asks
    def commit(self) -> int:
        """The table's version with these rows, or that of now if they had been written before."""
        writer, self._writer = self._writer, None
        if writer is None:
            raise Invalid("the writer was committed before")
        return _query.Writer.commit(writer)


class Writer(Generic[T]):
    """Rows that become one commit to a table, all or nothing: without :meth:`commit`, they never were."""

    def __init__(self, writer: BatchWriter, row: type[T]) -> None:
        self._writer = writer
        self._row = row
        self._waiting: list[T] = []

    @classmethod
    def open(cls, table: str, row: type[T], mode: Mode = APPEND, once: Once | None = None) -> Writer[T]:
        """Begins a commit to a table, whose columns the fields of ``row``, a NamedTuple or dataclass, are."""
        fields = resolve.record_of(row).data_type.children  # type: ignore[arg-type]
        return cls(BatchWriter.open(table, fields, mode, once), row)

    def push(self, *rows: T) -> None:
        """Adds rows."""
        self._waiting += rows
        if len(self._waiting) >= _BATCH:
            self._send()

    def extend(self, rows: Iterable[T]) -> None:
        """Adds all rows of an iterable."""
        for row in rows:
            self.push(row)

    def commit(self) -> int:
        """The table's version with these rows, or that of now if they had been written before."""
        if self._waiting:
            self._send()
        return self._writer.commit()

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, []
        self._writer.push(Batch.from_rows(self._row, waiting))
