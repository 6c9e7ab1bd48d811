"""The pages on which a hospital's entries are listed, pasted in, uploaded, taken back and suspended."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any
from urllib.parse import quote

from starlette.responses import HTMLResponse

from infra.simulators.asgi import table
from infra.simulators.hospital.entries import REJECTED, OwnEntry
from infra.simulators.hospital.frame import Place, button, desk_page, faults_list, pushed_in_words
from infra.simulators.hospital.shapes import DEPARTMENTS, HOSPITAL, SCHEDULES, Kind

_ROWS_SHOWN = 300
_EXAMPLES: Mapping[Kind, Mapping[str, Any]] = {
    HOSPITAL: {
        "name": "示范医院",
        "grade": 1,
        "provinceCode": "110000",
        "cityCode": "110100",
        "districtCode": "110101",
        "address": "东城区示范路1号",
        "logoUrl": "",
        "introduction": "",
        "route": "",
        "bookingRule": {
            "cycleDays": 7,
            "releaseTime": "08:00",
            "stopTime": "16:30",
            "quitDayOffset": -1,
            "quitTime": "15:00",
            "notes": ["请携带就诊人的有效证件，按取号时间到院取号就诊。"],
        },
    },
    DEPARTMENTS: {"departmentCode": "0101", "name": "心血管内科", "introduction": "", "groupCode": "01", "groupName": "内科"},
    SCHEDULES: {
        "hospitalScheduleId": "S-0001",
        "departmentCode": "0101",
        "title": "主任医师",
        "doctorName": "王安宁",
        "skill": "",
        "halfDay": "morning",
        "total": 10,
        "feeFen": 5000,
        "state": "open",
    },
}


@dataclass(frozen=True)
class Draft:
    """What stands in the form: a text, and what is wrong with it."""

    text: str = ""
    fault: str = ""
    faults: Sequence[Any] = ()


def entries_page(place: Place, kind: Kind, entries: Sequence[OwnEntry], day: str, draft: Draft) -> HTMLResponse:
    """Return the entries of one kind and the form that adds to them or changes them."""
    shown = entries[:_ROWS_SHOWN]
    more = f'<p class="quiet">{len(entries) - len(shown)} more: choose a day to see them.</p>' if len(entries) > len(shown) else ""
    form = _paste_in(place, kind, draft, is_open=bool(draft.text or draft.fault or not (entries or day)))
    waits = any(entry.result in (None, REJECTED) for entry in entries)
    again = button(f"{place.path}/push", "Push what is not on the platform yet", back=kind.name) if waits else ""
    answer = desk_page(place, kind.title, form + again + _day(place, kind, day) + _list(place, kind, shown, day) + more)
    if draft.fault:
        answer.status_code = 400
    return answer


def draft_of(entry: OwnEntry) -> Draft:
    """Return the form in which this entry is changed."""
    return Draft(_pretty(entry.content))


def _paste_in(place: Place, kind: Kind, draft: Draft, is_open: bool) -> str:
    what = "the hospital" if kind is HOSPITAL else 'one entry {…}, a list […] or {"items": […]}'
    advice = "" if kind is HOSPITAL else " What has a known key is changed, the rest stays as it is."
    fault = f'<p class="bad">{escape(draft.fault)}</p>{faults_list(draft.faults)}' if draft.fault else ""
    return (
        f"<details{' open' if is_open else ''}><summary>Add or change</summary>{fault}"
        f"<p>Write {escape(what)} as JSON, or choose a file with it; a chosen file counts before the text.{advice} "
        "Saving pushes it to the platform at once, and the list shows what the platform said.</p>"
        f'<form method="post" action="{place.path}/{kind.name}" enctype="multipart/form-data">'
        f'<textarea name="text" spellcheck="false">{escape(draft.text or _example(kind))}</textarea>'
        '<input type="file" name="file" accept=".json,application/json"><button>Save and push</button></form></details>'
    )


def _day(place: Place, kind: Kind, day: str) -> str:
    if kind is not SCHEDULES:
        return ""
    field = f'<input type="date" name="date" value="{escape(day)}">'
    return f'<form action="{place.path}/{kind.name}">{field}<button>Show this day</button></form>'


def _list(place: Place, kind: Kind, entries: Sequence[OwnEntry], day: str) -> str:
    rows = [
        [f"<code>{escape(entry.key)}</code>", _content(kind, entry.content), pushed_in_words(entry), _buttons(place, kind, entry)]
        for entry in entries
    ]
    empty = "There is no schedule on this day." if day else "Nothing is here yet: write the first one above."
    return table(["Key", "Content", "On the platform", "Change"], rows, empty)


def _content(kind: Kind, content: Mapping[str, Any]) -> str:
    if kind is SCHEDULES:
        lines = [
            f"{content['date']} {content['halfDay']}, department {content['departmentCode']}",
            f"{content['title']} {content['doctorName']}",
            f"{content['total']} numbers at ¥{content['feeFen'] / 100:.2f}, {content['state']}",
        ]
    elif kind is DEPARTMENTS:
        lines = [str(content["name"]), f"in {content['groupName']} ({content['groupCode']})"]
    else:
        lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in content.items() if value != ""]
    return "<br>".join(map(escape, lines))


def _buttons(place: Place, kind: Kind, entry: OwnEntry) -> str:
    path = f"{place.path}/{kind.name}"
    edit = f'<a href="{path}?edit={escape(quote(entry.key, safe=""))}">Edit</a>'
    if kind is HOSPITAL:
        return edit
    one = f"{path}/{quote(entry.key, safe='')}"
    suspend = ""
    if kind is SCHEDULES and entry.content["state"] != "suspended":
        question = f"The doctor of {entry.key} will not come: cancel and refund every order of the schedule?"
        suspend = button(f"{one}/suspension", "Suspend (停诊)", question)
    return edit + suspend + button(f"{one}/removal", "Remove", f"Remove {entry.key}, here and from the platform?")


def _example(kind: Kind) -> str:
    example = dict(_EXAMPLES[kind])
    if kind is SCHEDULES:
        example["date"] = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    return _pretty(example)


def _pretty(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2)
