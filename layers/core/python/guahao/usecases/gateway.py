"""What a hospital publishes: itself, its departments and its sessions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from guahao.domain.catalog import Department, Hospital, Schedule
from guahao.ports.catalog import Catalog
from guahao.ports.gateway import NumberItems

Entry = TypeVar("Entry")


class Published(StrEnum):
    """What publishing did with an entry."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Publishing:
    """Writes to the catalogue: each makes the entries what is given, and says in the same order what that took."""

    catalog: Catalog
    numbers: NumberItems

    def publish_hospital(self, hospital: Hospital) -> Published:
        """Publish the hospital's own entry."""
        done = _compare(self.catalog.hospital(hospital.hospital_code), hospital)
        if done is not Published.UNCHANGED:
            self.catalog.put_hospital(hospital)
        return done

    def publish_departments(self, hospital_code: str, departments: Sequence[Department]) -> list[Published]:
        """Publish some departments of one hospital; the others stay."""
        there = {d.department_code: d for d in self.catalog.departments(hospital_code)}
        done = [_compare(there.get(d.department_code), d) for d in departments]
        self.catalog.put_departments(_changed(departments, done))
        return done

    def publish_schedules(self, schedules: Sequence[Schedule]) -> list[Published]:
        """Publish some sessions. One that is new gets its numbers first, so that a session in the catalogue always has them all."""
        there = {s.schedule_id: s for s in self.catalog.schedules_by_id([s.schedule_id for s in schedules])}
        # The total of a session is the count of its numbers; it does not follow a later publication.
        wanted = [replace(s, total=there[s.schedule_id].total) if s.schedule_id in there else s for s in schedules]
        done = [_compare(there.get(s.schedule_id), s) for s in wanted]
        for schedule, outcome in zip(wanted, done, strict=True):
            if outcome is Published.CREATED:
                self.numbers.create(schedule.schedule_id, schedule.total)
        self.catalog.put_schedules(_changed(wanted, done))
        return done


def _compare(before: Entry | None, after: Entry) -> Published:
    if before is None:
        return Published.CREATED
    return Published.UNCHANGED if before == after else Published.UPDATED


def _changed(entries: Iterable[Entry], done: Iterable[Published]) -> list[Entry]:
    return [entry for entry, outcome in zip(entries, done, strict=True) if outcome is not Published.UNCHANGED]
