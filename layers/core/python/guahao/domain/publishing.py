"""The rules of what a hospital publishes: which session it may, and how many of its numbers that puts on sale."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from enum import StrEnum

from guahao.domain.booking import Number
from guahao.domain.catalog import Schedule
from guahao.domain.order_states import NumberState
from guahao.domain.sessions import ScheduleState

Fault = dict[str, str]
"""What is wrong with which field: {field, reason}."""

# What a patient with a number was promised, under the names of the wire.
_PROMISED = {"date": "date", "half_day": "halfDay", "department_code": "departmentCode", "fee_fen": "feeFen"}


class Published(StrEnum):
    """What publishing did with an entry."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


def published(before: object | None, after: object) -> Published:
    """Return what it takes to make what is there into what is given."""
    if before is None:
        return Published.CREATED
    return Published.UNCHANGED if before == after else Published.UPDATED


def sellable(schedule: Schedule) -> int:
    """Return up to which number the session is sold: to none in one that is not open."""
    return schedule.total if schedule.state is ScheduleState.OPEN else 0


def is_booked(numbers: Iterable[Number]) -> bool:
    """Tell whether any of the numbers belongs to somebody."""
    return any(number.state in (NumberState.HELD, NumberState.SOLD) for number in numbers)


def faults(before: Schedule | None, after: Schedule, department_codes: Collection[str], today: date) -> list[Fault]:
    """Return why the session cannot be published, whoever has booked in it."""
    found = []
    if after.department_code not in department_codes:
        found.append({"field": "departmentCode", "reason": "your hospital has no such department; publish the department first"})
    if after.date < today:
        found.append({"field": "date", "reason": "this day is over"})
    if before and before.state is ScheduleState.SUSPENDED and after.state is not ScheduleState.SUSPENDED:
        found.append({"field": "state", "reason": "a suspended session stays suspended; publish another one under an id of its own"})
    return found


def broken_promises(before: Schedule | None, after: Schedule) -> list[Fault]:
    """Return what may not change while somebody has a number of the session."""
    changed = [told for name, told in _PROMISED.items() if before and getattr(before, name) != getattr(after, name)]
    reason = "cannot change while patients have numbers; suspend this session and publish another one"
    return [{"field": field, "reason": reason} for field in changed]
