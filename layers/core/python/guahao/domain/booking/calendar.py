"""A visit as an entry for the patient's own calendar (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from guahao.domain.booking.bookable import HalfDay
from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.time import SHANGHAI

_BEGINS = {HalfDay.MORNING: time(8), HalfDay.AFTERNOON: time(13, 30)}
_LASTS = timedelta(hours=3, minutes=30)
_LINE_OCTETS = 75


def calendar_of(order: Order, now: datetime) -> str:
    """Return the visit's iCalendar text; that of a cancelled order makes the calendar remove the entry."""
    begins = order.record.check_in_at if order.record else datetime.combine(order.visit.date, _BEGINS[order.visit.half_day], SHANGHAI)
    place = order.record.check_in_place if order.record else ""
    visit, number = order.visit, f"{order.visit.number}号"
    summary = " ".join(
        filter(None, (visit.hospital_name, visit.department_name, visit.title + visit.doctor_name, number, order.holder.name))
    )
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//guahao//appointments//EN",
        "BEGIN:VEVENT",
        f"UID:{order.order_id}@guahao",
        f"SEQUENCE:{order.version}",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(begins)}",
        f"DTEND:{_utc(begins + _LASTS)}",
        f"SUMMARY:{_escaped(summary)}",
        f"LOCATION:{_escaped(f'{order.visit.hospital_name} {place}'.strip())}",
        f"STATUS:{'CANCELLED' if order.state is OrderState.CANCELLED else 'CONFIRMED'}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "\r\n".join(_folded(line) for line in lines) + "\r\n"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, escaped)
    return text


def _folded(line: str) -> str:
    """Break a line longer than 75 octets between characters; each further line begins with a space."""
    parts, part = [], ""
    for character in line:
        if len((part + character).encode()) > _LINE_OCTETS:
            parts.append(part)
            part = " "
        part += character
    return "\r\n".join([*parts, part])
