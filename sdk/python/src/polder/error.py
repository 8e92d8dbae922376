"""Why something failed."""

from __future__ import annotations


class Error(Exception):
    """A failure in words for whoever runs the statement."""


class RowError(Error):
    """A failure that one row of a batch is to blame for, counted from 0."""

    def __init__(self, message: str, row: int | None) -> None:
        super().__init__(message)
        self.row = row


class HostError(Error):
    """The answer of the host when it refuses, or fails."""


class Denied(HostError):
    """A right is missing; the text is what was refused and the statement that would allow it."""


class NotFound(HostError):
    """There is no such thing, or it may not be known of."""


class Invalid(HostError):
    """The request itself is wrong."""


class Limit(HostError):
    """A limit was reached; the text names it, its value and its owner."""


class Failed(HostError):
    """The store, table or peer failed."""


def words(error: BaseException) -> str:
    """What to say of an error: the author's own words, or what Python calls it as well."""
    text = str(error)
    if isinstance(error, Error) or (text and type(error) is ValueError):
        return text
    name = type(error).__name__
    return f"{name}: {text}" if text else name
