"""Photos that show nobody."""

from __future__ import annotations

from struct import pack
from zlib import compress, crc32


def grey_png(width: int, height: int, shade: int = 0xC0) -> bytes:
    """Return a PNG of one shade of grey, 0 to 255."""
    rows = (b"\0" + bytes([shade]) * width) * height
    header = pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", compress(rows)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return pack(">I", len(content)) + kind + content + pack(">I", crc32(kind + content))
