"""Calls functions of the sample as the component does, with columns made of lists."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.dont_write_bytecode = True
for folder in ("src", "tests/sample/src"):
    sys.path.insert(0, str(Path(__file__).parent.parent / folder))

import plugin  # noqa: E402, F401

from polder.bound import Bound  # noqa: E402
from polder.column import Column  # noqa: E402
from polder.function import Argument  # noqa: E402


class Constant:
    """A value that is the same for all rows."""

    def __init__(self, annotation: Any, value: Any) -> None:
        self.column = Column.of(annotation, [value])


def bound(name: str, kind: str, *given: Column[Any] | Constant) -> Bound:
    """A function bound to columns and constants."""
    arguments = [
        Argument(f"argument_{place}", one.column.data_type, one.column)
        if isinstance(one, Constant)
        else Argument(f"argument_{place}", one.data_type)
        for place, one in enumerate(given)
    ]
    return Bound(name, kind, arguments)


def columns(given: Sequence[Column[Any] | Constant]) -> list[Column[Any]]:
    return [one for one in given if isinstance(one, Column)]


def call(name: str, *given: Column[Any] | Constant, rows: int = 3) -> list[Any]:
    """What a scalar function answers."""
    called = bound(name, "scalar", *given)
    varying = columns(given)
    rows = len(varying[0]) if varying else rows
    result = called.function.implementation.call(called, varying, rows)
    assert len(result) == rows and result.data_type.same_values(called.returns[0].data_type)
    return result.to_list()
