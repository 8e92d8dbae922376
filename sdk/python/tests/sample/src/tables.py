"""Table functions: endless ones, and ones that fail on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from polder import table


class Token(NamedTuple):
    token: str
    position: int | None


@table
def tokens(text: str, separator: str) -> list[Token]:
    """The parts of a text between separators; those that are empty have no position.

    ```sql
    SELECT * FROM {schema}.tokens('a,b', ',')
    -- token,position
    -- a,1
    -- b,2
    ```
    """
    parts = text.split(separator)
    return [Token(part, position if part else None) for position, part in enumerate(parts, 1)]


@dataclass
class Number:
    value: int
    even: bool


@table
def numbers_from(start: int) -> Iterator[Number]:
    """All numbers from one on, as far as there are any."""
    return (Number(value, value % 2 == 0) for value in count(start))
