"""``polder:plugin/scorers``."""

from __future__ import annotations

from typing import Any

from .. import scorers
from ..batch import Batch
from ..border import lift_columns, lift_fields, lower_columns, lower_fields
from ..function import named
from .guard import guarded


class Scorer:
    """A scorer with its model."""

    def __init__(self, loaded: scorers.Loaded) -> None:
        self.loaded = loaded

    @classmethod
    @guarded
    def load(cls, name: str, input: list[Any]) -> Scorer:
        return cls(named(name, "scorer").implementation.load(lift_fields(input)))

    def returns(self) -> list[Any]:
        return lower_fields(self.loaded.returns)

    @guarded
    def score(self, input: Any) -> Any:
        fields = self.loaded.input
        batch = Batch(fields, lift_columns([field.data_type for field in fields], input))
        return lower_columns(self.loaded.score(batch, input.rows), input.rows)
