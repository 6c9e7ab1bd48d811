"""Photos of certificates: their keys, and the check of their content."""

from __future__ import annotations

import re
from enum import StrEnum
from struct import unpack_from
from zlib import crc32

LARGEST_BYTES = 5 * 1024 * 1024
# A camera's JPEG may have a thumbnail and profiles of 64 KB each before its size.
HEAD_BYTES = 256 * 1024
_LONGEST_SIDE = 20_000
_UPLOAD = re.compile(r"uploads/([0-9a-z]+)/[0-9a-f]{32}\.(jpg|png|webp)", re.ASCII)
# The markers of frames in all codings; C4, C8 and CC, which lie between them, are no frames.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}

Size = tuple[int, int] | None


class PhotoType(StrEnum):
    """The image types of photos."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"

    @property
    def extension(self) -> str:
        """The extension of the type's file names."""
        return _EXTENSIONS[self]


_EXTENSIONS = {PhotoType.JPEG: "jpg", PhotoType.PNG: "png", PhotoType.WEBP: "webp"}


def upload_key(user_id: str, name: str, kind: PhotoType) -> str:
    """Return the key of the user's upload of that name."""
    return f"uploads/{user_id}/{name}.{kind.extension}"


def upload_faults(user_id: str, photo_key: str) -> list[dict[str, str]]:
    """Return the faults of the key of an upload, none if it is one of the user's own."""
    found = _UPLOAD.fullmatch(photo_key)
    return [] if found and found[1] == user_id else [{"field": "photoKey", "reason": "not one of your uploads"}]


def kept_key(photo_key: str, submission_id: str) -> str:
    """Return the key of the upload's copy for a submission."""
    return f"{_copies(photo_key)}{submission_id}.{photo_key.rpartition('.')[2]}"


def is_copy(key: str, photo_key: str) -> bool:
    """Tell whether the key is that of a copy of the upload."""
    return key.startswith(_copies(photo_key))


def type_of(key: str) -> PhotoType:
    """Return the image type of an upload's or a copy's key."""
    return next(kind for kind in PhotoType if key.endswith(f".{kind.extension}"))


def content_fault(kind: PhotoType, head: bytes, size: int) -> str:
    """Return what is wrong with a file of this size and beginning, an empty text if it can be a photo of the type."""
    if size > LARGEST_BYTES:
        return f"larger than {LARGEST_BYTES} bytes"
    dimensions = _SIZES[kind](head, size)
    if dimensions is None:
        return f"its content is not {kind.value}"
    if not all(0 < side <= _LONGEST_SIDE for side in dimensions):
        return f"its sides are not 1 to {_LONGEST_SIDE} pixels long"
    return ""


def _copies(photo_key: str) -> str:
    return f"photos/{photo_key.removeprefix('uploads/').rpartition('.')[0]}/"


def _jpeg_size(head: bytes, _: int) -> Size:
    """Return the size from the frame, which must come before the scan."""
    position = 2
    if head[:2] != b"\xff\xd8":
        return None
    while position + 9 <= len(head) and head[position] == 0xFF:
        marker = head[position + 1]
        if marker in _JPEG_FRAMES:
            height, width = unpack_from(">HH", head, position + 5)
            return width, height
        if marker == 0xFF:  # a fill byte
            position += 1
        elif marker >= 0xC0 and not 0xD0 <= marker <= 0xDA:
            position += 2 + max(2, unpack_from(">H", head, position + 2)[0])
        else:
            return None
    return None


def _png_size(head: bytes, _: int) -> Size:
    whole = len(head) >= 33 and head[:16] == b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
    if not whole or crc32(head[12:29]) != unpack_from(">I", head, 29)[0]:
        return None
    width, height = unpack_from(">II", head, 16)
    return width, height


def _webp_size(head: bytes, size: int) -> Size:
    if len(head) < 30 or head[:4] != b"RIFF" or head[8:12] != b"WEBP" or unpack_from("<I", head, 4)[0] + 8 != size:
        return None
    match head[12:16]:
        case b"VP8 " if head[23:26] == b"\x9d\x01\x2a":
            width, height = unpack_from("<HH", head, 26)
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L" if head[20] == 0x2F:
            bits = unpack_from("<I", head, 21)[0]
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    return None


_SIZES = {PhotoType.JPEG: _jpeg_size, PhotoType.PNG: _png_size, PhotoType.WEBP: _webp_size}
