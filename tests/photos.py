"""Small photos, each as its format asks for."""

from __future__ import annotations

from struct import pack

from infra.seed.photos import grey_png


def png(width: int = 2, height: int = 2, shade: int = 0x7F) -> bytes:
    """Return a whole PNG; another shade makes another file."""
    return grey_png(width, height, shade)


def jpeg(width: int = 2, height: int = 2, before_frame: bytes = b"") -> bytes:
    """Return a JPEG up to its frame, with more segments before it if they are given."""
    thumbnail = b"\xff\xe1" + pack(">H", 8) + b"Exif\0\0"
    frame = b"\xff\xc0" + pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\0"
    return b"\xff\xd8" + thumbnail + before_frame + frame + b"\xff\xd9"


def webp(kind: bytes = b"VP8X", width: int = 2, height: int = 2) -> bytes:
    """Return a WebP file that ends after its first chunk: VP8 (lossy), VP8L (lossless) or VP8X (extended)."""
    match kind:
        case b"VP8 ":
            size = b"\0\0\0\x9d\x01\x2a" + pack("<HH", width, height)
        case b"VP8L":
            size = b"\x2f" + pack("<I", (width - 1) | (height - 1) << 14) + b"\0" * 5
        case _:
            size = b"\0\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunk = kind + pack("<I", len(size)) + size
    return b"RIFF" + pack("<I", 4 + len(chunk)) + b"WEBP" + chunk
