"""Photos of certificates: what a file must begin with to be one."""

from __future__ import annotations

import pytest

from guahao.domain.people.photos import HEAD_BYTES, LARGEST_BYTES, PhotoType, content_fault, upload_faults
from tests.photos import jpeg, png, webp

CONTENT = {PhotoType.JPEG: jpeg(), PhotoType.PNG: png(), PhotoType.WEBP: webp()}


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (PhotoType.JPEG, jpeg()),
        (PhotoType.JPEG, jpeg(before_frame=b"\xff\xff\xe2\xff\xfe" + b"\0" * 65532)),
        (PhotoType.PNG, png()),
        (PhotoType.WEBP, webp(b"VP8 ", 300, 200)),
        (PhotoType.WEBP, webp(b"VP8L", 300, 200)),
        (PhotoType.WEBP, webp(b"VP8X", 300, 200)),
    ],
    ids=range(6),
)
def test_a_genuine_file_of_each_type_is_a_photo_and_no_other_types(kind: PhotoType, content: bytes) -> None:
    assert content_fault(kind, content, len(content)) == ""
    for other in set(PhotoType) - {kind}:
        assert "its content is not" in content_fault(other, content, len(content))


@pytest.mark.parametrize("kind", PhotoType)
def test_no_beginning_of_a_file_is_a_photo_until_it_tells_its_size(kind: PhotoType) -> None:
    shortest = min(end for end in range(len(CONTENT[kind]) + 1) if not content_fault(kind, CONTENT[kind][:end], len(CONTENT[kind])))
    assert shortest >= 21


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (PhotoType.PNG, png(0, 2)),
        (PhotoType.PNG, png(20_001, 1)),
        (PhotoType.PNG, png()[:29] + b"\0\0\0\0" + png()[33:]),
        (PhotoType.JPEG, jpeg(0, 2)),
        (PhotoType.JPEG, jpeg(2, 20_001)),
        (PhotoType.JPEG, jpeg(before_frame=b"\xff\xda\0\x02")),
        (PhotoType.JPEG, jpeg(before_frame=b"junk")),
        (PhotoType.WEBP, webp() + b"\0"),
        (PhotoType.WEBP, webp(b"VP8 ", 0, 2)),
        (PhotoType.WEBP, webp().replace(b"VP8X", b"ALPH")),
    ],
    ids=range(10),
)
def test_a_broken_file_is_no_photo(kind: PhotoType, content: bytes) -> None:
    assert content_fault(kind, content, len(content))


def test_a_photo_of_five_megabytes_is_taken_and_a_larger_one_is_not() -> None:
    head = jpeg().ljust(HEAD_BYTES, b"\0")
    assert content_fault(PhotoType.JPEG, head, LARGEST_BYTES) == ""
    assert "larger" in content_fault(PhotoType.JPEG, head, LARGEST_BYTES + 1)


@pytest.mark.parametrize(
    "photo_key",
    [
        "",
        "x",
        "photos/u1/00000000000000000000000000000001/00000000000000000000000000000002.png",
        "uploads/u1/../u2/00000000000000000000000000000001.png",
        "uploads/u1/00000000000000000000000000000001.svg",
        "uploads/u1/00000000000000000000000000000001.png\n",
    ],
)
def test_a_photo_key_that_no_form_has_given_is_refused(photo_key: str) -> None:
    assert [fault["field"] for fault in upload_faults("u1", photo_key)] == ["photoKey"]
