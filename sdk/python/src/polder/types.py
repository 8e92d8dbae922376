"""Types of SQL that Python has no type of its own for: names for annotations.

``int`` is BIGINT, ``float`` DOUBLE, ``str`` STRING, ``bytes`` BINARY, ``bool`` BOOLEAN, ``date`` DATE, ``datetime``
TIMESTAMP: they need nothing from here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from . import data_type as types
from . import value

Int8 = Annotated[int, value.Number(types.INT8)]
Int16 = Annotated[int, value.Number(types.INT16)]
Int32 = Annotated[int, value.Number(types.INT32)]
Int64 = Annotated[int, value.Number(types.INT64)]
UInt8 = Annotated[int, value.Number(types.UINT8)]
UInt16 = Annotated[int, value.Number(types.UINT16)]
UInt32 = Annotated[int, value.Number(types.UINT32)]
UInt64 = Annotated[int, value.Number(types.UINT64)]
Float32 = Annotated[float, value.Number(types.FLOAT32)]
Float64 = Annotated[float, value.Number(types.FLOAT64)]
#: TIMESTAMP_NTZ: a datetime without a zone.
LocalTimestamp = Annotated[datetime, value.LocalTimestamp()]


def digits(precision: int, scale: int) -> value.Value:
    """What makes DECIMAL(precision, scale) of ``Annotated[Decimal, digits(10, 2)]``."""
    return value.Decimal(types.decimal(precision, scale))


@dataclass(frozen=True)
class Bind:
    """See :func:`bind`."""

    make: Callable[[Any], Any]
    annotation: Any


def bind(make: Callable[[Any], Any], annotation: Any = None) -> Bind:
    """What makes a prepared argument of ``Annotated[Pattern[str], bind(re.compile, str)]``.

    ``make`` is called once where the argument is a constant, else whenever it changes from one row to the next. Its
    parameter's annotation, or ``annotation``, is the argument's type.
    """
    return Bind(make, annotation)
