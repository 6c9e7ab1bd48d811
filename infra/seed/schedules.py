"""Schedules of the demo hospitals, by doctors who do not exist."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from guahao.domain.booking.bookable import HalfDay, ScheduleState
from guahao.domain.catalog.catalog import Department, Hospital
from guahao.domain.catalog.schedules import Schedule, schedule_id_of
from infra.seed.chance import pick
from infra.seed.departments import departments_of, treats

# (title, fee in fen), the usual ones more often.
_TITLES = (
    ("普通门诊", 1000),
    ("主治医师", 2500),
    ("主治医师", 3000),
    ("副主任医师", 5000),
    ("副主任医师", 6000),
    ("主任医师", 8000),
    ("主任医师", 10000),
    ("特需专家", 30000),
)
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
_GIVEN = ("安宁", "博文", "楚然", "丹青", "恩泽", "方舟", "国栋", "海宁", "景行", "可欣", "乐山", "明远", "若水", "思齐", "亦凡", "子墨")
_TOTALS = (8, 8, 10, 10, 10, 12, 20)
_DOCTORS_PER_DEPARTMENT = 4
_HALF_DAYS: tuple[tuple[HalfDay, ...], ...] = (
    (),
    (),
    (HalfDay.MORNING,),
    (HalfDay.MORNING,),
    (HalfDay.AFTERNOON,),
    (HalfDay.MORNING, HalfDay.AFTERNOON),
)
_WEEK = 7
# Days of the week on which the last department of the first hospital shows what cannot be booked: any window holds one of each.
_SUSPENDED_ON, _CLOSED_ON = 2, 4


class _Doctor(NamedTuple):
    title: str
    name: str
    fee_fen: int


def schedules_of(hospital: Hospital, first: date, last: date, *, shows_states: bool) -> list[Schedule]:
    """Return the hospital's schedules from the first to the last day, the same for a day whenever it is asked for."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    departments = departments_of(hospital.hospital_code)
    found = [s for day in days for n, d in enumerate(departments) for s in _of_day(d, day, always=n == 0)]
    return found + [s for day in days if shows_states for s in _unbookable(departments[-1], day)]


def _of_day(department: Department, day: date, *, always: bool) -> list[Schedule]:
    seed = f"{department.hospital_code} {department.department_code} {day}"
    half_days = pick(seed, _HALF_DAYS[2:] if always else _HALF_DAYS)
    return [_schedule(department, day, half_day, str(n + 1), ScheduleState.OPEN) for n, half_day in enumerate(half_days)]


def _unbookable(department: Department, day: date) -> list[Schedule]:
    states = {_SUSPENDED_ON: ScheduleState.SUSPENDED, _CLOSED_ON: ScheduleState.CLOSED}
    state = states.get(day.toordinal() % _WEEK)
    return [_schedule(department, day, HalfDay.AFTERNOON, "9", state)] if state else []


def _schedule(department: Department, day: date, half_day: HalfDay, suffix: str, state: ScheduleState) -> Schedule:
    own_id = f"{day:%Y%m%d}-{department.department_code}-{suffix}"
    seed = f"{department.hospital_code} {own_id}"
    doctor = _doctor(department, pick(f"{seed} doctor", range(_DOCTORS_PER_DEPARTMENT)))
    return Schedule(
        schedule_id=schedule_id_of(department.hospital_code, own_id),
        hospital_code=department.hospital_code,
        hospital_schedule_id=own_id,
        department_code=department.department_code,
        date=day,
        half_day=half_day,
        title=doctor.title,
        doctor_name=doctor.name,
        skill=f"擅长{treats(department.department_code)}的诊治",
        fee_fen=doctor.fee_fen,
        total=pick(f"{seed} total", _TOTALS),
        state=state,
    )


def _doctor(department: Department, position: int) -> _Doctor:
    seed = f"{department.hospital_code} {department.department_code} doctor {position}"
    title, fee_fen = pick(f"{seed} title", _TITLES)
    return _Doctor(title, pick(f"{seed} surname", _SURNAMES) + pick(f"{seed} given", _GIVEN), fee_fen)
