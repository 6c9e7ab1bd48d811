"""The catalogue as operators see it, offline hospitals included; they decide which hospitals patients see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.catalog.catalog import DepartmentGroup, Hospital, NamedHospital, grouped
from guahao.domain.errors import HospitalConflict, NotFound
from guahao.domain.time import shanghai_date
from guahao.ports.administration.audit_log import AuditLog
from guahao.ports.booking.number_pool import NumberPool
from guahao.ports.catalog.catalog import Catalog, Standing
from guahao.ports.clock import Clock
from guahao.ports.dictionary.dictionary import Names
from guahao.ports.hospitals.hospital_settings import ReadHospitalSetting
from guahao.ports.pages import Page
from guahao.usecases.booking.number_pool import require_hospital_invalidated
from guahao.usecases.catalog.catalog import search, with_names

if TYPE_CHECKING:
    from guahao.contracts.queries import CatalogueQuery


@dataclass(frozen=True)
class HospitalsAdmin:
    """The hospitals. Putting one online or offline is written to the audit log first; doing it again completes it."""

    catalog: Catalog
    names: Names
    settings: ReadHospitalSetting
    pool: NumberPool
    log: AuditLog
    clock: Clock

    def search(self, query: CatalogueQuery) -> Page[Hospital]:
        """Return a page of the hospitals that fit; an empty filter fits all."""
        return search(self.catalog, self.names, query, Standing(query.state) if query.state else None)

    def get(self, hospital_code: str) -> NamedHospital:
        """Return the hospital or raise NotFound."""
        return with_names(self.names, [published_hospital(self.catalog, hospital_code)])[0]

    def departments(self, hospital_code: str) -> Sequence[DepartmentGroup]:
        """Return the hospital's two-level tree."""
        published_hospital(self.catalog, hospital_code)
        return grouped(self.catalog.departments(hospital_code))

    def put_online(self, actor: str, hospital_code: str) -> NamedHospital:
        """Put the hospital online, so that patients see and book it, or raise NotFound or HospitalConflict."""
        setting, entry = self.settings.get(hospital_code), self.catalog.hospital(hospital_code)
        if entry is None and setting:
            raise HospitalConflict("This hospital has not published itself yet. Ask the hospital to publish.", rule="hospitalPublished")
        if entry is None:
            raise _no_such_hospital()
        if setting is None or setting.locked:
            detail = "A hospital needs a setting that is not locked. Create it, or unlock it, under /api/admin/hospital-settings."
            raise HospitalConflict(detail, rule="hospitalUnlocked")
        return self._put(entry, AuditEntry(actor, Action.HOSPITAL_ONLINE, hospital_code), True)

    def put_offline(self, actor: str, hospital_code: str) -> NamedHospital:
        """Put the hospital offline, so that patients no longer see it but keep their bookings, or raise NotFound."""
        entry = published_hospital(self.catalog, hospital_code)
        return self._put(entry, AuditEntry(actor, Action.HOSPITAL_OFFLINE, hospital_code), False)

    def _put(self, hospital: Hospital, entry: AuditEntry, online: bool) -> NamedHospital:
        if hospital.online is not online:
            self.log.append(entry, self.clock())
            self.catalog.set_online(hospital.hospital_code, online)
        require_hospital_invalidated(self.catalog, self.pool, hospital.hospital_code, shanghai_date(self.clock()))
        return self.get(hospital.hospital_code)


def published_hospital(catalog: Catalog, hospital_code: str) -> Hospital:
    """Return the hospital, online or not, or raise NotFound."""
    hospital = catalog.hospital(hospital_code)
    if hospital is None:
        raise _no_such_hospital()
    return hospital


def _no_such_hospital() -> NotFound:
    return NotFound("The catalogue has no such hospital. GET /api/admin/hospitals lists those there are.")
