"""The files of the model that a scorer is loaded with."""

from __future__ import annotations

from dataclasses import dataclass

from . import host
from .error import Invalid

_model = host.interface("model")

#: Bytes that are read at once.
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Artifact:
    """A file."""

    path: str
    #: Bytes.
    size: int


@host.asks
def artifacts() -> list[Artifact]:
    """All files of the model."""
    return [Artifact(artifact.path, artifact.size) for artifact in _model.artifacts()]


@host.asks
def read_at(path: str, offset: int, length: int) -> bytes:
    """At most ``length`` bytes from ``offset``; none at the end of the file."""
    return _model.read(path, offset, length)


def read(path: str) -> bytes:
    """All bytes of a file."""
    chunks: list[bytes] = []
    size = 0
    while chunk := read_at(path, size, _CHUNK):
        chunks.append(chunk)
        size += len(chunk)
    return b"".join(chunks)


def read_text(path: str) -> str:
    """The text of a file in UTF-8."""
    try:
        return read(path).decode()
    except UnicodeDecodeError:
        raise Invalid(f"`{path}` is not UTF-8") from None
