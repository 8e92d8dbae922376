"""From JSON to the types of a task's parameters."""

from __future__ import annotations

import dataclasses
import types
import typing
from typing import Any

from . import resolve
from .error import Error
from .resolve import Unfit
from .value import Boolean, Number, Optional, Text, Value

_NAMES = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "an object",
}


def takes_none(annotation: Any) -> bool:
    """Whether None is among the values."""
    return annotation in (Any, None, type(None)) or type(None) in typing.get_args(annotation)


def column_type(annotation: Any) -> Value | None:
    """The type in SQL of a parameter whose values are not nested; None for others."""
    try:
        value = resolve.value_of(annotation)
    except Unfit:
        return None
    inner = value.inner if isinstance(value, Optional) else value
    return inner if isinstance(inner, (Boolean, Number, Text)) else None


def convert(annotation: Any, value: Any) -> Any:
    """A JSON value as one of the type.

    Raises:
        Error: When it is none.
    """
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation is Any or (value is None and takes_none(annotation)):
        return value
    if origin is typing.Annotated:
        plain, known = convert(arguments[0], value), column_type(annotation)
        if known is not None:
            known.write([plain])
        return plain
    if origin in (typing.Union, types.UnionType):
        return _one_of(arguments, value)
    if origin is list or annotation is list:
        items = _expect(list, value)
        return [convert(arguments[0], item) for item in items] if arguments else items
    if origin is dict or annotation is dict:
        entries = _expect(dict, value)
        return {key: convert(arguments[1], item) for key, item in entries.items()} if arguments else entries
    if resolve.is_record(annotation):
        return _record(annotation, _expect(dict, value))
    if annotation is float and type(value) is int:
        return float(value)
    if annotation in (bool, int, float, str):
        return _expect(annotation, value)
    raise Error(f"a parameter of type `{resolve.name_of(annotation)}` cannot be made of JSON")


def _expect(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        given = "null" if value is None else _NAMES[type(value)]
        raise Error(f"it is {given}, not {_NAMES[kind]}")
    return value


def _one_of(choices: tuple[Any, ...], value: Any) -> Any:
    said = []
    for choice in choices:
        if choice is not type(None):
            try:
                return convert(choice, value)
            except Error as error:
                said.append(str(error))
    raise Error("; ".join(said))


def _record(cls: type, given: dict[str, Any]) -> Any:
    hints = typing.get_type_hints(cls, include_extras=True)
    names = [field.name for field in dataclasses.fields(cls)] if dataclasses.is_dataclass(cls) else cls._fields  # type: ignore[attr-defined]
    for name in given:
        if name not in names:
            raise Error(f"there is no field `{name}`")
    try:
        return cls(**{name: convert(hints[name], value) for name, value in given.items()})
    except TypeError as error:
        raise Error(str(error)) from None
