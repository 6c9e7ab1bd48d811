"""The pages: all hospitals, and of one hospital its overview, orders, calls and what the platform has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from starlette.responses import HTMLResponse

from infra.simulators.asgi import page, table
from infra.simulators.hospital.faults import MODES
from infra.simulators.hospital.frame import Place, button, call_in_words, choice, desk_page, moment
from infra.simulators.hospital.office import Compared
from infra.simulators.hospital.shapes import Kind

ORDERS_SHOWN = 200
_DIFFERENT_SHOWN = 300
_WORDS = {"booked": "booked, not paid", "paid": "paid", "checkedIn": "took the number", "noShow": "did not come", "cancelled": "cancelled"}


def front_page(hospitals: Sequence[tuple[Place, str, int, int]], orders: Sequence[Mapping[str, Any]]) -> HTMLResponse:
    """Return every hospital (with its mode, orders and entries not accepted) and the latest orders of all."""
    rows = [
        [f'<a href="{place.path}">{escape(place.code)}</a>', escape(place.name), escape(mode), str(received), str(pending)]
        for place, mode, received, pending in hospitals
    ]
    received = [[_code(order["hospitalCode"]), *_order(order)] for order in orders]
    return page(
        "Hospital systems (simulated)",
        "<p>Each hospital here publishes itself on the platform and receives its orders. Open one, or set up one more.</p>"
        + table(["Hospital", "Name", "Answers", "Orders", "Not on the platform yet"], rows, "No hospital is set up yet.")
        + "<h2>One more hospital</h2><p>An operator of the platform makes the hospital's setting and gives you its code and key.</p>"
        + '<form method="post" action="/desk"><input name="hospitalCode" placeholder="hospital code" required>'
        + '<input name="key" placeholder="key" autocomplete="off" required><button>Set up</button></form>'
        + "<h2>Latest orders</h2>"
        + table(["Hospital", "Order", "Schedule", "Patient", "Check-in", "State"], received, "No order has been received yet."),
    )


def overview_page(place: Place, mode: str, platform_url: str, own_platform_url: str, pending: int) -> HTMLResponse:
    """Return the hospital's settings and switches."""
    waiting = (
        f"Entries that the platform has not accepted as they are here: {pending}." if pending else "The platform has accepted every entry."
    )
    address = f"They go to <code>{escape(platform_url)}</code>." if platform_url else "Where to, nobody has said: give the address below."
    return desk_page(
        place,
        "Overview",
        "<p>Publish the hospital, then its departments, then its schedules; an operator of the platform puts the hospital online. "
        "Then orders come in.</p>"
        + f"<h2>Publishing</h2><p>{waiting} {address}</p>"
        + button(f"{place.path}/push", "Push what is not there yet")
        + button(f"{place.path}/push", "Push everything again", everything="yes")
        + "<h2>Faults</h2><p>How this hospital's system behaves until you change it or it is started again.</p>"
        + f'<form method="post" action="{place.path}/fault">{choice("mode", MODES, mode)}<button>Switch</button></form>'
        + "<h2>Settings</h2><p>After a key rotation paste the new key; calls signed with the old one are accepted for another day.</p>"
        + f'<form method="post" action="{place.path}/settings"><label>New key, empty to keep the present one'
        + '<input name="key" autocomplete="off"></label><label>Address of the platform, empty for the usual one'
        + f'<input name="platformUrl" type="url" value="{escape(own_platform_url)}"></label><button>Save</button></form>',
    )


def orders_page(place: Place, orders: Sequence[Mapping[str, Any]]) -> HTMLResponse:
    """Return the hospital's orders, each with what can happen to its patient."""
    rows = [[*_order(order), _order_buttons(place, order)] for order in orders]
    return desk_page(
        place,
        "Orders",
        f"<p>The latest {ORDERS_SHOWN}. When the patient is at the window, press the first button: the platform is told at once. "
        "Who did not come is only noted here: the platform finds that out by itself on the day after.</p>"
        + table(["Order", "Schedule", "Patient", "Check-in", "State", "At the window"], rows, "No order has been received yet."),
    )


def calls_page(place: Place, calls: Sequence[Mapping[str, Any]]) -> HTMLResponse:
    """Return the hospital's latest calls on the platform."""
    rows = [[call_in_words(call)] for call in calls]
    return desk_page(
        place, "Calls", "<p>What was said to the platform, the latest first.</p>" + table(["Call"], rows, "Nothing has been said yet.")
    )


def platform_page(place: Place, compared: Mapping[Kind, Sequence[Compared]]) -> HTMLResponse:
    """Return what the platform has, beside what is here."""
    sections = "".join(
        f"<h2>{kind.title}</h2>{_same(found)}"
        + table(["Entry", "Compared", "On the platform"], [_compared(one) for one in _unlike(found)], "Nothing differs.")
        for kind, found in compared.items()
    )
    advice = "<p>Read from the platform just now. Push what is only here; take over what is only there, to change or suspend it here.</p>"
    return desk_page(
        place,
        "On the platform",
        advice
        + button(f"{place.path}/adoption", "Take over what is only there")
        + button(f"{place.path}/push", "Push everything again", everything="yes")
        + sections,
    )


def _order(order: Mapping[str, Any]) -> list[str]:
    number = f"{order['date']} {order['halfDay']}, department {order['departmentCode']}, number {order['number']}"
    state = _WORDS[order["state"]] + (f" ({order['reason']})" if order["reason"] else "")
    certificate = f"{order['certificateType']} …{order['certificateEnd']}"
    called = "heard of it once" if order["calls"] == 1 else f"heard of it {order['calls']} times"
    return [
        f'{_code(order["orderId"])}<br><span class="quiet">record {escape(order["recordId"])}</span>',
        f"{escape(number)}<br>{_code(order['hospitalScheduleId'])}",
        f'{escape(order["patientName"])}<br><span class="quiet">{escape(certificate)}</span>',
        f"{moment(order['checkInAt'])}<br>{escape(order['checkInPlace'])}",
        f'{escape(state)}<br><span class="quiet">{called}</span>',
    ]


def _order_buttons(place: Place, order: Mapping[str, Any]) -> str:
    path = f"{place.path}/orders/{quote(order['orderId'], safe='')}"
    there = button(f"{path}/attendance", "Patient took the number") if order["state"] in ("booked", "paid", "noShow") else ""
    absent = button(f"{path}/no-show", "Patient did not come") if order["state"] in ("booked", "paid") else ""
    return there + absent


def _unlike(found: Sequence[Compared]) -> list[Compared]:
    return [one for one in found if one.own is None or one.theirs is None or one.differences][:_DIFFERENT_SHOWN]


def _same(found: Sequence[Compared]) -> str:
    theirs = sum(one.theirs is not None for one in found)
    same = sum(one.own is not None and one.theirs is not None and not one.differences for one in found)
    return f'<p class="quiet">{theirs} on the platform, {same} of them the same here.</p>'


def _compared(one: Compared) -> list[str]:
    if one.theirs is None:
        return [_code(one.key), "only here", ""]
    word = "only there" if one.own is None else f"differs: {', '.join(one.differences)}"
    shown = {name: value for name, value in one.theirs.items() if one.own is None or name in one.differences}
    return [_code(one.key), escape(word), "<br>".join(f"{escape(name)}: {escape(str(value))}" for name, value in shown.items())]


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"
