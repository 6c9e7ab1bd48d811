"""The page that shows the hospitals and the orders they have received."""

from __future__ import annotations

from html import escape
from typing import Any

from starlette.responses import HTMLResponse

from infra.simulators.asgi import page, table

_COLUMNS = {
    "orderId": "Order",
    "recordId": "Record",
    "state": "State",
    "date": "Date",
    "halfDay": "Half-day",
    "departmentCode": "Department",
    "number": "Number",
    "patientName": "Patient",
    "certificateEnd": "Certificate ends",
    "checkInAt": "Check-in",
    "checkInPlace": "Place",
    "calls": "Calls",
}


def hospitals_page(hospitals: list[str], orders: list[dict[str, Any]], faults: dict[str, str]) -> HTMLResponse:
    """Return every hospital with its fault mode and its orders, newest first."""
    sections = [
        f'<h2>{escape(code)}</h2><p class="quiet">Answers: {escape(faults.get(code, "normal"))}</p>'
        + table(
            list(_COLUMNS.values()),
            [[escape(str(order[name])) for name in _COLUMNS] for order in orders if order["hospitalCode"] == code],
            "No order has been received yet.",
        )
        for code in hospitals
    ]
    return page("Hospital systems (simulated)", "".join(sections) or "<p>No hospital is set up: PUT /settings {hospitalCode, key}.</p>")
