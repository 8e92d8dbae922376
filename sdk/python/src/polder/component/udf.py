"""``polder:plugin/udf``: scalar, aggregate and table functions."""

from __future__ import annotations

from typing import Any

from wit_world.exports.udf import Rows

from .. import aggregates, tables
from ..border import lift_columns, lift_fields, lower_columns, lower_fields
from ..bound import Bound
from ..function import Argument
from .guard import guarded


def _bind(name: str, kind: str, arguments: list[Any]) -> Bound:
    return Bound(name, kind, [_argument(argument) for argument in arguments])


def _argument(argument: Any) -> Argument:
    field = lift_fields(argument.type)[0]
    constant = argument.constant
    column = None if constant is None else lift_columns([field.data_type], constant)[0]
    return Argument(field.name, field.data_type, column)


class Scalar:
    """A bound scalar function."""

    def __init__(self, bound: Bound) -> None:
        self.bound = bound

    @classmethod
    @guarded
    def bind(cls, name: str, arguments: list[Any]) -> Scalar:
        return cls(_bind(name, "scalar", arguments))

    def returns(self) -> list[Any]:
        return lower_fields(self.bound.returns)

    @guarded
    def call(self, arguments: Any) -> Any:
        columns = lift_columns(self.bound.inputs, arguments)
        result = self.bound.function.implementation.call(self.bound, columns, arguments.rows)
        return lower_columns([result], arguments.rows)


class Aggregate:
    """A bound aggregate function and its groups."""

    def __init__(self, bound: Bound) -> None:
        self.bound = bound
        self.groups: aggregates.Groups = bound.function.implementation.groups(bound)

    @classmethod
    @guarded
    def bind(cls, name: str, arguments: list[Any]) -> Aggregate:
        return cls(_bind(name, "aggregate", arguments))

    def returns(self) -> list[Any]:
        return lower_fields(self.bound.returns)

    def state_schema(self) -> list[Any]:
        return lower_fields(self.groups.fields)

    @guarded
    def update(self, arguments: Any, groups: list[int], total_groups: int) -> None:
        columns = lift_columns(self.bound.inputs, arguments)
        self.groups.update(columns, arguments.rows, groups, total_groups)

    @guarded
    def merge(self, states: Any, groups: list[int], total_groups: int) -> None:
        columns = lift_columns([field.data_type for field in self.groups.fields], states)
        self.groups.merge(columns, states.rows, groups, total_groups)

    @guarded
    def state(self, first: int | None) -> Any:
        return lower_columns(*self.groups.state(first))

    @guarded
    def evaluate(self, first: int | None) -> Any:
        column = self.groups.evaluate(first)
        return lower_columns([column], len(column))

    def size(self) -> int:
        return self.groups.size()


class TableFunction:
    """A bound table function, and the call whose rows are being asked for."""

    def __init__(self, bound: Bound) -> None:
        self.bound = bound
        self.pages: tables.Pages | None = None

    @classmethod
    @guarded
    def bind(cls, name: str, arguments: list[Any]) -> TableFunction:
        return cls(_bind(name, "table", arguments))

    def returns(self) -> list[Any]:
        return lower_fields(self.bound.returns)

    @guarded
    def open(self, arguments: Any) -> None:
        columns = lift_columns(self.bound.inputs, arguments)
        self.pages = self.bound.function.implementation.open(self.bound, columns, arguments.rows)

    @guarded
    def next(self, max_rows: int) -> Rows | None:
        page = self.pages and self.pages.next(max_rows)
        if not page:
            self.pages = None
            return None
        columns, source = page
        return Rows(lower_columns(columns, len(source)), source)
