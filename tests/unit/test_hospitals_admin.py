"""The catalogue as operators see it: who is online is their decision, kept in the audit log and felt at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from guahao.contracts.queries import CatalogueQuery, CatalogueSchedulesQuery, HospitalQuery
from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.errors import HospitalConflict, NotFound
from guahao.domain.hospitals.hospital_settings import HospitalSetting
from guahao.usecases.booking.bookable import bookable_schedules
from guahao.usecases.catalog.catalog import Hospitals
from guahao.usecases.catalog.schedules import Schedules
from guahao.usecases.hospitals.hospital_schedules_admin import SchedulesAdmin
from guahao.usecases.hospitals.hospitals_admin import HospitalsAdmin
from tests.builders import NOW, VISIT, hospital, schedule_entry
from tests.fakes.audit_log import FakeAuditLog
from tests.fakes.catalog import FakeFreeNumbers
from tests.fakes.clock import FakeClock
from tests.fakes.hospital_settings import FakeHospitalSettings
from tests.killing import Killer, deaths
from tests.publishing import CODE, OTHER, World

ACTOR, NEW = "li.na", "2000"


class NoNames:
    def names(self, terms: Any) -> dict[Any, str]:
        return {}


@dataclass
class House(World):
    """Two online hospitals, one of which has a setting and a schedule whose pool is built."""

    log: FakeAuditLog = field(default_factory=FakeAuditLog)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.settings = FakeHospitalSettings(FakeAuditLog())
        self.setting(CODE)
        self.publish(schedule_entry())
        self.build_pool()

    def setting(self, code: str, **changes: Any) -> None:
        self.settings.settings[code] = HospitalSetting(code, "x", "https://h.example", "y", "s", "m", "k", NOW, **changes)

    def hospitals_admin(self, killer: Killer | None = None) -> HospitalsAdmin:
        watch = killer.watch if killer else lambda part: part
        catalog, settings, pool, log = map(watch, (self.catalog, self.settings, self.pool, self.log))
        return HospitalsAdmin(catalog, NoNames(), settings, pool, log, FakeClock())

    def found(self, standing: str | None) -> list[str]:
        page = self.hospitals_admin().search(CatalogueQuery(state=standing))
        return [hospital.hospital_code for hospital in page.items]

    def is_bookable(self) -> bool:
        schedule_id = self.schedule().schedule_id
        known = self.pool.schedules.get(schedule_id) or bookable_schedules(self.catalog, [schedule_id])[schedule_id]
        return known.sells

    def patients_see(self) -> list[str]:
        return [hospital.hospital_code for hospital in Hospitals(self.catalog, NoNames()).search(HospitalQuery()).items]

    def entries(self) -> list[AuditEntry]:
        return [entry.entry for entry in self.log.entries]


def test_operators_find_hospitals_by_what_they_made_of_them() -> None:
    house = House()
    house.catalog.put_hospital(hospital(NEW))
    house.catalog.set_locked(OTHER, True)
    assert house.found(None) == [CODE, OTHER, NEW]
    assert (house.found("online"), house.found("offline"), house.found("locked")) == ([CODE], [NEW], [OTHER])
    assert house.hospitals_admin().get(NEW).hospital_code == NEW


def test_an_offline_hospital_is_seen_and_booked_by_no_patient_from_any_memory() -> None:
    house = House()
    assert house.is_bookable()
    assert not house.hospitals_admin().put_offline(ACTOR, CODE).online
    assert not house.is_bookable()
    assert house.patients_see() == [OTHER]
    with pytest.raises(NotFound):
        Hospitals(house.catalog, NoNames()).get(CODE)
    with pytest.raises(NotFound):
        Schedules(house.catalog, FakeFreeNumbers(), FakeClock()).get(house.schedule().schedule_id)
    house.build_pool()
    assert house.hospitals_admin().put_online(ACTOR, CODE).online
    assert house.is_bookable()
    assert house.patients_see() == [CODE, OTHER]
    assert house.entries() == [AuditEntry(ACTOR, Action.HOSPITAL_OFFLINE, CODE), AuditEntry(ACTOR, Action.HOSPITAL_ONLINE, CODE)]


@pytest.mark.parametrize("online", [True, False])
def test_what_was_killed_anywhere_is_brought_to_its_end_by_the_same_request(online: bool) -> None:
    houses: list[House] = []

    def put(house: House, killer: Killer | None = None) -> object:
        service = house.hospitals_admin(killer)
        return service.put_online(ACTOR, CODE) if online else service.put_offline(ACTOR, CODE)

    def run(killer: Killer) -> None:
        houses.append(House())
        houses[-1].catalog.set_online(CODE, not online)
        houses[-1].pool.empty()
        houses[-1].build_pool()
        put(houses[-1], killer)

    for _ in deaths(run):
        house = houses[-1]
        put(house)
        assert house.is_bookable() is online
        assert {entry.action for entry in house.entries()} == {Action.HOSPITAL_ONLINE if online else Action.HOSPITAL_OFFLINE}


def test_a_hospital_goes_online_with_an_open_setting_and_its_own_entry_only() -> None:
    house = House()
    house.catalog.put_hospital(hospital(NEW))
    acts: list[tuple[str, Callable[[], object]]] = [
        ("hospitalUnlocked", lambda: None),
        ("hospitalUnlocked", lambda: house.setting(NEW, locked=True)),
    ]
    for rule, prepare in acts:
        prepare()
        with pytest.raises(HospitalConflict) as refused:
            house.hospitals_admin().put_online(ACTOR, NEW)
        assert refused.value.rule == rule
    house.setting("3000")
    with pytest.raises(HospitalConflict) as refused:
        house.hospitals_admin().put_online(ACTOR, "3000")
    assert refused.value.rule == "hospitalPublished"
    assert (house.entries(), house.found("offline")) == ([], [NEW])
    house.setting(NEW)
    assert house.hospitals_admin().put_online(ACTOR, NEW).online


def test_a_hospital_that_is_in_no_catalogue_is_not_found() -> None:
    service, schedules = House().hospitals_admin(), SchedulesAdmin(House().catalog, FakeFreeNumbers())
    acts: list[Callable[[], object]] = [
        lambda: service.get("9"),
        lambda: service.departments("9"),
        lambda: service.put_online(ACTOR, "9"),
        lambda: service.put_offline(ACTOR, "9"),
        lambda: schedules.of_day("9", CatalogueSchedulesQuery(date=VISIT)),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()
