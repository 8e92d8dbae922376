"""Bitmaps, least significant bit first, as bytes that are 0 or 1 and back."""

from __future__ import annotations

_BITS = [bytes(byte >> bit & 1 for bit in range(8)) for byte in range(256)]


def unpack(bitmap: bytes, count: int) -> bytes:
    """A byte for each of the first ``count`` bits."""
    return b"".join(map(_BITS.__getitem__, bitmap[: (count + 7) // 8]))[:count]


def pack(flags: bytes) -> bytes:
    """A bit for each byte. Works on all bytes of the same place at once, as long integers."""
    size = (len(flags) + 7) // 8
    flags = flags.ljust(size * 8, b"\0")
    bits = 0
    for place in range(8):
        bits |= int.from_bytes(flags[place::8], "little") << place
    return bits.to_bytes(size, "little")
