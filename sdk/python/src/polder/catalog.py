"""What exists, as far as the caller and the plugin may both see it."""

from __future__ import annotations

from dataclasses import dataclass

from . import border, host
from .data_type import Field

_catalog = host.interface("catalog")


@dataclass(frozen=True)
class Table:
    """A table or a view."""

    #: Its full name.
    name: str
    comment: str | None
    tags: dict[str, str]
    columns: list[Field]
    #: None for a view.
    version: int | None


@dataclass(frozen=True)
class Function:
    """A function of a plugin, or one in SQL."""

    #: Its full name.
    name: str
    #: ``scalar``, ``aggregate``, ``table``, ``transform``, ``scorer`` or ``task``.
    kind: str
    #: How it is called.
    signature: str
    comment: str | None


@host.asks
def schemas(catalog: str) -> list[str]:
    """The schemas of a catalog, by full name."""
    return _catalog.schemas(catalog)


@host.asks
def tables(schema: str) -> list[str]:
    """The tables and views of a schema, by full name."""
    return _catalog.tables(schema)


@host.asks
def table(name: str) -> Table:
    """One table or view."""
    info = _catalog.table(name)
    return Table(info.name, info.comment, dict(info.tags), border.lift_fields(info.columns), info.version)


@host.asks
def functions(schema: str) -> list[Function]:
    """The functions of a schema."""
    return [Function(info.name, info.kind, info.signature, info.comment) for info in _catalog.functions(schema)]


@host.asks
def set_comment(table: str, comment: str) -> None:
    """Comments on a table; needs MANAGE on it, as do tags."""
    _catalog.set_comment(table, comment)


@host.asks
def set_tag(table: str, key: str, value: str) -> None:
    _catalog.set_tag(table, key, value)


@host.asks
def unset_tag(table: str, key: str) -> None:
    _catalog.unset_tag(table, key)
