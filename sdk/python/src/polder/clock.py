"""The time."""

from __future__ import annotations

from datetime import datetime, timezone

from . import host

_clock = host.interface("clock")


def now() -> datetime:
    """The moment in UTC, to the millisecond; it never goes back within a run."""
    return host.moment(_clock.now()) if host.inside() else datetime.now(timezone.utc)
