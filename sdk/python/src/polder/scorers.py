"""Scorers: a model is loaded once, then rows become scores."""

from __future__ import annotations

import inspect
from typing import Any, TypeVar

from . import docstring
from .batch import Batch
from .column import Column
from .data_type import Field
from .error import Error
from .function import Function, Mistake, declare
from .signature import snake_case

C = TypeVar("C", bound=type)


def scorer(cls: Any = None, /, *, name: str | None = None) -> Any:
    """Makes a class the scoring routine of a model.

    ``__init__(self, input)`` takes the fields of the input and reads the files of the model with :mod:`polder.model`;
    ``returns(self)`` tells the fields of a score; ``score(self, batch)`` gives a Batch with these columns, or a Column
    where there is only one.

    Args:
        name: Its name in SQL; else the class's in snake case.
    """

    def decorate(cls: C) -> C:
        declare(cls, lambda: _describe(cls, name))
        return cls

    return decorate if cls is None else decorate(cls)


def _describe(cls: type, name: str | None) -> Function:
    for method, what in {
        "returns": "def returns(self) -> list[Field]",
        "score": "def score(self, batch: Batch) -> Column[float]",
    }.items():
        if not inspect.isfunction(getattr(cls, method, None)):
            raise Mistake(f"the scorer `{cls.__name__}` needs `{what}`")
    doc = docstring.parse(cls.__doc__)
    return Function(
        name=name or snake_case(cls.__name__),
        kind="scorer",
        doc=doc.text,
        examples=doc.examples,
        parameters=[],
        implementation=Scorer(cls),
    )


class Scorer:
    """Loads a class with models."""

    def __init__(self, cls: type) -> None:
        self.cls = cls

    def load(self, input: list[Field]) -> Loaded:
        """Reads the model."""
        return Loaded(self.cls(input), input)


class Loaded:
    """A scorer with its model."""

    def __init__(self, author: Any, input: list[Field]) -> None:
        self.author = author
        self.input = input
        self.returns: list[Field] = list(author.returns())

    def score(self, batch: Batch, rows: int) -> list[Column[Any]]:
        """The columns of the scores, if they are what the scorer said that it returns."""
        made = self.author.score(batch)
        columns = made.columns if isinstance(made, Batch) else [made]
        if not all(isinstance(column, Column) for column in columns):
            raise Error(f"a score is a Batch or a Column, not {type(made).__name__}")
        for column in columns:
            if len(column) != rows:
                raise Error(f"a score has {len(column)} rows, not {rows}")
        return Batch(self.returns, columns).columns
