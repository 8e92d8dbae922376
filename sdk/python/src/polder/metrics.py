"""Numbers for whoever watches the run."""

from __future__ import annotations

from . import host

_metrics = host.interface("metrics")


def counter(name: str, add: int = 1) -> None:
    """Adds to a count."""
    _metrics.counter(name, add)


def gauge(name: str, value: float) -> None:
    """Sets a measure."""
    _metrics.gauge(name, value)


def progress(done: int, total: int | None = None) -> None:
    """How much of the work is done, out of how much if that is known, in units of your choice."""
    _metrics.progress(done, total)
