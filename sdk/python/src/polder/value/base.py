"""How Python values are read from columns and written to them: one class for each way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .. import bits
from ..column import Column
from ..data_type import DataType
from ..error import Error, RowError, words


class Value:
    """A Python type that has a place in columns of one data type."""

    data_type: DataType
    #: Whether null is one of its values: None in Python.
    optional = False
    #: What a value of it is called in messages.
    python = "value"
    #: What lies in a buffer where a value is null.
    blank: Any = 0

    def read(self, column: Column[Any]) -> list[Any]:
        """The values of all rows; None where one is null, or holds a null that the type cannot hold."""
        raise NotImplementedError

    def write(self, values: Sequence[Any]) -> Column[Any]:
        """The column of values, of which None is null.

        Raises:
            RowError: Where a value is of another type, or does not fit.
        """
        try:
            # Without a look for None first: where there is one, packing fails.
            return Column(self.data_type, len(values), self.pack(values), value=self)
        except Error:
            raise
        except Exception:
            if None not in values:
                raise self.refuse(values) from None
        try:
            buffers = self.pack([self.blank if value is None else value for value in values])
        except Error:
            raise
        except Exception:
            raise self.refuse(values) from None
        return self.column(len(values), buffers, values)

    def pack(self, values: Sequence[Any]) -> list[bytes]:
        """The buffers of values that are all there; fails where one does not fit."""
        raise NotImplementedError

    def column(self, length: int, buffers: list[bytes], values: Sequence[Any], *children: Column[Any]) -> Column[Any]:
        """A column of this type that is null where ``values`` are None."""
        validity, nulls = b"", 0
        if None in values:
            flags = bytes([value is not None for value in values])
            validity, nulls = bits.pack(flags), flags.count(0)
        return Column(self.data_type, length, buffers, list(children), validity, nulls, self)

    def refuse(self, values: Sequence[Any], fits: Callable[[Any], object] | None = None) -> RowError:
        """Says which of the values does not fit."""
        fits = fits or (lambda value: self.pack([value]))
        for row, value in enumerate(values):
            if value is None:
                continue
            try:
                fits(value)
            except (TypeError, KeyError, AttributeError):
                return RowError(f"{shown(value)} is of type {type(value).__name__}, not {self.python}", row)
            except Exception as error:
                said = "" if isinstance(error, (OverflowError, ValueError)) else f": {words(error)}"
                return RowError(f"{shown(value)} does not fit {self.data_type}{said}", row)
        return RowError(f"a value does not fit {self.data_type}", None)


def shown(value: Any) -> str:
    """A value for messages, cut short."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def masked(values: list[Any], column: Column[Any]) -> list[Any]:
    """The values, None where the column is null."""
    valid = column.valid()
    if valid is None:
        return values
    return [value if there else None for value, there in zip(values, valid)]


def converted(function: Callable[[Any], Any], values: Sequence[Any]) -> list[Any]:
    """``function`` of every value but None.

    Raises:
        RowError: Where ``function`` fails.
    """
    done: list[Any] = []
    calls = (
        (None if value is None else function(value) for value in values) if None in values else map(function, values)
    )
    try:
        done.extend(calls)
    except Exception as error:
        raise RowError(words(error), len(done)) from error
    return done
