"""Plugins for Polder: plain functions become functions of SQL, or tasks of a workflow."""

from .aggregates import aggregate
from .batch import Batch
from .column import Column
from .data_type import DataType, Field
from .error import Denied, Error, Failed, HostError, Invalid, Limit, NotFound
from .function import Argument
from .scalars import scalar
from .scorers import scorer
from .tables import table
from .tasks import task
from .transforms import transform
from .types import (
    Float32,
    Float64,
    Int8,
    Int16,
    Int32,
    Int64,
    LocalTimestamp,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    bind,
    digits,
)
from .wants import want, wants

__all__ = [
    "Argument",
    "Batch",
    "Column",
    "DataType",
    "Denied",
    "Error",
    "Failed",
    "Field",
    "Float32",
    "Float64",
    "HostError",
    "Int8",
    "Int16",
    "Int32",
    "Int64",
    "Invalid",
    "Limit",
    "LocalTimestamp",
    "NotFound",
    "UInt8",
    "UInt16",
    "UInt32",
    "UInt64",
    "aggregate",
    "bind",
    "digits",
    "scalar",
    "scorer",
    "table",
    "task",
    "transform",
    "want",
    "wants",
]
