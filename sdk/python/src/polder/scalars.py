"""Scalar functions: from rows to values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, overload

from . import docstring, resolve
from .bound import Bound
from .column import Column
from .data_type import Field
from .error import Error, RowError, words
from .function import Argument, Function, Mistake, declare
from .signature import parameters_of, result_of, sql_name, takes_columns
from .value import AnyValue, Value, natural

F = TypeVar("F", bound=Callable[..., Any])


@overload
def scalar(function: F, /) -> F: ...
@overload
def scalar(
    *,
    name: str | None = None,
    volatility: str = "immutable",
    returns: Callable[[Sequence[Argument]], Any] | None = None,
) -> Callable[[F], F]: ...
def scalar(
    function: Any = None,
    /,
    *,
    name: str | None = None,
    volatility: str = "immutable",
    returns: Callable[[Sequence[Argument]], Any] | None = None,
) -> Any:
    """Makes a function one of SQL, from rows to values. It stays callable as it is written.

    Args:
        name: Its name in SQL, if it has another one there.
        volatility: ``immutable``: the same result for the same arguments, always; ``stable``: within one statement;
            ``volatile``: it may differ at each call.
        returns: Where the result is Any: tells its type, an annotation or a DataType, from the arguments.
    """

    def decorate(function: F) -> F:
        declare(function, lambda: _describe(function, name, volatility, returns))
        return function

    return decorate if function is None else decorate(function)


def _describe(
    function: Callable[..., Any],
    name: str | None,
    volatility: str,
    returns: Callable[[Sequence[Argument]], Any] | None,
) -> Function:
    if volatility not in ("immutable", "stable", "volatile"):
        raise Mistake(f"volatility is immutable, stable or volatile, not {volatility}")
    doc = docstring.parse(function.__doc__)
    columns = takes_columns(function)
    parameters, variadic = parameters_of(function, doc.arguments, columns=columns)
    result = result_of(function, resolve.column_of if columns else resolve.value_of)
    if isinstance(result, AnyValue) and returns is None:
        raise Mistake(f"`{function.__name__}` returns Any: `@scalar(returns=…)` tells the type from the arguments")
    called = name or sql_name(function.__name__)
    return Function(
        name=called,
        kind="scalar",
        doc=doc.text,
        examples=doc.examples,
        parameters=parameters,
        variadic=variadic,
        volatility=volatility,
        returns=None if returns else [Field(called, result.data_type)],
        bind_returns=returns and (lambda arguments: [Field(called, _told(returns, arguments))]),
        implementation=(Columns if columns else Rowwise)(function, result),
    )


def _told(returns: Callable[[Sequence[Argument]], Any], arguments: Sequence[Argument]) -> Any:
    """The type that ``returns`` tells."""
    value = resolve.value_of(returns(arguments))
    if isinstance(value, AnyValue):
        raise Error("`returns` tells a type that is known, not Any")
    return value.data_type


class Rowwise:
    """Calls a function for every row whose arguments are all there; the result of other rows is null."""

    def __init__(self, function: Callable[..., Any], result: Value) -> None:
        self.function = function
        self.result = result

    def call(self, bound: Bound, columns: Sequence[Column[Any]], rows: int) -> Column[Any]:
        """A column with as many rows as the arguments."""
        called = bound.rows(columns, rows)
        results = called.map(self.function)
        known = not isinstance(self.result, AnyValue)
        column = (self.result if known else natural(bound.returns[0].data_type)).write(called.spread(results))
        if not self.result.optional and column.null_count > rows - called.count:
            raise RowError(f"the function returned None, not {self.result.python}", called.row(results.index(None)))
        return column


class Columns:
    """Calls a function with whole columns."""

    def __init__(self, function: Callable[..., Any], result: Value) -> None:
        self.function = function
        self.result = result

    def call(self, bound: Bound, columns: Sequence[Column[Any]], rows: int) -> Column[Any]:
        """A column with as many rows as the arguments."""
        try:
            column = self.function(*bound.columns(columns, rows))
        except RowError:
            raise
        except Exception as error:
            raise Error(words(error)) from error
        wanted = bound.returns[0].data_type
        if not isinstance(column, Column):
            raise Error(f"the function returned {type(column).__name__}, not a Column")
        if len(column) != rows:
            raise Error(f"the function returned {len(column)} rows for {rows}")
        if not column.data_type.same_values(wanted):
            raise Error(f"the function returned a column of {column.data_type}, not {wanted}")
        return column.spread()
