"""Errors of Python as errors of the contract: none ends the instance."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from componentize_py_types import Err
from wit_world.imports import call

from ..bound import report
from ..error import RowError, words

F = TypeVar("F", bound=Callable[..., Any])


def guarded(function: F) -> F:
    """Answers with an error of a call where ``function`` raises."""

    @functools.wraps(function)
    def answer(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except BaseException as error:
            if not isinstance(error, RowError):
                report(error)
            row = error.row if isinstance(error, RowError) else None
            raise Err(call.Error(words(error), row)) from None

    return answer  # type: ignore[return-value]
