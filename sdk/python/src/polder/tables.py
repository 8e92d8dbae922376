"""Table functions: from one row to an iterator of rows, which is asked for no more than a page at a time."""

from __future__ import annotations

import collections.abc
import typing
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from . import docstring, resolve
from .bound import Bound, Rows, report
from .column import Column
from .error import RowError, words
from .function import Function, Mistake, declare
from .resolve import Unfit
from .signature import hints_of, parameters_of, sql_name
from .value import Struct

F = TypeVar("F", bound=Callable[..., Any])

_ITERABLES = (
    list,
    collections.abc.Iterator,
    collections.abc.Iterable,
    collections.abc.Generator,
    collections.abc.Sequence,
)


def table(function: Any = None, /, *, name: str | None = None) -> Any:
    """Makes a generator, or a function that returns a list, a table function of SQL: ``-> Iterator[Word]``.

    Each item is a row: a NamedTuple or dataclass whose fields are the columns. The iterator is asked for no more than a
    statement needs: it may be endless.

    Args:
        name: Its name in SQL, if it has another one there.
    """

    def decorate(function: F) -> F:
        declare(function, lambda: _describe(function, name))
        return function

    return decorate if function is None else decorate(function)


def _describe(function: Callable[..., Any], name: str | None) -> Function:
    doc = docstring.parse(function.__doc__)
    parameters, variadic = parameters_of(function, doc.arguments)
    returned = hints_of(function).get("return")
    row = typing.get_args(returned)[0] if typing.get_origin(returned) in _ITERABLES else None
    if not resolve.is_record(row):
        raise Mistake(f"`{function.__name__}` returns `Iterator[Row]`, where Row is a NamedTuple or dataclass")
    try:
        value = resolve.record_of(typing.cast(type, row))
    except Unfit as error:
        raise Mistake(f"what `{function.__name__}` returns: {error}") from None
    return Function(
        name=name or sql_name(function.__name__),
        kind="table",
        doc=doc.text,
        examples=doc.examples,
        parameters=parameters,
        variadic=variadic,
        returns=list(value.data_type.children),
        implementation=Table(function, value),
    )


class Table:
    """Calls a function for one row after the other, when the output of the earlier ones is used up."""

    def __init__(self, function: Callable[..., Any], row: Struct) -> None:
        self.function = function
        self.row = row

    def open(self, bound: Bound, columns: Sequence[Column[Any]], rows: int) -> Pages:
        """Begins with rows of arguments."""
        return Pages(self, bound.rows(columns, rows))


class Pages:
    """Rows of output, page by page."""

    def __init__(self, table: Table, rows: Rows) -> None:
        self.table = table
        self.rows = rows
        self.arguments = enumerate(rows.arguments())
        self.call = 0
        self.current: Iterator[Any] | None = None

    def next(self, most: int) -> tuple[list[Column[Any]], list[int]] | None:
        """The columns of at most so many rows, and the row of the arguments that each comes from; None at the end."""
        page: list[Any] = []
        source: list[int] = []
        try:
            while len(page) < most:
                if self.current is None and not self._advance():
                    break
                before = len(page)
                page.extend(islice(typing.cast(Iterator[Any], self.current), most - before))
                source += [self.rows.row(self.call)] * (len(page) - before)
                if len(page) < most:
                    self.current = None
        except Exception as error:
            raise self.rows.blame(error, self.call) from error
        if not page:
            return None
        return self._columns(page, source), source

    def _advance(self) -> bool:
        """Begins with the next row; False when there is none."""
        following = next(self.arguments, None)
        if following is None:
            return False
        self.call, arguments = following
        self.current = iter(self.table.function(*arguments))
        return True

    def _columns(self, page: list[Any], source: list[int]) -> list[Column[Any]]:
        try:
            if None in page:
                raise RowError(f"a row is None, not {self.table.row.python}", page.index(None))
            return self.table.row.split(page)
        except RowError as error:
            report(error)
            raise RowError(words(error), None if error.row is None else source[error.row]) from error
