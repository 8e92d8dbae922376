"""From annotations to types of columns."""

from __future__ import annotations

import dataclasses
import decimal
import types
import typing
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any

from . import data_type, value
from .column import Column
from .data_type import DataType
from .types import Bind
from .value import Value

_PLAIN: dict[Any, Callable[[], Value]] = {
    bool: value.Boolean,
    int: lambda: value.Number(data_type.INT64),
    float: lambda: value.Number(data_type.FLOAT64),
    str: value.Text,
    bytes: value.Binary,
    date: value.Date,
    datetime: lambda: value.Timestamp(data_type.TIMESTAMP),
}

_HELP = (
    "use bool, int, float, str, bytes, date, datetime, list[T], dict[K, V], a NamedTuple or dataclass, T | None, Any, "
    "Annotated[Decimal, digits(10, 2)], or a type of `polder` such as Int32"
)


class Unfit(TypeError):
    """An annotation that is no type of SQL."""


def value_of(annotation: Any) -> Value:
    """How values of an annotation are read and written.

    Raises:
        Unfit: When it is no type of SQL.
    """
    if isinstance(annotation, Value):
        return annotation
    if isinstance(annotation, DataType):
        return value.natural(annotation)
    annotation = _alias(annotation)
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        marked = [extra for extra in arguments[1:] if isinstance(extra, Value)]
        return marked[0] if marked else value_of(arguments[0])
    if origin in (typing.Union, types.UnionType):
        return _union(annotation, arguments)
    if annotation is Any:
        return value.AnyValue()
    if annotation in (None, type(None)):
        return value.Null()
    if origin is list:
        return value.List(_known(arguments[0]))
    if origin is dict:
        return value.Map(_known(arguments[0]), _known(arguments[1]))
    if annotation in _PLAIN:
        return _PLAIN[annotation]()
    if is_record(annotation):
        return record_of(annotation)
    raise Unfit(f"`{name_of(annotation)}` is not a type of SQL; {_hint(annotation)}")


def is_record(annotation: Any) -> bool:
    """Whether it is a NamedTuple or a dataclass."""
    named_tuple = isinstance(annotation, type) and issubclass(annotation, tuple) and hasattr(annotation, "_fields")
    return named_tuple or (isinstance(annotation, type) and dataclasses.is_dataclass(annotation))


@cache
def record_of(cls: Any) -> value.Struct:
    """The struct whose fields are those of a NamedTuple or dataclass."""
    hints = typing.get_type_hints(cls, include_extras=True)
    names = [field.name for field in dataclasses.fields(cls)] if dataclasses.is_dataclass(cls) else list(cls._fields)
    if not names:
        raise Unfit(f"`{cls.__name__}` has no fields")
    fields = {}
    for name in names:
        try:
            fields[name] = _known(hints[name])
        except KeyError:
            raise Unfit(f"field `{name}` of `{cls.__name__}` has no type") from None
        except Unfit as error:
            raise Unfit(f"field `{name}` of `{cls.__name__}`: {error}") from None
    return value.record(cls, fields)


def column_of(annotation: Any) -> Value | None:
    """The type of the values of ``Column[T]``; None when the annotation is not of a column."""
    if annotation is Column:
        return value.AnyValue()
    if typing.get_origin(annotation) is Column:
        return value_of(typing.get_args(annotation)[0])
    return None


def bind_of(annotation: Any) -> tuple[Callable[[Any], Any], Any] | None:
    """What makes a prepared argument, and the annotation of what it is made of."""
    for extra in typing.get_args(annotation)[1:] if typing.get_origin(annotation) is typing.Annotated else ():
        if isinstance(extra, Bind):
            if extra.annotation is not None:
                return extra.make, extra.annotation
            try:
                hints = typing.get_type_hints(extra.make, include_extras=True)
            except Exception:
                hints = {}
            hints.pop("return", None)
            if not hints:
                name = name_of(extra.make)
                raise Unfit(f"`{name}` does not tell the type that it takes: write `bind({name}, str)`")
            return extra.make, next(iter(hints.values()))
    return None


def name_of(annotation: Any) -> str:
    """An annotation as its author wrote it, more or less."""
    return getattr(annotation, "__name__", None) or str(annotation)


def _alias(annotation: Any) -> Any:
    """What stands behind a NewType or a ``type`` statement."""
    while True:
        behind = getattr(annotation, "__supertype__", None) or (
            annotation.__value__ if type(annotation).__name__ == "TypeAliasType" else None
        )
        if behind is None:
            return annotation
        annotation = behind


def _union(annotation: Any, arguments: tuple[Any, ...]) -> Value:
    others = [argument for argument in arguments if argument is not type(None)]
    if len(others) != 1 or len(others) == len(arguments):
        raise Unfit(f"`{annotation}` is of several types; a column has one, or Any")
    inner = value_of(others[0])
    return inner if inner.optional else value.Optional(inner)


def _known(annotation: Any) -> Value:
    inside = value_of(annotation)
    if isinstance(inside, value.AnyValue):
        raise Unfit("Any is the type of a whole argument, not of what is inside one")
    return inside


def _hint(annotation: Any) -> str:
    if annotation is decimal.Decimal:
        return "say how many digits: `Annotated[Decimal, digits(10, 2)]`"
    if annotation in (list, dict, list, dict):
        return "say what is in it: `list[str]`, `dict[str, int]`"
    return _HELP
