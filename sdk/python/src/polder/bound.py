"""Functions whose argument types and constants are known, and the rows of one call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import Any

from .column import Column
from .data_type import DataType, Field
from .error import Error, RowError, words
from .function import Argument, Function, Parameter, named
from .value import AnyValue, Value, natural


class Bound:
    """A function bound to arguments."""

    def __init__(self, name: str, kind: str, arguments: Sequence[Argument]) -> None:
        self.function = named(name, kind)
        self.function.check(arguments)
        self.arguments = list(arguments)
        self.places = [Place(parameter, argument) for parameter, argument in self._pairs()]
        self.returns = _returns(self.function, arguments)

    def _pairs(self) -> Iterable[tuple[Parameter, Argument]]:
        last = len(self.function.parameters) - 1
        for index, argument in enumerate(self.arguments):
            yield self.function.parameters[min(index, last)], argument

    @property
    def inputs(self) -> list[DataType]:
        """The types of the columns that come with each call: those of the arguments that are not constant."""
        return [argument.data_type for argument in self.arguments if argument.column is None]

    def rows(self, columns: Sequence[Column[Any]], rows: int) -> Rows:
        """The rows of a call with the columns of :attr:`inputs`."""
        given = iter(columns)
        lists = [place.column(given, rows) for place in self.places]
        return Rows(self.places, lists, rows)

    def columns(self, columns: Sequence[Column[Any]], rows: int) -> list[Column[Any]]:
        """All arguments of a call as columns, constants among them."""
        given = iter(columns)
        whole = [next(given) if place.constant is None else place.constant.repeated(rows) for place in self.places]
        return [column.typed(place.value) for column, place in zip(whole, self.places)]


class Place:
    """One argument: how it is read, or the value that it always has."""

    def __init__(self, parameter: Parameter, argument: Argument) -> None:
        known = not isinstance(parameter.value, AnyValue)
        self.value: Value = parameter.value if known else natural(argument.data_type)
        self.name = parameter.name
        self.needed = not self.value.optional
        self.make = parameter.make
        self.constant = argument.column
        self.always: Any = None
        if argument.column is not None:
            self.always = self.value.read(argument.column)[0]
            if self.make and self.always is not None:
                self.always = self.make(self.always)

    def column(self, given: Iterable[Column[Any]], rows: int) -> Sequence[Any] | None:
        """The values of all rows; None for a constant."""
        return None if self.constant is not None else self.value.read(next(iter(given)))


class Rows:
    """The rows of a call in which every argument is there that must be."""

    def __init__(self, places: list[Place], lists: list[Sequence[Any] | None], rows: int) -> None:
        #: Number of all rows.
        self.total = rows
        #: The rows that are called for, where these are not all.
        self.kept = _kept(places, lists, rows)
        self.count = rows if self.kept is None else len(self.kept)
        self.lists = [self._values(place, values) for place, values in zip(places, lists)]

    def _values(self, place: Place, values: Sequence[Any] | None) -> Iterable[Any]:
        if values is None:
            return repeat(place.always, self.count)
        if self.kept is not None:
            values = [values[row] for row in self.kept]
        return values if place.make is None else self._made(place.make, values)

    def _made(self, make: Callable[[Any], Any], values: Sequence[Any]) -> list[Any]:
        """What is made of each value; of equal values in a row only once."""
        made: list[Any] = []
        last = result = None
        for value in values:
            if not made or value != last:
                try:
                    last, result = value, None if value is None else make(value)
                except Exception as error:
                    raise self.blame(error, len(made)) from error
            made.append(result)
        return made

    def arguments(self) -> Iterable[tuple[Any, ...]]:
        """The arguments of each call."""
        return zip(*self.lists) if self.lists else repeat((), self.count)

    def row(self, call: int) -> int:
        """The row in the batch of a call."""
        return call if self.kept is None else self.kept[call]

    def blame(self, error: BaseException, call: int) -> RowError:
        """An error with the row of the call that failed."""
        report(error)
        return RowError(words(error), self.row(call))

    def map(self, function: Callable[..., Any]) -> list[Any]:
        """What a function returns for each row; None where it is not called."""
        results: list[Any] = []
        try:
            results.extend(map(function, *self.lists) if self.lists else (function() for _ in range(self.count)))
        except Exception as error:
            raise self.blame(error, len(results)) from error
        return results

    def spread(self, results: list[Any]) -> list[Any]:
        """The results of the calls, and None for the rows that are not called for."""
        if self.kept is None:
            return results
        spread = [None] * self.total
        for row, result in zip(self.kept, results):
            spread[row] = result
        return spread


def _kept(places: list[Place], lists: list[Sequence[Any] | None], rows: int) -> list[int] | None:
    needed = [(place, values) for place, values in zip(places, lists) if place.needed]
    if any(values is None and place.always is None for place, values in needed):
        return []
    partial = [values for _, values in needed if values is not None and None in values]
    if not partial:
        return None
    if len(partial) == 1:
        return [row for row, value in enumerate(partial[0]) if value is not None]
    return [row for row, values in enumerate(zip(*partial)) if None not in values]


def _returns(function: Function, arguments: Sequence[Argument]) -> list[Field]:
    if function.bind_returns is not None:
        return function.bind_returns(arguments)
    if function.returns is None:
        raise Error(f"`{function.name}` is no function of SQL")
    return function.returns


def report(error: BaseException) -> None:
    """Logs where an error comes from, unless it is meant for whoever runs the statement."""
    if isinstance(error, Error) or error.__traceback__ is None:
        return
    from . import log

    trace = error.__traceback__
    while trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code
    log.debug(f"{words(error)}, in {code.co_name} at {code.co_filename}:{trace.tb_lineno}")
