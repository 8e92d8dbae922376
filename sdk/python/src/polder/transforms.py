"""Transforms: batches in, batches out, with an object as the state in between."""

from __future__ import annotations

import inspect
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from . import docstring, resolve
from .batch import Batch
from .column import Column
from .data_type import Field
from .error import Error
from .function import Function, Mistake, Parameter, declare
from .signature import hints_of, snake_case, sql_name
from .value import AnyValue, Value, natural

C = TypeVar("C", bound=type)


def transform(cls: Any = None, /, *, name: str | None = None) -> Any:
    """Makes a class a transform: ``SELECT * FROM dedupe(TABLE t, key => 'id')``.

    ``__init__(self, input, …)`` takes the fields of the input, then the options of a call by name; one that has a
    default, or may be None, may be left out. ``returns(self)`` tells the fields that come out, those of the input
    where there is no such method. ``push(self, batch)``, and ``finish(self)`` where something is left for the end,
    return a Batch, several, or None.

    Args:
        name: Its name in SQL; else the class's in snake case.
    """

    def decorate(cls: C) -> C:
        declare(cls, lambda: _describe(cls, name))
        return cls

    return decorate if cls is None else decorate(cls)


def _describe(cls: type, name: str | None) -> Function:
    if not inspect.isfunction(getattr(cls, "push", None)):
        raise Mistake(f"the transform `{cls.__name__}` needs `def push(self, batch: Batch) -> Batch`")
    doc = docstring.parse(cls.__doc__)
    docs = {**docstring.parse(cls.__init__.__doc__).arguments, **doc.arguments}  # type: ignore[misc]
    options = _options(cls)
    return Function(
        name=name or snake_case(cls.__name__),
        kind="transform",
        doc=doc.text,
        examples=doc.examples,
        parameters=[
            Parameter(sql_name(option), value, docs.get(option, ""), optional)
            for option, (value, optional) in options.items()
        ],
        implementation=Transform(cls, options),
    )


def _options(cls: type) -> dict[str, tuple[Value, bool]]:
    """The options: how each is read, and whether a call may leave it out."""
    parameters = list(inspect.signature(cls).parameters.values())
    if not parameters:
        raise Mistake(f"`{cls.__name__}.__init__` takes the fields of the input: `def __init__(self, input, …)`")
    hints, options = hints_of(cls.__init__), {}  # type: ignore[misc]
    for parameter in parameters[1:]:
        if parameter.name not in hints:
            raise Mistake(f"option `{parameter.name}` of `{cls.__name__}` has no type: write one")
        try:
            value = resolve.value_of(hints[parameter.name])
        except resolve.Unfit as error:
            raise Mistake(f"option `{parameter.name}` of `{cls.__name__}`: {error}") from None
        options[parameter.name] = (value, value.optional or parameter.default is not parameter.empty)
    return options


class Transform:
    """Gets a class ready for inputs."""

    def __init__(self, cls: type, options: dict[str, tuple[Value, bool]]) -> None:
        self.cls = cls
        self.options = options

    def bind(self, input: list[Field], given: dict[str, Column[Any]]) -> Running:
        """Begins with the options of a call, each a column of a single row."""
        known = {sql_name(name): name for name in self.options}
        for name in given:
            if name not in known:
                raise Error(f"there is no option `{name}`; there are: {', '.join(known)}")
        values: dict[str, Any] = {}
        for called, name in known.items():
            value, optional = self.options[name]
            option = self._value(called, value, given.get(called))
            if option is not None or (called in given and value.optional):
                values[name] = option
            elif not optional:
                raise Error(f"option `{called}` is missing")
            elif inspect.signature(self.cls).parameters[name].default is inspect.Parameter.empty:
                values[name] = None
        author = self.cls(input, **values)
        returns = author.returns() if hasattr(author, "returns") else input
        return Running(author, input, list(returns))

    def _value(self, name: str, value: Value, column: Column[Any] | None) -> Any:
        if column is None or column.data_type.format == "n":
            return None
        if isinstance(value, AnyValue):
            value = natural(column.data_type)
        if not value.data_type.same_values(column.data_type):
            raise Error(f"option `{name}` is {value.data_type}, not {column.data_type}")
        return value.read(column)[0]


class Running:
    """A transform and what it has ready."""

    def __init__(self, author: Any, input: list[Field], returns: list[Field]) -> None:
        self.author = author
        self.input = input
        self.returns = returns
        self._ready: deque[Batch] = deque()

    def push(self, batch: Batch) -> None:
        """Takes one batch."""
        self._add(self.author.push(batch))

    def finish(self) -> None:
        """No more comes."""
        if hasattr(self.author, "finish"):
            self._add(self.author.finish())

    def pull(self, most: int) -> Batch | None:
        """At most so many rows that are ready; None when there are none."""
        if not self._ready:
            return None
        first = self._ready.popleft()
        if len(first) > most:
            self._ready.appendleft(first.slice(most, len(first)))
        return first.slice(0, most)

    def _add(self, made: Batch | Iterable[Batch] | None) -> None:
        batches: Sequence[Batch] = [made] if isinstance(made, Batch) else list(made or ())
        for batch in batches:
            if not isinstance(batch, Batch):
                raise Error(f"a transform gives batches, not {type(batch).__name__}")
            batch.expect(self.returns)
            if len(batch):
                self._ready.append(batch)
