"""Tasks: one call from parameters to outputs, which are JSON values by name."""

from __future__ import annotations

import dataclasses
import inspect
import json
import typing
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from . import docstring, parameter
from .bound import report
from .error import Error, words
from .function import Function, Mistake, Parameter, declare
from .signature import hints_of, sql_name
from .value import AnyValue

F = TypeVar("F", bound=Callable[..., Any])


def task(function: Any = None, /, *, name: str | None = None) -> Any:
    """Makes a function a task: a step of a workflow, called with parameters by name.

    Parameters are bool, int, float, str, list, dict, NamedTuple, dataclass or Any; one that has a default, or may be
    None, may be left out. It returns nothing, or a dict, NamedTuple or dataclass, whose fields are the outputs.

    Args:
        name: Its name, if it has another one than the function.
    """

    def decorate(function: F) -> F:
        declare(function, lambda: _describe(function, name))
        return function

    return decorate if function is None else decorate(function)


def _describe(function: Callable[..., Any], name: str | None) -> Function:
    doc, hints = docstring.parse(function.__doc__), hints_of(function)
    inputs = []
    for one in inspect.signature(function).parameters.values():
        if one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD, one.POSITIONAL_ONLY):
            raise Mistake(f"parameter `{one.name}` of `{function.__name__}`: parameters of a task have a name each")
        if one.name not in hints:
            raise Mistake(
                f"parameter `{one.name}` of `{function.__name__}` has no type: write one, such as `{one.name}: str`"
            )
        inputs.append(Input(one.name, hints[one.name], one.default))
    return Function(
        name=name or sql_name(function.__name__),
        kind="task",
        doc=doc.text,
        examples=doc.examples,
        parameters=[one.described(doc.arguments.get(one.name, "")) for one in inputs],
        volatility="volatile",
        implementation=Task(function, inputs),
    )


@dataclasses.dataclass
class Input:
    """A parameter of a task."""

    name: str
    annotation: Any
    default: Any

    @property
    def required(self) -> bool:
        return self.default is inspect.Parameter.empty and not parameter.takes_none(self.annotation)

    def described(self, doc: str) -> Parameter:
        """The parameter as a description shows it."""
        value = parameter.column_type(self.annotation) or AnyValue()
        return Parameter(sql_name(self.name), value, doc, optional=not self.required)

    def take(self, given: dict[str, str]) -> Any:
        """The value that a run gives, or the default."""
        text = given.pop(sql_name(self.name), None)
        if text is None:
            if self.required:
                raise Error(f"parameter `{self.name}` is missing")
            return None if self.default is inspect.Parameter.empty else self.default
        try:
            return parameter.convert(self.annotation, json.loads(text))
        except (Error, ValueError, RecursionError) as error:
            raise Error(f"parameter `{self.name}`: {error}") from None


class Task:
    """Carries a task out."""

    def __init__(self, function: Callable[..., Any], inputs: list[Input]) -> None:
        self.function = function
        self.inputs = inputs

    def run(self, parameters: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """From parameters to outputs, both JSON values by name."""
        given, known = dict(parameters), [sql_name(one.name) for one in self.inputs]
        for name in given:
            if name not in known:
                there = f"there are: {', '.join(known)}" if known else "the task takes none"
                raise Error(f"there is no parameter `{name}`; {there}")
        arguments = {one.name: one.take(given) for one in self.inputs}
        try:
            return outputs(self.function(**arguments))
        except Exception as error:
            report(error)
            raise Error(words(error)) from error


def outputs(returned: Any) -> list[tuple[str, str]]:
    """The fields of what a task returned."""
    if returned is None:
        return []
    if dataclasses.is_dataclass(returned) and not isinstance(returned, type):
        returned = dataclasses.asdict(returned)
    elif isinstance(returned, tuple) and hasattr(returned, "_asdict"):
        returned = typing.cast(Any, returned)._asdict()
    if not isinstance(returned, dict) or not all(isinstance(name, str) for name in returned):
        raise Error("a task returns nothing, or a dict, NamedTuple or dataclass, whose fields are its outputs")
    return [(name, json.dumps(value, default=_plain, allow_nan=False)) for name, value in returned.items()]


def _plain(value: Any) -> Any:
    """What JSON has no type for: records as objects, days, moments and decimals as text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if type(value).__name__ == "Decimal":
        return str(value)
    raise TypeError(f"an output of type {type(value).__name__} has no form in JSON")
