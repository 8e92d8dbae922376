"""Aggregate functions: fixed and growing states, constants at the end."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from polder import aggregate


@aggregate
class Corr:
    """Pearson's correlation.

    ```sql
    SELECT {schema}.corr(x, y) FROM (VALUES (1.0, 2.0), (2.0, 4.0)) AS t(x, y)
    -- 1.0
    ```
    """

    n: int = 0
    x: float = 0.0
    y: float = 0.0
    xx: float = 0.0
    yy: float = 0.0
    xy: float = 0.0

    def update(self, x: float, y: float) -> None:
        self.merge(Corr(1, x, y, x * x, y * y, x * y))

    def merge(self, other: Corr) -> None:
        self.n += other.n
        self.x += other.x
        self.y += other.y
        self.xx += other.xx
        self.yy += other.yy
        self.xy += other.xy

    def evaluate(self) -> float | None:
        spread = (self.n * self.xx - self.x * self.x) * (self.n * self.yy - self.y * self.y)
        return (self.n * self.xy - self.x * self.y) / math.sqrt(spread) if spread > 0 else None


@aggregate(name="exact_quantile")
@dataclass
class Quantile:
    """The value at a rank from 0 to 1, which must be a constant."""

    values: list[float] = field(default_factory=list)

    def update(self, value: float, rank: float) -> None:
        self.values.append(value)

    def merge(self, other: Quantile) -> None:
        self.values += other.values

    def evaluate(self, rank: float) -> float | None:
        if not 0 <= rank <= 1:
            raise ValueError(f"a rank is a number from 0 to 1, not {rank}")
        values = sorted(self.values, key=lambda value: (math.isnan(value), value))
        return values[round(rank * (len(values) - 1))] if values else None
