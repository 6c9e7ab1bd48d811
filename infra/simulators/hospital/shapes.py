"""What a hospital publishes, in the shapes that the platform takes; whether the rules allow it, the platform decides."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as date_
from datetime import time
from typing import Annotated, Any, Literal

from pydantic import Field, PlainSerializer, ValidationError

from guahao.contracts import Instant, Message
from infra.simulators.asgi import BadRequestError, json_value
from infra.simulators.hospital.problems import FaultyEntriesError

MOST_ENTRIES = 5000
_MOST_FAULTS = 20

# Only characters that travel in a path as they are.
Key = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z._~-]{0,63}$")]
Name = Annotated[str, Field(min_length=1)]
Region = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
ClockTime = Annotated[time, PlainSerializer(lambda value: value.strftime("%H:%M"), return_type=str)]


class BookingRule(Message):
    cycle_days: int
    release_time: ClockTime
    stop_time: ClockTime
    quit_day_offset: int
    quit_time: ClockTime
    notes: tuple[str, ...] = ()
    morning_ends: ClockTime = time(12)
    afternoon_ends: ClockTime = time(17, 30)
    morning_begins: ClockTime = time(8)
    afternoon_begins: ClockTime = time(13, 30)
    sale_ends_minutes: int = 30


class HospitalEntry(Message):
    name: Name
    grade: int = Field(ge=1, le=5)
    province_code: Region
    city_code: Region
    district_code: Region = ""
    address: str
    logo_url: str = ""
    introduction: str = ""
    route: str = ""
    booking_rule: BookingRule


class Department(Message):
    department_code: Key
    name: Name
    introduction: str = ""
    group_code: Key
    group_name: Name


class Schedule(Message):
    hospital_schedule_id: Key
    department_code: Key
    title: str
    doctor_name: str = ""
    skill: str = ""
    date: date_
    half_day: Literal["morning", "afternoon"]
    total: int
    fee_fen: int
    state: Literal["open", "closed", "suspended"] = "open"
    ends_at: Instant | None = None


@dataclass(frozen=True)
class Kind:
    """One kind of entry: what it is called, in paths and by people, and which field tells one from another."""

    name: str
    title: str
    key_field: str
    shape: type[Message]

    @property
    def path(self) -> str:
        """Where the platform takes this kind."""
        return f"/api/gateway/{self.name}"


HOSPITAL = Kind("hospital", "Hospital", "", HospitalEntry)
DEPARTMENTS = Kind("departments", "Departments", "departmentCode", Department)
SCHEDULES = Kind("schedules", "Schedules", "hospitalScheduleId", Schedule)
# In the order in which they are pushed: a schedule needs its department.
KINDS = {kind.name: kind for kind in (HOSPITAL, DEPARTMENTS, SCHEDULES)}


@dataclass(frozen=True)
class Entry:
    """One thing that a hospital publishes, as it goes over the wire."""

    key: str
    content: dict[str, Any]


def read_entries(kind: Kind, hospital_code: str, text: bytes) -> list[Entry]:
    """Return the entries in a JSON text (one, a list, or `{"items": […]}`), or raise BadRequestError and name each fault."""
    value = json_value(text)
    items = value.get("items", [value]) if isinstance(value, dict) else value
    if not isinstance(items, list) or not items:
        raise BadRequestError('This is neither one entry nor a list of them: write {…}, […] or {"items": […]}.')
    if len(items) > (1 if kind is HOSPITAL else MOST_ENTRIES):
        raise BadRequestError(
            "A hospital is one entry." if kind is HOSPITAL else f"These are more than {MOST_ENTRIES} entries; split them."
        )
    faults: list[dict[str, str]] = []
    entries: dict[str, Entry] = {}
    for position, item in enumerate(items):
        try:
            content = published(kind, item)
        except ValidationError as error:
            faults += _faults(position, error)
            continue
        key = str(content[kind.key_field]) if kind.key_field else hospital_code
        if item.get("hospitalCode", hospital_code) != hospital_code:
            faults.append({"field": f"items.{position}.hospitalCode", "reason": f"this is the desk of {hospital_code}; leave it out"})
        if key in entries:
            faults.append({"field": f"items.{position}.{kind.key_field}", "reason": f"{key} is there twice"})
        entries[key] = Entry(key, content)
    if faults:
        raise FaultyEntriesError("Nothing was saved: correct what is named here and save again.", faults[:_MOST_FAULTS])
    return list(entries.values())


def published(kind: Kind, item: object) -> dict[str, Any]:
    """Return the item as it goes over the wire, or raise pydantic's ValidationError."""
    given = item
    if kind is HOSPITAL and isinstance(item, dict):
        # What the platform adds to a hospital may come back in a copy of its answer.
        given = {name: value for name, value in item.items() if name not in ("hospitalCode", "gradeName", "regionName", "online")}
    return kind.shape.model_validate_json(json.dumps(given)).model_dump(by_alias=True, mode="json")


def _faults(position: int, error: ValidationError) -> Iterable[dict[str, str]]:
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        yield {"field": ".".join(map(str, ("items", position, *fault["loc"]))), "reason": fault["msg"]}
