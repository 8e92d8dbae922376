"""Files in volumes."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from . import host
from .error import Invalid
from .pages import paged

_storage = host.interface("storage")

#: Bytes that are read, and written, at once.
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Entry:
    """A file of a volume."""

    #: Relative to the volume.
    path: str
    #: Bytes.
    size: int
    #: When it was written, in UTC.
    modified: datetime


class Volume:
    """A volume whose files can be read or written, as far as the run has the right to."""

    def __init__(self, volume: Any) -> None:
        self._volume = volume

    @classmethod
    @host.asks
    def open(cls, name: str) -> Volume:
        """The volume ``catalog.schema.volume``."""
        return cls(_storage.Volume.open(name))

    def list(self, prefix: str = "") -> Iterator[Entry]:
        """The files below ``prefix``, in order of their paths."""
        return paged(lambda after: self._page(prefix, after), lambda entry: entry.path)

    @host.asks
    def _page(self, prefix: str, after: str | None) -> Sequence[Entry]:
        return [_entry(entry) for entry in self._volume.list(prefix, after)]

    @host.asks
    def stat(self, path: str) -> Entry:
        """Size and time of a file."""
        return _entry(self._volume.stat(path))

    @host.asks
    def read(self, path: str, offset: int, length: int) -> bytes:
        """At most ``length`` bytes from ``offset``; none at the end of the file."""
        return self._volume.read(path, offset, length)

    def reader(self, path: str) -> io.BufferedReader:
        """A file to be read piece by piece, from its beginning or wherever one seeks to."""
        return io.BufferedReader(_Reader(self, path), _CHUNK)

    def lines(self, path: str, newline: str = "\n") -> Iterator[str]:
        """The lines of a text file in UTF-8, without what ends them."""
        text = io.TextIOWrapper(self.reader(path), "utf-8", newline=newline)
        return _lines(text, path, newline)

    def read_bytes(self, path: str) -> bytes:
        """All bytes of a file."""
        return self.reader(path).read()

    def read_text(self, path: str) -> str:
        """The text of a file in UTF-8."""
        try:
            return self.read_bytes(path).decode()
        except UnicodeDecodeError:
            raise Invalid(f"`{path}` is not UTF-8") from None

    @host.asks
    def create(self, path: str) -> Upload:
        """A new file, or one in place of that which is there: nobody sees it before :meth:`Upload.commit`."""
        return Upload(self._volume.write(path))

    @host.asks
    def delete(self, path: str) -> None:
        self._volume.delete(path)


def _entry(entry: Any) -> Entry:
    return Entry(entry.path, entry.size, host.moment(entry.modified))


def _lines(text: io.TextIOWrapper, path: str, newline: str) -> Iterator[str]:
    try:
        for line in text:
            yield line.removesuffix(newline)
    except UnicodeDecodeError:
        raise Invalid(f"`{path}` is not UTF-8") from None


class _Reader(io.RawIOBase):
    """Reads a file of a volume."""

    def __init__(self, volume: Volume, path: str) -> None:
        self._volume, self._path, self._position = volume, path, 0
        self._size = volume.stat(path).size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        position = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if position < 0:
            raise ValueError("before the beginning of the file")
        self._position = position
        return position

    def readinto(self, buffer: Any) -> int:
        if self._position >= self._size:
            return 0
        chunk = self._volume.read(self._path, self._position, len(buffer))
        buffer[: len(chunk)] = chunk
        self._position += len(chunk)
        return len(chunk)


class Upload(io.RawIOBase):
    """A file being written. Closed without :meth:`commit`, it never existed."""

    def __init__(self, upload: Any) -> None:
        self._upload = upload
        self._waiting: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        """Adds bytes."""
        self._waiting.append(bytes(data))
        self._size += len(data)
        if self._size >= _CHUNK:
            self._send()
        return len(data)

    @host.asks
    def commit(self) -> Entry:
        """Lets the file be seen."""
        self._send()
        upload, self._upload = self._upload, None
        return _entry(_storage.Upload.commit(upload))

    @host.asks
    def _send(self) -> None:
        if self._waiting:
            self._upload.write(b"".join(self._waiting))
            self._waiting, self._size = [], 0

    def close(self) -> None:
        self._upload = None
        super().close()
