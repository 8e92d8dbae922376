"""Transforms and tasks."""

from __future__ import annotations

from dataclasses import dataclass

from polder import Batch, Column, Field, Int32, task, transform


@transform
class Dedupe:
    """Keeps the first row of each key.

    Args:
        key: The column that tells rows apart.
    """

    def __init__(self, input: list[Field], key: str, reverse: bool = False) -> None:
        if key not in [field.name for field in input]:
            raise ValueError(f"there is no column `{key}`")
        self.key = key
        self.seen: set[object] = set()

    def push(self, batch: Batch) -> Batch:
        keep = []
        for key in batch[self.key]:
            # What is not equal to itself is still the same key.
            name = repr(key)
            keep.append(name not in self.seen)
            self.seen.add(name)
        return batch.filter(keep)


@transform
class Numbered:
    """Adds the number of each row, in the end."""

    def __init__(self, input: list[Field]) -> None:
        self.input = input
        self.batches: list[Batch] = []

    def returns(self) -> list[Field]:
        return [*self.input, Field.of("number", int)]

    def push(self, batch: Batch) -> None:
        self.batches.append(batch)

    def finish(self) -> Batch | None:
        if not self.batches:
            return None
        whole = Batch.concat(self.batches)
        return whole.with_column("number", Column.of(int, range(len(whole))))


@dataclass
class Summary:
    total: int
    words: list[str]
    note: str | None


@task
def summarise(numbers: list[Int32], words: dict[str, bool], note: str | None, factor: float = 1.0) -> Summary:
    """Sums up its parameters."""
    return Summary(int(sum(numbers) * factor), [word for word, wanted in words.items() if wanted], note)
