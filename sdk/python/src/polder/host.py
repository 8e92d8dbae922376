"""What the host lends: the imports of the component, if it has them."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

from . import error as errors

F = TypeVar("F", bound=Callable[..., Any])

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class _Absent:
    """Stands for an interface that is not there; whatever is called of it fails."""

    def __init__(self, name: str, why: str) -> None:
        self._name = name
        self._why = why

    def __getattr__(self, name: str) -> _Absent:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: Any, **__: Any) -> Any:
        raise errors.Failed(f"`{self._name}`: {self._why}")


def inside() -> bool:
    """Whether this runs in the sandbox."""
    try:
        importlib.import_module("wit_world")
    except ModuleNotFoundError:
        return False
    return True


def interface(name: str) -> Any:
    """The bindings of an interface that the component imports."""
    module = f"wit_world.imports.{name}"
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError:
        why = "the plugin does not say that it wants it; see `wants`" if inside() else "this works inside Polder only"
        return _Absent(name, why)


def moment(millis: int) -> datetime:
    """The moment so many milliseconds after 1970 began, or the last one that Python knows."""
    try:
        return _EPOCH + timedelta(milliseconds=millis)
    except OverflowError:
        return datetime.max.replace(tzinfo=timezone.utc)


_KINDS = {
    "Error_Denied": errors.Denied,
    "Error_NotFound": errors.NotFound,
    "Error_Invalid": errors.Invalid,
    "Error_Limit": errors.Limit,
    "Error_Failed": errors.Failed,
}


def asks(function: F) -> F:
    """Turns what the host answers when it refuses into a HostError."""

    @functools.wraps(function)
    def asking(*arguments: Any, **named: Any) -> Any:
        try:
            return function(*arguments, **named)
        except Exception as error:
            answer = getattr(error, "value", None)
            kind = _KINDS.get(type(answer).__name__)
            if kind is None:
                raise
            raise kind(answer.value) from None  # type: ignore[union-attr]

    return asking  # type: ignore[return-value]
