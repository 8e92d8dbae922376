"""Plugins for Polder: plain functions become functions of SQL, or tasks of a workflow."""

from .aggregate import aggregate
from .batch import Batch
from .column import Column
from .data_type import DataType, Field
from .error import Denied, Error, Failed, HostError, Invalid, Limit, NotFound
from .function import Argument
from .scalar import scalar
from .scorer import scorer
from .table import table
from .task import task
from .transform import transform
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
    "Int16",
    "Int32",
    "Int64",
    "Int8",
    "Invalid",
    "Limit",
    "LocalTimestamp",
    "NotFound",
    "UInt16",
    "UInt32",
    "UInt64",
    "UInt8",
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
