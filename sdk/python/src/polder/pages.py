"""Listings that the host gives a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def paged(fetch: Callable[[str | None], Sequence[T]], key: Callable[[T], str]) -> Iterator[T]:
    """The items of all pages. A page is asked for by the key of the last item before it."""
    last: str | None = None
    while page := fetch(last):
        yield from page
        last = key(page[-1])
