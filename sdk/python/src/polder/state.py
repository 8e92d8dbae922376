"""Small values that outlive a run, such as how far the last one came. They are the plugin's own; each call is a
transaction."""

from __future__ import annotations

from collections.abc import Iterator

from . import host
from .error import Invalid
from .pages import paged

_state = host.interface("state")


@host.asks
def get(key: str) -> bytes | None:
    """A value; None where there is none."""
    return _state.get(key)


def text(key: str) -> str | None:
    """A value that is text."""
    value = get(key)
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        raise Invalid(f"the value of `{key}` is not UTF-8") from None


@host.asks
def set(key: str, value: bytes | str) -> None:
    _state.set(key, value.encode() if isinstance(value, str) else value)


@host.asks
def delete(key: str) -> None:
    _state.delete(key)


def keys(prefix: str = "") -> Iterator[str]:
    """The keys that begin with ``prefix``, in order."""
    return paged(lambda after: _keys(prefix, after), str)


@host.asks
def _keys(prefix: str, after: str | None) -> list[str]:
    return _state.keys(prefix, after)
