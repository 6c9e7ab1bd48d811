"""QR codes."""

from __future__ import annotations

import base64

import qrcode
from qrcode.image.svg import SvgPathImage


def draw_qr(text: str) -> str:
    """Draw a text as a QR code and return it as an SVG data URI."""
    image = qrcode.make(text, image_factory=SvgPathImage, border=2)
    return "data:image/svg+xml;base64," + base64.b64encode(image.to_string()).decode()
