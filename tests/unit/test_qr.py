"""The picture of a code can be read on any page: a real decoder reads it on white, grey and black ground."""

from __future__ import annotations

import base64
import re

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from guahao.adapters.qr import draw_qr

CODE_URL = "weixin://wxpay/bizpayurl?pr=" + "aB3dE6gH9"
QUIET_MODULES = 4


def svg_of(text: str) -> str:
    kind, _, data = draw_qr(text).partition(",")
    assert kind == "data:image/svg+xml;base64"
    return base64.b64decode(data).decode()


def number(pattern: str, svg: str) -> int:
    found = re.search(pattern, svg)
    assert found
    return int(found[1])


def painted(svg: str, ground: str) -> Image.Image:
    """Paint the picture in its own size on a page of this ground; each path is of rectangles, painted in their order."""
    width, height = number(r' width="(\d+)"', svg), number(r' height="(\d+)"', svg)
    module = width // number(r'viewBox="0 0 (\d+) ', svg)
    page = Image.new("RGB", (width + 200, height + 200), ground)
    draw = ImageDraw.Draw(page)
    for colour, path in re.findall(r'<path fill="(#\w+)" d="([^"]*)"', svg):
        for x, y, w, h in re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+z", path):
            left, top = 100 + int(x) * module, 100 + int(y) * module
            draw.rectangle((left, top, left + int(w) * module - 1, top + int(h) * module - 1), fill=colour)
    return page


@pytest.mark.parametrize("ground", ["white", "grey", "black"])
def test_a_real_decoder_reads_the_code_on_any_ground(ground: str) -> None:
    [found] = zxingcpp.read_barcodes(painted(svg_of(CODE_URL), ground), formats=zxingcpp.BarcodeFormat.QRCode)
    assert found.text == CODE_URL


def test_the_code_lies_on_white_with_four_modules_around_it_in_a_size_of_pixels() -> None:
    """ISO/IEC 18004 wants a quiet zone of four modules."""
    svg = svg_of(CODE_URL)
    size = number(r'viewBox="0 0 (\d+) ', svg)
    assert number(r' width="(\d+)"', svg) >= 4 * size
    assert f'fill="#fff" d="M0 0h{size}v{size}h-{size}z"' in svg
    dark = [(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1", svg)]
    for places in zip(*dark, strict=True):
        assert (min(places), max(places)) == (QUIET_MODULES, size - QUIET_MODULES - 1)
