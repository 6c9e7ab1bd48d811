"""The parts that the hospital's pages share: the frame with its menu, buttons, and how states are put in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from starlette.responses import HTMLResponse

from infra.simulators.asgi import page
from infra.simulators.hospital.entries import REJECTED, OwnEntry
from infra.simulators.hospital.platform import in_words

_MENU = {
    "": "Overview",
    "/hospital": "Hospital",
    "/departments": "Departments",
    "/schedules": "Schedules",
    "/orders": "Orders",
    "/platform": "On the platform",
    "/calls": "Calls",
}


@dataclass(frozen=True)
class Place:
    """Which hospital's desk this is, and what was last said there."""

    code: str
    name: str
    last_call: Mapping[str, Any] | None

    @property
    def path(self) -> str:
        return f"/desk/{escape(self.code)}"


def desk_page(place: Place, title: str, body: str) -> HTMLResponse:
    """Return a page of one hospital's desk; the body is HTML already."""
    links = "".join(f'<a href="{place.path}{path}">{escape(word)}</a>' for path, word in _MENU.items())
    last = f'<p class="quiet">Last call: {call_in_words(place.last_call)}</p>' if place.last_call else ""
    return page(f"{place.name or place.code}: {title}", f'<nav><a href="/">All hospitals</a>{links}</nav>{last}{body}')


def message_page(status: int, detail: str) -> HTMLResponse:
    """Return the page that says why something was not done."""
    answer = page(
        "That was not done",
        f'<p class="bad">{escape(detail)}</p><p>Go back, correct it and try again.</p><p><a href="/">All hospitals</a></p>',
    )
    answer.status_code = status
    return answer


def button(action: str, label: str, question: str = "", **hidden: str) -> str:
    """Return a form of one button; with a question it asks before it acts."""
    fields = "".join(f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in hidden.items())
    asks = f' data-question="{escape(question)}" onsubmit="return confirm(this.dataset.question)"' if question else ""
    return f'<form method="post" action="{escape(action)}"{asks}>{fields}<button>{escape(label)}</button></form>'


def choice(name: str, options: Mapping[str, str], chosen: str) -> str:
    """Return a list of options to choose one from."""
    rows = [
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(value)}: {escape(text)}</option>'
        for value, text in options.items()
    ]
    return f'<select name="{escape(name)}">{"".join(rows)}</select>'


def faults_list(faults: Sequence[Any]) -> str:
    """Return the faults as a list, nothing if there are none."""
    items = "".join(f"<li>{escape(in_words(fault))}</li>" for fault in faults)
    return f'<ul class="bad">{items}</ul>' if items else ""


def pushed_in_words(entry: OwnEntry) -> str:
    """Return what the platform last said to the entry."""
    at = moment(entry.answered_at or "")
    state = f"{escape(entry.result or 'not pushed yet, changed since')} {at}" if at else "not pushed yet"
    mark = ' class="bad"' if entry.result in (None, REJECTED) else ""
    return f"<span{mark}>{state}</span>{faults_list(entry.errors)}"


def call_in_words(call: Mapping[str, Any]) -> str:
    """Return one call on the platform and its answer in a line."""
    status = call["status"] or "no answer"
    note = f" ({escape(call['note'])})" if call["note"] else ""
    said = f": {escape(call['said'])}" if call["said"] else ""
    return f"{moment(call['at'])} <code>{escape(call['method'])} {escape(call['path'])}</code>{note} → {status}{said}"


def moment(text: str) -> str:
    """Return a time as people read it, in Shanghai's clock as it was written."""
    return escape(text[:19].replace("T", " "))
