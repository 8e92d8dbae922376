"""Scalar functions: every type, nulls, errors, prepared arguments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from polder import (
    Argument,
    Column,
    Float32,
    Int8,
    Int16,
    Int32,
    LocalTimestamp,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    bind,
    digits,
    scalar,
)


@scalar
def axpy(a: float, x: float, y: float) -> float:
    """`a` times `x` and `y`.

    Args:
        a: The slope.
        y: What is added
            in the end.

    ```sql
    {schema}.axpy(2.0, 3.0, 4.0)
    -- 10.0
    ```
    """
    return a * x + y


@scalar
def increment(value: int) -> int:
    """One more; the largest number has none."""
    return value + 1


@scalar
def either(first: str | None, second: str | None) -> str | None:
    """The first that is not null."""
    return second if first is None else first


@scalar
def parse(text: str) -> int:
    """The number that a text is."""
    return int(text)


@scalar
def xor(a: bool, b: bool) -> bool:
    """Whether one is true, and only one."""
    return a is not b


@scalar
def reverse(data: bytes) -> bytes:
    """The bytes from the end on."""
    return data[::-1]


@scalar
def next_day(day: date) -> date:
    """The day after."""
    return day + timedelta(days=1)


@scalar
def day_of(moment: datetime) -> date:
    """The day of a moment, in UTC."""
    return moment.date()


@scalar
def midnight(moment: LocalTimestamp) -> LocalTimestamp:
    """When the day began."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


@scalar
def twice(price: Annotated[Decimal, digits(10, 2)]) -> Annotated[Decimal, digits(11, 2)]:
    """Two times a price."""
    return price * 2


@scalar
def small(a: Int8, b: UInt8, c: Int16, d: UInt16, e: Int32, f: UInt32, g: UInt64, h: Float32) -> float:
    """The sum of one of each type."""
    return float(a + b + c + d + e + f + g) + h


@scalar
def narrow(value: int) -> Int8:
    """A small number."""
    return value


@scalar
def sorted_words(words: list[str]) -> list[str]:
    """The words in order."""
    return sorted(words)


@scalar
def nulls_in(items: list[int | None]) -> int:
    """How many are null."""
    return items.count(None)


@dataclass
class Point:
    """A place."""

    x: float
    y: float
    label: str | None = None


@scalar
def mirror(point: Point) -> Point:
    """The place on the other side of the diagonal."""
    return replace(point, x=point.y, y=point.x)


@scalar
def corners(size: float) -> list[Point]:
    """Two corners of a square."""
    return [Point(0.0, 0.0, "origin"), Point(size, size)]


class Pair(NamedTuple):
    first: str
    rest: list[str]


@scalar
def split(text: str) -> Pair | None:
    """The first word and the others."""
    first, *rest = text.split() or [""]
    return Pair(first, rest) if first else None


@scalar
def matches(text: str, pattern: Annotated[re.Pattern[str], bind(re.compile, str)]) -> bool:
    """Whether a pattern is found in a text."""
    return pattern.search(text) is not None


_calls = 0


@scalar(name="count_calls", volatility="volatile")
def calls() -> int:
    """How often it was called."""
    global _calls
    _calls += 1
    return _calls


def _type_of_first(arguments: Sequence[Argument]) -> Any:
    known = (argument.data_type for argument in arguments if argument.data_type.format != "n")
    return next(known, str)


@scalar(returns=_type_of_first)
def first_of(*values: Any) -> Any:
    """The first that is not null."""
    return next((value for value in values if value is not None), None)


@scalar
def plus(a: Column[float], b: Column[float]) -> Column[float]:
    """The sum of two numbers."""
    if a.is_constant or b.is_constant:
        return Column.of(float, [None if x is None or y is None else x + y for x, y in zip(a, b)])
    # What lies under a null is any number: it is added too, which is cheaper than to look, and covered again.
    return Column.of(float, [x + y for x, y in zip(a.values, b.values)]).null_where(a, b)


@scalar
def upper_columns(text: Column[str]) -> Column[str]:
    """Upper case, ASCII letters only, of all rows at once."""
    small, large = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return text.with_text(text.text.translate(str.maketrans(small, large)))
