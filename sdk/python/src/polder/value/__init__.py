"""Python values in columns, by type."""

from .any import AnyValue, Null, Optional, natural
from .base import Value
from .fixed import Date, Decimal, LocalTimestamp, Number, Timestamp
from .nested import List, Map, Struct, record
from .text import Binary, Boolean, Text

__all__ = [
    "AnyValue",
    "Binary",
    "Boolean",
    "Date",
    "Decimal",
    "List",
    "LocalTimestamp",
    "Map",
    "Null",
    "Number",
    "Optional",
    "Struct",
    "Text",
    "Timestamp",
    "Value",
    "natural",
    "record",
]
