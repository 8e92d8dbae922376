"""``polder:plugin/tasks``."""

from __future__ import annotations

from componentize_py_types import Err

from ..error import words
from ..function import named


class Tasks:
    """Steps of workflows."""

    def run(self, name: str, parameters: list[tuple[str, str]]) -> list[tuple[str, str]]:
        try:
            return named(name, "task").implementation.run(parameters)
        except BaseException as error:
            raise Err(words(error)) from None
