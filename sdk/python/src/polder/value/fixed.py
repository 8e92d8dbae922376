"""Values of a fixed number of bytes: numbers, days, moments, decimals."""

from __future__ import annotations

import decimal
from array import array
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any

from ..column import CODES, Column
from ..data_type import DATE, LOCAL_TIMESTAMP, DataType
from .base import Value, converted, masked

_DAY_0 = date(1970, 1, 1).toordinal()
_EPOCH = datetime(1970, 1, 1)
_EPOCH_UTC = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICROSECOND = timedelta(microseconds=1)
#: Digits of any decimal of 128 bits fit, and whatever would be rounded is refused.
_EXACT = decimal.Context(prec=77, traps=[decimal.Inexact, decimal.InvalidOperation])


class Number(Value):
    """Integers and floating-point numbers: int and float."""

    def __init__(self, data_type: DataType) -> None:
        self.data_type = data_type
        self.code = CODES[data_type.format]
        self.python = "float" if self.code in "fd" else "int"

    def read(self, column: Column[Any]) -> list[Any]:
        return masked(column.values.tolist(), column)

    def pack(self, values: Sequence[Any]) -> list[bytes]:
        if isinstance(values, memoryview):
            if memoryview(array(self.code)).format == values.format and values.contiguous:
                return [values.tobytes()]
            values = values.tolist()
        return [array(self.code, values).tobytes()]


class _Counted(Value):
    """What is stored as the count of something."""

    #: Of :class:`array.array`.
    code: Any
    blank: Any

    def load(self, count: int) -> Any:
        raise NotImplementedError

    def dump(self, value: Any) -> int:
        raise NotImplementedError

    def read(self, column: Column[Any]) -> list[Any]:
        counts = memoryview(column.buffers[0]).cast(self.code).tolist()
        return converted(self.load, masked(counts, column))

    def pack(self, values: Sequence[Any]) -> list[bytes]:
        return [array(self.code, map(self.dump, values)).tobytes()]


class Date(_Counted):
    """Days: :class:`datetime.date`."""

    data_type, code, python, blank = DATE, "i", "date", date(1970, 1, 1)

    def load(self, count: int) -> date:
        return date.fromordinal(_DAY_0 + count)

    def dump(self, value: date) -> int:
        return value.toordinal() - _DAY_0


class Timestamp(_Counted):
    """Moments: :class:`datetime.datetime` with a zone, read in UTC."""

    code, python, blank = "q", "datetime with a zone", _EPOCH_UTC

    def __init__(self, data_type: DataType) -> None:
        self.data_type = data_type

    def load(self, count: int) -> datetime:
        return _EPOCH_UTC + timedelta(microseconds=count)

    def dump(self, value: datetime) -> int:
        return (value - _EPOCH_UTC) // _MICROSECOND


class LocalTimestamp(_Counted):
    """Readings of calendar and clock: :class:`datetime.datetime` without a zone."""

    data_type, code, python, blank = LOCAL_TIMESTAMP, "q", "datetime without a zone", _EPOCH

    def load(self, count: int) -> datetime:
        return _EPOCH + timedelta(microseconds=count)

    def dump(self, value: datetime) -> int:
        return (value - _EPOCH) // _MICROSECOND


class Decimal(Value):
    """Exact numbers: :class:`decimal.Decimal`. What has too many digits is refused, not rounded."""

    python = "Decimal"

    def __init__(self, data_type: DataType) -> None:
        self.data_type = data_type
        precision, self.scale = map(int, data_type.format[2:].split(",")[:2])
        self.end = 10**precision

    def load(self, units: int) -> decimal.Decimal:
        return _EXACT.scaleb(decimal.Decimal(units), -self.scale)

    def dump(self, value: decimal.Decimal | int) -> bytes:
        if isinstance(value, float):
            raise TypeError
        scaled = _EXACT.scaleb(decimal.Decimal(value), self.scale)
        units = int(scaled)
        if units != scaled or abs(units) >= self.end:
            raise ValueError
        return units.to_bytes(16, "little", signed=True)

    def read(self, column: Column[Any]) -> list[Any]:
        buffer = memoryview(column.buffers[0])
        halves = zip(buffer.cast("Q")[::2].tolist(), buffer.cast("q")[1::2].tolist())
        return converted(self.load, masked([high << 64 | low for low, high in halves], column))

    def pack(self, values: Sequence[Any]) -> list[bytes]:
        return [b"".join(map(self.dump, values))]


class Opaque(Value):
    """Values that Python has no type for, which are handed on as bytes."""

    python = "bytes"

    def __init__(self, data_type: DataType, width: int) -> None:
        self.data_type = data_type
        self.width = width
        self.blank = bytes(width)

    def read(self, column: Column[Any]) -> list[Any]:
        buffer, width = column.buffers[0], self.width
        return masked([buffer[at : at + width] for at in range(0, len(buffer), width)], column)

    def pack(self, values: Sequence[Any]) -> list[bytes]:
        return [b"".join(values)]


def width(format: str) -> int | None:
    """Bytes of a value of one of Arrow's other types, where each has the same number."""
    if format.startswith("d:") and format.endswith(",256"):
        return 32
    if format.startswith("ts"):
        return 8
    widths = {"e": 2, "tts": 4, "ttm": 4, "tiM": 4, "ttu": 8, "ttn": 8, "tdm": 8, "tiD": 8, "tin": 16}
    return 8 if format in ("tDs", "tDm", "tDu", "tDn") else widths.get(format)
