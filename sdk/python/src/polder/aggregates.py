"""Aggregate functions: one state a group, which is an object while it grows and a row when it travels."""

from __future__ import annotations

import dataclasses
import inspect
import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from . import docstring, resolve
from .bound import Bound, Place, Rows
from .column import Column
from .data_type import Field
from .error import Error, RowError
from .function import Function, Mistake, declare
from .signature import parameters_of, result_of, snake_case
from .value import Number, Struct, Value

C = TypeVar("C", bound=type)


def aggregate(cls: Any = None, /, *, name: str | None = None, volatility: str = "immutable") -> Any:
    """Makes a class an aggregate function of SQL.

    Its annotated fields, each with a default, are the columns of a partial state; it becomes a dataclass if it is none.
    ``update(self, …)`` adds a row, ``merge(self, other)`` another part's state, ``evaluate(self)`` tells the value.

    Args:
        name: Its name in SQL; else the class's in snake case.
        volatility: As for scalar functions.
    """

    def decorate(cls: C) -> C:
        made: Any = cls if dataclasses.is_dataclass(cls) else dataclasses.dataclass(cls)
        declare(cls, lambda: _describe(made, name, volatility))
        return made

    return decorate if cls is None else decorate(cls)


def _describe(cls: type, name: str | None, volatility: str) -> Function:
    for method, what in {
        "update": "def update(self, x: float) -> None",
        "merge": f'def merge(self, other: "{cls.__name__}") -> None',
        "evaluate": "def evaluate(self) -> float",
    }.items():
        if not inspect.isfunction(getattr(cls, method, None)):
            raise Mistake(f"the aggregate `{cls.__name__}` needs `{what}`")
    for field in dataclasses.fields(cls):
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise Mistake(f"field `{field.name}` of `{cls.__name__}` needs a default, with which a group begins")
    try:
        state = resolve.record_of(cls)
    except resolve.Unfit as error:
        raise Mistake(str(error)) from None
    methods: Any = cls
    update, evaluate = methods.update, methods.evaluate
    # The docstring that `dataclass` writes is no documentation.
    doc = docstring.parse(None if (cls.__doc__ or "").startswith(f"{cls.__name__}(") else cls.__doc__)
    parameters, variadic = parameters_of(
        update, {**docstring.parse(update.__doc__).arguments, **doc.arguments}, method=True
    )
    constants = []
    for constant in parameters_of(evaluate, {}, method=True)[0]:
        places = [index for index, parameter in enumerate(parameters) if parameter.name == constant.name]
        if not places:
            raise Mistake("`evaluate` can take those arguments of `update` that are constant, by the same name")
        constants += places
    result = result_of(evaluate)
    called = name or snake_case(cls.__name__)
    return Function(
        name=called,
        kind="aggregate",
        doc=doc.text,
        examples=doc.examples,
        parameters=parameters,
        variadic=variadic,
        volatility=volatility,
        returns=[Field(called, result.data_type)],
        implementation=Aggregate(cls, state, result, constants),
    )


@dataclasses.dataclass
class Aggregate:
    """How the states of a class are kept."""

    state_class: Callable[[], Any]
    state: Struct
    result: Value
    #: Positions of the arguments that evaluation needs, which must be constants.
    constants: list[int]

    def groups(self, bound: Bound) -> Groups:
        """No group yet."""
        for position in self.constants:
            if bound.places[position].constant is None:
                name = bound.places[position].name
                raise Error(f"argument {position + 1} (`{name}`) of `{bound.function.name}` must be a constant")
        return Groups(self, bound)


class Groups:
    """The states of all groups of one aggregation."""

    def __init__(self, aggregate: Aggregate, bound: Bound) -> None:
        self.aggregate = aggregate
        self.bound = bound
        self.states: list[Any] = []
        self.fields = list(aggregate.state.data_type.children)

    def _grow(self, total: int) -> None:
        make = self.aggregate.state_class
        self.states += [make() for _ in range(total - len(self.states))]

    def update(self, columns: Sequence[Column[Any]], rows: int, groups: Sequence[int], total: int) -> None:
        """Adds row i to group number ``groups[i]``, of ``total`` groups so far."""
        self._grow(total)
        called = self.bound.rows(columns, rows)
        if called.kept is not None:
            groups = [groups[row] for row in called.kept]
        states, call = self.states, 0
        try:
            for call, (group, arguments) in enumerate(zip(groups, called.arguments())):  # noqa: B007
                states[group].update(*arguments)
        except Exception as error:
            raise called.blame(error, call) from error

    def merge(self, columns: list[Column[Any]], rows: int, groups: Sequence[int], total: int) -> None:
        """Merges row i of the states into group number ``groups[i]``, of ``total`` groups so far."""
        self._grow(total)
        fields = self.aggregate.state.fields.values()
        others = self.aggregate.state.assemble([value.read(column) for value, column in zip(fields, columns)], rows)
        if None in others:
            raise RowError("a state holds a null where it cannot be null", others.index(None))
        merged = Rows([], [], rows)
        states, row = self.states, 0
        try:
            for row, (group, other) in enumerate(zip(groups, others)):  # noqa: B007
                states[group].merge(other)
        except Exception as error:
            raise merged.blame(error, row) from error

    def _take(self, first: int | None) -> list[Any]:
        """The first states, or all; later groups move down."""
        taken = self.states if first is None else self.states[:first]
        self.states = self.states[len(taken) :]
        return taken

    def state(self, first: int | None) -> tuple[list[Column[Any]], int]:
        """The states of the first groups, or of all; later groups move down."""
        taken = self._take(first)
        return self.aggregate.state.split(taken), len(taken)

    def evaluate(self, first: int | None) -> Column[Any]:
        """The values of the first groups, or of all; later groups move down."""
        taken = self._take(first)
        places: list[Place] = [self.bound.places[position] for position in self.aggregate.constants]
        called = Rows(places, [None] * len(places), len(taken))
        constants = [place.always for place in places]
        states = taken if called.kept is None else []
        results: list[Any] = []
        try:
            results.extend(state.evaluate(*constants) for state in states)
        except Exception as error:
            raise called.blame(error, len(results)) from error
        result = self.aggregate.result
        if not result.optional and None in results:
            raise RowError(f"`evaluate` returned None, not {result.python}", results.index(None))
        return result.write(called.spread(results))

    def size(self) -> int:
        """Bytes of memory that the states hold, roughly."""
        if not self.states:
            return 0
        growing = [name for name, value in self.aggregate.state.fields.items() if not isinstance(value, Number)]
        size = (sys.getsizeof(self.states[0]) + 24 * len(self.fields) + 48) * len(self.states)
        return size + sum(sys.getsizeof(getattr(state, name)) for name in growing for state in self.states)
