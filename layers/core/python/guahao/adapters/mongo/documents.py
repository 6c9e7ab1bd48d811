"""Catalogue entries as MongoDB documents: string keys, dates and times as ISO strings, enums as their codes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from urllib.parse import quote

from guahao.adapters.mongo.client import Document
from guahao.domain.booking.bookable import HalfDay, ScheduleState
from guahao.domain.catalog.booking_rule import BookingRule
from guahao.domain.catalog.catalog import Department, Grade, Hospital
from guahao.domain.catalog.schedules import Schedule
from guahao.domain.texts import folded

# Numbers, not names, so that the store sorts the halves of a day in time.
_HALF_DAY_CODES = {HalfDay.MORNING: 0, HalfDay.AFTERNOON: 1}
_HALF_DAYS = {code: half_day for half_day, code in _HALF_DAY_CODES.items()}

ONLINE, OFFLINE = "online", "offline"
OPEN, LOCKED = "open", "locked"


def published_fields(hospital: Hospital) -> Document:
    """Return the part of a hospital's document that the hospital publishes; searches compare `folded_name`."""
    rule = hospital.booking_rule
    return {
        "name": hospital.name,
        "folded_name": folded(hospital.name),
        "grade": int(hospital.grade),
        "province_code": hospital.province_code,
        "city_code": hospital.city_code,
        "district_code": hospital.district_code,
        "address": hospital.address,
        "logo_url": hospital.logo_url,
        "introduction": hospital.introduction,
        "route": hospital.route,
        "booking_rule": {
            "cycle_days": rule.cycle_days,
            "release_time": rule.release_time.isoformat(),
            "stop_time": rule.stop_time.isoformat(),
            "quit_day_offset": rule.quit_day_offset,
            "quit_time": rule.quit_time.isoformat(),
            "notes": list(rule.notes),
            "morning_ends": rule.morning_ends.isoformat(),
            "afternoon_ends": rule.afternoon_ends.isoformat(),
            "morning_begins": rule.morning_begins.isoformat(),
            "afternoon_begins": rule.afternoon_begins.isoformat(),
            "sale_ends_minutes": rule.sale_ends_minutes,
        },
    }


def read_hospital(document: Document) -> Hospital:
    """Return the hospital of the document."""
    rule = document["booking_rule"]
    return Hospital(
        hospital_code=document["_id"],
        name=document["name"],
        grade=Grade(document["grade"]),
        province_code=document["province_code"],
        city_code=document["city_code"],
        district_code=document["district_code"],
        address=document["address"],
        logo_url=document["logo_url"],
        introduction=document["introduction"],
        route=document["route"],
        online=document["state"] == ONLINE,
        locked=document["access"] == LOCKED,
        booking_rule=BookingRule(
            cycle_days=rule["cycle_days"],
            release_time=time.fromisoformat(rule["release_time"]),
            stop_time=time.fromisoformat(rule["stop_time"]),
            quit_day_offset=rule["quit_day_offset"],
            quit_time=time.fromisoformat(rule["quit_time"]),
            notes=tuple(rule["notes"]),
            **_half_days(rule),
        ),
    )


def _half_days(rule: Document) -> Document:
    """Return when half-days begin and end and their sale ends, as far as hospitals could say so when the document was written."""
    names = ("morning_ends", "afternoon_ends", "morning_begins", "afternoon_begins")
    times = {name: time.fromisoformat(rule[name]) for name in names if name in rule}
    return times | {name: rule[name] for name in ("sale_ends_minutes",) if name in rule}


def department_key(hospital_code: str, department_code: str) -> str:
    """Return the key of a department, different for each pair of codes."""
    return f"{quote(hospital_code, safe='')}/{quote(department_code, safe='')}"


def department_document(department: Department) -> Document:
    """Return the document of a department; searches compare `folded_name`."""
    key = department_key(department.hospital_code, department.department_code)
    return {"_id": key, **vars(department), "folded_name": folded(department.name)}


def read_department(document: Document) -> Department:
    """Return the department of the document."""
    return Department(
        hospital_code=document["hospital_code"],
        department_code=document["department_code"],
        name=document["name"],
        group_code=document["group_code"],
        group_name=document["group_name"],
        introduction=document["introduction"],
    )


def schedule_document(schedule: Schedule) -> Document:
    """Return the document of a schedule; `department` is the key of its department."""
    return {
        "_id": schedule.schedule_id,
        "hospital_code": schedule.hospital_code,
        "hospital_schedule_id": schedule.hospital_schedule_id,
        "department_code": schedule.department_code,
        "department": department_key(schedule.hospital_code, schedule.department_code),
        "date": schedule.date.isoformat(),
        "half_day": _HALF_DAY_CODES[schedule.half_day],
        "title": schedule.title,
        "doctor_name": schedule.doctor_name,
        "skill": schedule.skill,
        "fee_fen": schedule.fee_fen,
        "total": schedule.total,
        "state": str(schedule.state),
        "in_step": schedule.in_step,
        "ends_at": schedule.ends_at and schedule.ends_at.astimezone(UTC).isoformat(),
    }


def read_schedule(document: Document) -> Schedule:
    """Return the schedule of the document."""
    return Schedule(
        schedule_id=document["_id"],
        hospital_code=document["hospital_code"],
        hospital_schedule_id=document["hospital_schedule_id"],
        department_code=document["department_code"],
        date=date.fromisoformat(document["date"]),
        half_day=_HALF_DAYS[document["half_day"]],
        title=document["title"],
        doctor_name=document["doctor_name"],
        skill=document["skill"],
        fee_fen=document["fee_fen"],
        total=document["total"],
        state=ScheduleState(document["state"]),
        in_step=document["in_step"],
        ends_at=datetime.fromisoformat(document["ends_at"]) if document.get("ends_at") else None,
    )
