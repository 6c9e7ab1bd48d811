"""The catalogue as operators see it, offline hospitals too: they decide which of them patients see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from guahao.domain.audit_log import Action, Deed
from guahao.domain.catalog import DepartmentGroup, Grade, Hospital, NamedHospital, OfferedSchedule, grouped
from guahao.domain.errors import HospitalConflict, Invalid, NotFound
from guahao.domain.time import shanghai_date
from guahao.ports.audit_log import AuditLog
from guahao.ports.booking import NumberPool
from guahao.ports.catalog import Catalog, FreeNumbers, HospitalFilter, HospitalPage, Page, Standing
from guahao.ports.clock import Clock
from guahao.ports.dictionary import Names
from guahao.ports.hospital_settings import ReadContract
from guahao.usecases.catalog import offers, with_names
from guahao.usecases.pools import shut_hospital


@dataclass(frozen=True)
class CatalogDesk:
    """The hospitals. Putting one online or offline is in the audit log first; doing it again makes sure that it is felt."""

    catalog: Catalog
    names: Names
    contracts: ReadContract
    pool: NumberPool
    log: AuditLog
    clock: Clock

    def search(
        self,
        *,
        name_part: str,
        grade: int | None,
        province_code: str,
        city_code: str,
        district_code: str,
        standing: str | None,
        limit: int,
        cursor: str | None,
    ) -> HospitalPage:
        """Return a page of the hospitals that fit; what is empty asks for nothing."""
        stands = Standing(standing) if standing else None
        wanted = HospitalFilter(name_part, Grade(grade) if grade else None, province_code, city_code, district_code, stands)
        page = self.catalog.search(wanted, limit, cursor)
        return HospitalPage(with_names(self.names, page.items), page.next_cursor)

    def get(self, hospital_code: str) -> NamedHospital:
        """Return the hospital or raise NotFound."""
        return with_names(self.names, [_published(self.catalog, hospital_code)])[0]

    def departments(self, hospital_code: str) -> Sequence[DepartmentGroup]:
        """Return the hospital's two-level tree."""
        _published(self.catalog, hospital_code)
        return grouped(self.catalog.departments(hospital_code))

    def put_online(self, actor: str, hospital_code: str) -> NamedHospital:
        """Let patients see and book the hospital, or raise NotFound or HospitalConflict."""
        contract, entry = self.contracts.get(hospital_code), self.catalog.hospital(hospital_code)
        if entry is None and contract:
            raise HospitalConflict("This hospital has not published itself yet. Ask it to.", rule="hospitalPublished")
        if entry is None:
            raise _no_such_hospital()
        if contract is None or contract.locked:
            detail = "A hospital needs a setting that is not locked. Create it, or unlock it, under /api/admin/hospital-settings."
            raise HospitalConflict(detail, rule="hospitalUnlocked")
        return self._put(entry, Deed(actor, Action.HOSPITAL_ONLINE, hospital_code), True)

    def put_offline(self, actor: str, hospital_code: str) -> NamedHospital:
        """Hide the hospital from patients, who keep what they have booked, or raise NotFound."""
        entry = _published(self.catalog, hospital_code)
        return self._put(entry, Deed(actor, Action.HOSPITAL_OFFLINE, hospital_code), False)

    def _put(self, entry: Hospital, deed: Deed, online: bool) -> NamedHospital:
        if entry.online is not online:
            self.log.append(deed, self.clock())
            self.catalog.set_online(entry.hospital_code, online)
        shut_hospital(self.catalog, self.pool, entry.hospital_code, shanghai_date(self.clock()))
        return self.get(entry.hospital_code)


@dataclass(frozen=True)
class SessionDesk:
    """The sessions of any hospital, day by day."""

    catalog: Catalog
    free_numbers: FreeNumbers

    def of_day(self, hospital_code: str, day: date, department_code: str | None, limit: int, cursor: str | None) -> Page[OfferedSchedule]:
        """Return a page of the sessions of a day in the order of half-days, of one department or of all, or raise NotFound or Invalid."""
        _published(self.catalog, hospital_code)
        schedules = self.catalog.schedules(hospital_code, department_code, day, day)
        ids = [schedule.schedule_id for schedule in schedules]
        if cursor and cursor not in ids:
            raise Invalid("This cursor is not of this day.", [{"field": "cursor", "reason": "take it from an answer to the same question"}])
        first = ids.index(cursor) + 1 if cursor else 0
        # Only those of the page are asked for their free numbers: a pool that is not built costs a read of its own.
        page = offers(self.free_numbers, schedules[first : first + limit])
        return Page(page, ids[first + limit - 1] if len(ids) > first + limit else None)


def _published(catalog: Catalog, hospital_code: str) -> Hospital:
    """Return the hospital, online or not, or raise NotFound."""
    hospital = catalog.hospital(hospital_code)
    if hospital is None:
        raise _no_such_hospital()
    return hospital


def _no_such_hospital() -> NotFound:
    return NotFound("The catalogue has no such hospital. GET /api/admin/hospitals lists those there are.")
