"""The functions of a plugin, tasks and all: what each says of itself and how it is called. Decorators register them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from .column import Column
from .data_type import DataType, Field
from .error import Error
from .value import AnyValue, Value, natural


class Mistake(Error):
    """What is wrong with a function as it is written, and where."""


@dataclass
class Parameter:
    """What a function takes in one place."""

    name: str
    value: Value
    doc: str = ""
    #: Whether a call may leave it out.
    optional: bool = False
    #: Makes a prepared argument of the value.
    make: Callable[[Any], Any] | None = None

    @property
    def data_type(self) -> DataType | None:
        """None: any type."""
        return None if isinstance(self.value, AnyValue) else self.value.data_type


@dataclass
class Argument:
    """What is known of an argument before any row: its type, and its value when it is a constant."""

    name: str
    data_type: DataType
    column: Column[Any] | None = None

    @property
    def is_constant(self) -> bool:
        return self.column is not None

    @property
    def constant(self) -> Any:
        """The value of a constant; None also when it is null, or no constant."""
        return None if self.column is None else natural(self.data_type).read(self.column)[0]


@dataclass
class Function:
    """One function, as its decorator describes it."""

    name: str
    #: ``scalar``, ``aggregate``, ``table``, ``transform``, ``scorer`` or ``task``.
    kind: str
    #: Markdown; the first paragraph is the summary.
    doc: str
    parameters: list[Parameter]
    #: What carries it out: an object of the module that the kind is named after.
    implementation: Any
    #: The columns of a result; None when they depend on what it is bound to, and for tasks.
    returns: list[Field] | None = None
    #: Tells the types of the results from those of the arguments.
    bind_returns: Callable[[Sequence[Argument]], list[Field]] | None = None
    #: Whether the last parameter takes any number of arguments.
    variadic: bool = False
    volatility: str = "immutable"
    examples: list[tuple[str, str]] = field(default_factory=list)

    def check(self, arguments: Sequence[Argument]) -> None:
        """Fails unless the arguments fit the parameters."""
        given, wanted = len(arguments), len(self.parameters)
        if given + 1 < wanted if self.variadic else given != wanted:
            least = "at least " if self.variadic else ""
            raise Error(f"`{self.name}` takes {least}{wanted - self.variadic} arguments, not {given}")
        for index, argument in enumerate(arguments):
            parameter = self.parameters[min(index, wanted - 1)]
            if parameter.data_type is not None and not parameter.data_type.same_values(argument.data_type):
                raise Error(
                    f"argument {index + 1} (`{parameter.name}`) of `{self.name}` is {parameter.data_type}, "
                    f"not {argument.data_type}"
                )


#: What the decorators stand on, and what makes a function of each.
_DECLARED: list[tuple[Any, Callable[[], Function]]] = []


def declare(target: Any, make: Callable[[], Function]) -> None:
    """Registers a decorated function or class. It is looked at when all modules have been read."""
    _DECLARED.append((target, make))
    functions.cache_clear()


@cache
def functions() -> dict[str, Function]:
    """Every function of the plugin, by name.

    Raises:
        Mistake: When some cannot be functions of SQL; the message has a line for each.
    """
    found: dict[str, Function] = {}
    mistakes = []
    for target, make in _DECLARED:
        try:
            function = make()
            if function.name in found:
                raise Mistake(f"there are two functions named `{function.name}`")
            found[function.name] = function
        except (Error, TypeError) as error:
            mistakes.append(f"{place_of(target)}: {error}")
    if mistakes:
        raise Mistake("\n".join(mistakes))
    return dict(sorted(found.items()))


def named(name: str, kind: str) -> Function:
    """The function of this name and kind."""
    function = functions().get(name)
    if function is None:
        raise Error(f"there is no function `{name}`")
    if function.kind != kind:
        raise Error(f"`{name}` is no {kind} function")
    return function


def place_of(target: Any) -> str:
    """Where a function or class is written: file and line."""
    target = inspect.unwrap(target)
    try:
        code = getattr(target, "__code__", None)
        file = code.co_filename if code else inspect.getsourcefile(target)
        line = code.co_firstlineno if code else inspect.getsourcelines(target)[1]
    except (OSError, TypeError):
        return str(getattr(target, "__qualname__", target))
    return f"{file}:{line}"
