"""``polder:plugin/transforms``."""

from __future__ import annotations

from typing import Any

from .. import transforms
from ..batch import Batch
from ..border import lift_columns, lift_fields, lower_columns, lower_fields
from ..function import named
from .guard import guarded


class Transform:
    """A transform bound to an input."""

    def __init__(self, running: transforms.Running) -> None:
        self.running = running

    @classmethod
    @guarded
    def bind(cls, name: str, input: list[Any], options: list[Any]) -> Transform:
        given = {
            option.name: lift_columns([field.data_type for field in lift_fields(option.type)], option.value)[0]
            for option in options
        }
        return cls(named(name, "transform").implementation.bind(lift_fields(input), given))

    def returns(self) -> list[Any]:
        return lower_fields(self.running.returns)

    @guarded
    def push(self, input: Any) -> None:
        fields = self.running.input
        self.running.push(Batch(fields, lift_columns([field.data_type for field in fields], input)))

    @guarded
    def finish(self) -> None:
        self.running.finish()

    @guarded
    def pull(self, max_rows: int) -> Any:
        batch = self.running.pull(max_rows)
        return None if batch is None else lower_columns(batch.columns, len(batch))
