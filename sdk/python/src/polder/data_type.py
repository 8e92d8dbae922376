"""Types of columns, in the words of Arrow's C data interface, in which they cross the border of the sandbox."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

#: How types without parameters are called in SQL.
SQL_NAMES = {
    "n": "NULL",
    "b": "BOOLEAN",
    "c": "TINYINT",
    "C": "TINYINT UNSIGNED",
    "s": "SMALLINT",
    "S": "SMALLINT UNSIGNED",
    "i": "INT",
    "I": "INT UNSIGNED",
    "l": "BIGINT",
    "L": "BIGINT UNSIGNED",
    "f": "FLOAT",
    "g": "DOUBLE",
    "u": "STRING",
    "z": "BINARY",
    "tdD": "DATE",
    "tsu:": "TIMESTAMP_NTZ",
}


@dataclass(frozen=True)
class DataType:
    """The type of a column: its format, such as ``g`` or ``d:10,2``, and the fields inside a nested one."""

    format: str
    children: tuple[Field, ...] = ()

    def same_values(self, other: DataType) -> bool:
        """Whether both have the same values, whatever their fields are called and whether they may be null."""
        return (
            self.format == other.format
            and len(self.children) == len(other.children)
            and all(own.data_type.same_values(their.data_type) for own, their in zip(self.children, other.children))
        )

    def __str__(self) -> str:
        """The type as SQL writes it."""
        inside = [f"{child.name}: {child.data_type}" for child in self.children]
        if self.format.startswith("d:"):
            return f"DECIMAL({self.format[2:].replace(',', ', ')})"
        if self.format.startswith("tsu:"):
            return SQL_NAMES.get(self.format, "TIMESTAMP")
        if self.format == "+l":
            return f"ARRAY<{self.children[0].data_type}>"
        if self.format == "+m":
            key, value = self.children[0].data_type.children
            return f"MAP<{key.data_type}, {value.data_type}>"
        if self.format == "+s":
            return f"STRUCT<{', '.join(inside)}>"
        return SQL_NAMES.get(self.format, f"Arrow format `{self.format}`")


@dataclass(frozen=True)
class Field:
    """A named type."""

    name: str
    data_type: DataType
    nullable: bool = True

    @classmethod
    def of(cls, name: str, annotation: object) -> Field:
        """A field of a type in the words of annotations: ``Field.of("price", float)``."""
        from .resolve import value_of

        return cls(name, value_of(annotation).data_type)

    def flatten(self) -> Iterator[Field]:
        """The field and all that is inside it, depth first."""
        yield self
        for child in self.data_type.children:
            yield from child.flatten()


#: A field as it crosses the border: its name, format, whether it may be null, and how many children follow.
Flat = tuple[str, str, bool, int]


def unflatten(flat: Iterable[Flat]) -> list[Field]:
    """The fields of a flat schema."""
    rest = iter(flat)
    fields = []
    for first in rest:
        fields.append(_field(first, rest))
    return fields


def _field(flat: Flat, rest: Iterator[Flat]) -> Field:
    name, format, nullable, children = flat
    inside = tuple(_field(next(rest), rest) for _ in range(children))
    return Field(name, DataType(format, inside), nullable)


NULL = DataType("n")
BOOLEAN = DataType("b")
INT8, INT16, INT32, INT64 = (DataType(format) for format in "csil")
UINT8, UINT16, UINT32, UINT64 = (DataType(format) for format in "CSIL")
FLOAT32, FLOAT64 = DataType("f"), DataType("g")
STRING, BINARY = DataType("u"), DataType("z")
DATE, TIMESTAMP, LOCAL_TIMESTAMP = DataType("tdD"), DataType("tsu:UTC"), DataType("tsu:")


def decimal(precision: int, scale: int) -> DataType:
    """Exact numbers of ``precision`` digits, ``scale`` of them behind the point."""
    return DataType(f"d:{precision},{scale}")


def list_of(item: DataType) -> DataType:
    """Lists, whose items may be null."""
    return DataType("+l", (Field("item", item),))


def struct_of(fields: Iterable[Field]) -> DataType:
    """Structs of these fields."""
    return DataType("+s", tuple(fields))


def map_of(key: DataType, value: DataType) -> DataType:
    """Maps, which are lists of keys and values."""
    entries = struct_of([Field("key", key, nullable=False), Field("value", value)])
    return DataType("+m", (Field("entries", entries, nullable=False),))
