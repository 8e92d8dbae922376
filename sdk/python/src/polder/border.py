"""Columns and fields on their way across the border of the sandbox, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from . import host
from .column import Column
from .data_type import DataType, Field, unflatten
from .error import Error

_data = host.interface("data")


def lift_fields(schema: Iterable[Any]) -> list[Field]:
    """The fields of a schema from the other side."""
    return unflatten((field.name, field.format, field.nullable, field.children) for field in schema)


def lower_fields(fields: Iterable[Field]) -> list[Any]:
    """A schema for the other side."""
    return [
        _data.Field(field.name, field.data_type.format, field.nullable, len(field.data_type.children), [])
        for root in fields
        for field in root.flatten()
    ]


def lift_columns(types: Iterable[DataType], batch: Any) -> list[Column[Any]]:
    """The columns of these types in a batch from the other side."""
    arrays = iter(batch.arrays)
    return [_lift(data_type, arrays) for data_type in types]


def _lift(data_type: DataType, arrays: Iterator[Any]) -> Column[Any]:
    array = next(arrays, None)
    if array is None:
        raise Error("the batch lacks a column")
    children = [_lift(child.data_type, arrays) for child in data_type.children]
    return Column(data_type, array.length, array.buffers, children, array.validity, array.null_count)


def lower_columns(columns: Sequence[Column[Any]], rows: int) -> Any:
    """A batch for the other side."""
    arrays: list[Any] = []
    for column in columns:
        _lower(column, arrays)
    return _data.Batch(rows, arrays)


def _lower(column: Column[Any], arrays: list[Any]) -> None:
    validity = b"" if column.data_type.format == "n" or not column.null_count else column.validity
    arrays.append(_data.Array(len(column), column.null_count, validity, column.buffers))
    for child in column.children:
        _lower(child, arrays)
