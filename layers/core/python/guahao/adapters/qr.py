"""QR codes."""

from __future__ import annotations

import base64

import qrcode

# ISO/IEC 18004 wants four modules of light around a code; a white ground makes them so on a dark page too.
_MARGIN = 4
_MODULE_PIXELS = 6


def draw_qr(text: str) -> str:
    """Draw a text as a QR code and return it as an SVG data URI."""
    code = qrcode.QRCode(border=_MARGIN)
    code.add_data(text)
    rows = code.get_matrix()
    size = len(rows)
    dark = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size * _MODULE_PIXELS}" height="{size * _MODULE_PIXELS}"'
        f' viewBox="0 0 {size} {size}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{size}v{size}h-{size}z"/>'
        f'<path fill="#000" d="{dark}"/></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
