"""What a Python function takes and returns, in types of columns."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable
from typing import Any

from . import resolve
from .function import Mistake, Parameter
from .resolve import Unfit
from .value import Value


def hints_of(target: Any) -> dict[str, Any]:
    """The annotations of a function or class, those in quotes evaluated."""
    try:
        return typing.get_type_hints(target, include_extras=True)
    except NameError as error:
        raise Mistake(f"an annotation of `{target.__name__}` names what is not there: {error}") from None


def parameters_of(
    function: Callable[..., Any], docs: dict[str, str], *, method: bool = False, columns: bool = False
) -> tuple[list[Parameter], bool]:
    """The parameters, and whether the last one takes any number of arguments."""
    hints, parameters, variadic = hints_of(function), [], False
    for parameter in list(inspect.signature(function).parameters.values())[1 if method else 0 :]:
        if parameter.kind in (parameter.KEYWORD_ONLY, parameter.VAR_KEYWORD):
            raise Mistake(f"parameter `{parameter.name}` of `{function.__name__}`: arguments in SQL have no names")
        variadic = parameter.kind == parameter.VAR_POSITIONAL
        made = _parameter(function, parameter.name, hints, columns)
        made.doc = docs.get(parameter.name, "")
        parameters.append(made)
    return parameters, variadic


def _parameter(function: Callable[..., Any], name: str, hints: dict[str, Any], columns: bool) -> Parameter:
    if name not in hints:
        raise Mistake(f"parameter `{name}` of `{function.__name__}` has no type: write one, such as `{name}: str`")
    try:
        if columns:
            value = resolve.column_of(hints[name])
            if value is None:
                raise Unfit("where one parameter is a Column, all are")
            return Parameter(sql_name(name), value)
        prepared = resolve.bind_of(hints[name])
        if prepared is not None:
            return Parameter(sql_name(name), resolve.value_of(prepared[1]), make=prepared[0])
        return Parameter(sql_name(name), resolve.value_of(hints[name]))
    except Unfit as error:
        raise Mistake(f"parameter `{name}` of `{function.__name__}`: {error}") from None


def result_of(function: Callable[..., Any], read: Callable[[Any], Value | None] = resolve.value_of) -> Value:
    """What a function returns."""
    hints = hints_of(function)
    if "return" not in hints:
        raise Mistake(f"`{function.__name__}` does not tell what it returns: write a type, such as `-> str`")
    try:
        value = read(hints["return"])
        if value is None:
            raise Unfit("a function of columns returns a Column")
        return value
    except Unfit as error:
        raise Mistake(f"what `{function.__name__}` returns: {error}") from None


def takes_columns(function: Callable[..., Any]) -> bool:
    """Whether a function is one of whole columns."""
    hints = hints_of(function)
    hints.pop("return", None)
    return any(resolve.column_of(hint) is not None for hint in hints.values())


def sql_name(name: str) -> str:
    """A name without the underscores that only Python needs."""
    return name.strip("_") or name


def snake_case(name: str) -> str:
    """``ExactQuantile`` is ``exact_quantile`` in SQL."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
