"""The rules of publishing: which schedules a hospital may publish, and how many of their numbers are then sold."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from enum import StrEnum

from guahao.domain.booking.bookable import ScheduleState
from guahao.domain.booking.order_states import NumberState
from guahao.domain.booking.orders import Number
from guahao.domain.catalog.schedules import Schedule
from guahao.domain.texts import name_mark
from guahao.domain.time import shanghai_date

Fault = dict[str, str]
"""A field and what is wrong with it: {field, reason}."""

# The fields that are a promise to patients with a number, with their names in the interface; the last two change with the doctor.
_PROMISED = {"date": "date", "half_day": "halfDay", "department_code": "departmentCode"}
_OF_DOCTOR = {"fee_fen": "feeFen", "title": "title"}
_REASON = "cannot change while patients have numbers; suspend this schedule and publish another one"
_REASON_OF_DOCTOR = "changes only with doctorName, to another doctor, while patients have numbers"


class Published(StrEnum):
    """The result of publishing an element."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


def published(before: object | None, after: object) -> Published:
    """Return the result of publishing `after` where `before` was."""
    if before is None:
        return Published.CREATED
    return Published.UNCHANGED if before == after else Published.UPDATED


def sellable(schedule: Schedule) -> int:
    """Return the highest number for sale, 0 if the schedule is not open."""
    return schedule.total if schedule.state is ScheduleState.OPEN else 0


def is_booked(numbers: Iterable[Number]) -> bool:
    """Tell whether an order has any of the numbers."""
    return any(number.state in (NumberState.HELD, NumberState.SOLD) for number in numbers)


def faults(before: Schedule | None, after: Schedule, department_codes: Collection[str], today: date) -> list[Fault]:
    """Return why the schedule cannot be published, apart from its orders."""
    found = []
    if after.department_code not in department_codes:
        found.append({"field": "departmentCode", "reason": "your hospital has no such department; publish the department first"})
    if after.date < today:
        found.append({"field": "date", "reason": "this day is over"})
    if after.ends_at and shanghai_date(after.ends_at) != after.date:
        found.append({"field": "endsAt", "reason": "not on the day of the schedule"})
    if before and before.state is ScheduleState.SUSPENDED and after.state is not ScheduleState.SUSPENDED:
        found.append({"field": "state", "reason": "a suspended schedule stays suspended; publish another one under an id of its own"})
    return found


def broken_promises(before: Schedule | None, after: Schedule) -> list[Fault]:
    """Return the changed fields that must not change while patients have numbers of the schedule."""
    kept = {_REASON: _PROMISED, _REASON_OF_DOCTOR: {} if substitutes(before, after) else _OF_DOCTOR}
    return [
        {"field": told, "reason": reason}
        for reason, fields in kept.items()
        for name, told in fields.items()
        if before and getattr(before, name) != getattr(after, name)
    ]


def substitutes(before: Schedule | None, after: Schedule) -> bool:
    """Tell whether a doctor takes the schedule whom it did not name before.

    Also where it named nobody: its orders may name the one of before that, and each is compared with its own.
    """
    return before is not None and bool(after.doctor_name) and name_mark(before.doctor_name) != name_mark(after.doctor_name)
