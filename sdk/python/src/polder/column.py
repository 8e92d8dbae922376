"""Whole columns: Arrow's physical buffers and what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from . import bits
from .data_type import DataType
from .error import Error

if TYPE_CHECKING:
    from .value import Value

T = TypeVar("T")

#: Codes of :class:`memoryview` for the formats of numbers.
CODES: dict[str, Any] = {
    "c": "b", "C": "B", "s": "h", "S": "H", "i": "i", "I": "I", "l": "q", "L": "Q", "f": "f", "g": "d",
}  # fmt: skip


class Column(Generic[T]):
    """Values of one type, some of them null.

    In an annotation, ``Column[float]`` makes a scalar function one of whole columns. The buffers of an argument that is
    constant hold a single value, which stands for all rows (``is_constant``).
    """

    __slots__ = ("_length", "_value", "buffers", "children", "data_type", "is_constant", "null_count", "validity")

    def __init__(
        self,
        data_type: DataType,
        length: int,
        buffers: list[bytes],
        children: list[Column[Any]] | None = None,
        validity: bytes = b"",
        null_count: int = 0,
        value: Value | None = None,
    ) -> None:
        """A column of the buffers that Arrow lays down for its type; most authors want :meth:`of`."""
        self.data_type = data_type
        self.buffers = buffers
        self.children = children or []
        self.null_count = null_count
        self.is_constant = False
        self._length = length
        self.validity = validity
        self._value = value

    @classmethod
    def of(cls, annotation: Any, values: Iterable[T | None]) -> Column[T]:
        """A column of a type, in the words of annotations, and its values, of which None is null.

        Fixed-width numbers in an ``array`` or ``memoryview`` of the type's own width are copied as they are.
        """
        from .resolve import value_of

        return value_of(annotation).write(values if isinstance(values, list) else _buffer(values))

    def __len__(self) -> int:
        """Number of rows."""
        return self._length

    def __iter__(self) -> Iterator[T | None]:
        """The values of all rows; None where one is null."""
        return iter(self.to_list())

    def to_list(self) -> list[T | None]:
        """The values of all rows; None where one is null."""
        if self.is_constant:
            return self.once().read() * self._length
        return self.read()

    @property
    def values(self) -> memoryview:
        """The numbers in place, those of nulls being any; a single one when the column is constant.

        Raises:
            Error: When the values are no numbers of 1, 2, 4 or 8 bytes.
        """
        code = CODES.get(self.data_type.format)
        if code is None:
            raise Error(f"a column of {self.data_type} has no numbers to be viewed")
        return memoryview(self.buffers[0]).cast(code)

    @property
    def text(self) -> str:
        """The texts of all rows, one after the other; of a single one when the column is constant."""
        if self.data_type.format != "u":
            raise Error(f"a column of {self.data_type} has no text")
        return str(self.buffers[1], "utf-8")

    def with_text(self, text: str) -> Column[T]:
        """Other texts of the same lengths in bytes, one after the other, in the same rows.

        Raises:
            Error: When ``text`` has another length in all, or a row would begin inside a character.
        """
        encoded = text.encode()
        offsets = memoryview(self.buffers[0]).cast("i")
        whole = text.isascii() or all(offset == len(encoded) or encoded[offset] & 0xC0 != 0x80 for offset in offsets)
        if len(encoded) != len(self.buffers[1]) or not whole:
            raise Error("the new text does not fit the rows of the old one")
        return self._with(buffers=[self.buffers[0], encoded])

    def is_null(self, row: int) -> bool:
        """Whether ``row`` is null."""
        if self.is_constant:
            row = 0
        if self.data_type.format == "n":
            return True
        return self.null_count > 0 and not self.validity[row >> 3] >> (row & 7) & 1

    def null_where(self, *others: Column[Any]) -> Column[T]:
        """The same values, but null wherever one of the others is as well."""
        column = self.spread()
        mask = -1
        for other in (column, *others):
            if other.null_count:
                mask &= int.from_bytes(other.spread().validity, "little")
        if mask == -1:
            return column
        mask &= (1 << self._length) - 1
        validity = mask.to_bytes((self._length + 7) // 8, "little")
        return column._with(validity=validity, null_count=self._length - bin(mask).count("1"))

    def valid(self) -> bytes | None:
        """A byte for each row, 0 where it is null; None when no row is."""
        if self.data_type.format == "n":
            return bytes(self._length)
        return bits.unpack(self.validity, self._length) if self.null_count else None

    def read(self) -> list[Any]:
        """The values in the buffers, one of a constant."""
        from .value import natural

        return (self._value or natural(self.data_type)).read(self)

    def repeated(self, rows: int) -> Column[T]:
        """The single row as the constant of ``rows`` rows."""
        column = self._with()
        column.is_constant, column._length = True, rows
        return column

    def once(self) -> Column[T]:
        """The single row that a constant repeats."""
        column = self._with()
        column.is_constant, column._length = False, 1
        return column

    def spread(self) -> Column[T]:
        """The same rows, each in the buffers, also where the column is constant."""
        if not self.is_constant:
            return self
        from .value import natural

        return natural(self.data_type).write(self.to_list())

    def typed(self, value: Value) -> Column[T]:
        """The same column, whose values are read in this way."""
        return self._with(value=value)

    def _with(self, **changes: Any) -> Column[T]:
        column = Column.__new__(Column)
        for name in Column.__slots__:
            setattr(column, name, changes.get(name.lstrip("_"), getattr(self, name)))
        return column

    def __repr__(self) -> str:
        constant = "constant " if self.is_constant else ""
        return f"<{constant}Column of {self._length} {self.data_type}>"


def _buffer(values: Iterable[Any]) -> Any:
    """Buffers as they are, other iterables as lists."""
    try:
        return memoryview(values)  # type: ignore[arg-type]
    except TypeError:
        return list(values)
