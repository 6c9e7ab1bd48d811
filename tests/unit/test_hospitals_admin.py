"""The catalogue as operators see it: who is online is their decision, kept in the audit log and felt at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from guahao.domain.audit_log import Action, Deed
from guahao.domain.catalog import schedule_id_of
from guahao.domain.errors import HospitalConflict, Invalid, NotFound
from guahao.domain.hospital_settings import HospitalContract
from guahao.usecases.bookable import bookable_sessions
from guahao.usecases.catalog import Hospitals, Sessions
from guahao.usecases.hospitals_admin import CatalogDesk, SessionDesk
from tests.builders import NOW, VISIT, hospital, schedule_entry
from tests.fakes.audit_log import FakeAuditLog
from tests.fakes.catalog import FakeFreeNumbers
from tests.fakes.clock import FakeClock
from tests.fakes.hospital_settings import FakeContracts
from tests.killing import Killer, deaths
from tests.publishing import CODE, OTHER, World

ACTOR, NEW = "li.na", "2000"


class NoNames:
    def names(self, terms: Any) -> dict[Any, str]:
        return {}


@dataclass
class House(World):
    """Two online hospitals, one of which has a contract and a session whose pool is built."""

    log: FakeAuditLog = field(default_factory=FakeAuditLog)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.contracts = FakeContracts(FakeAuditLog())
        self.contract(CODE)
        self.publish(schedule_entry())
        self.build_pool()

    def contract(self, code: str, **changes: Any) -> None:
        self.contracts.contracts[code] = HospitalContract(code, "x", "https://h.example", "y", "s", "m", "k", NOW, **changes)

    def desk_of_catalogue(self, killer: Killer | None = None) -> CatalogDesk:
        watch = killer.watch if killer else lambda part: part
        catalog, contracts, pool, log = map(watch, (self.catalog, self.contracts, self.pool, self.log))
        return CatalogDesk(catalog, NoNames(), contracts, pool, log, FakeClock())

    def found(self, standing: str | None) -> list[str]:
        page = self.desk_of_catalogue().search(
            name_part="", grade=None, province_code="", city_code="", district_code="", standing=standing, limit=9, cursor=None
        )
        return [hospital.hospital_code for hospital in page.items]

    def is_bookable(self) -> bool:
        session_id = self.session().schedule_id
        known = self.pool.sessions.get(session_id) or bookable_sessions(self.catalog, [session_id])[session_id]
        return known.sells

    def patients_see(self) -> list[str]:
        return [hospital.hospital_code for hospital in Hospitals(self.catalog, NoNames()).search().items]

    def deeds(self) -> list[Deed]:
        return [entry.deed for entry in self.log.entries]


def test_operators_find_hospitals_by_what_they_made_of_them() -> None:
    house = House()
    house.catalog.put_hospital(hospital(NEW))
    house.catalog.set_locked(OTHER, True)
    assert house.found(None) == [CODE, OTHER, NEW]
    assert (house.found("online"), house.found("offline"), house.found("locked")) == ([CODE], [NEW], [OTHER])
    assert house.desk_of_catalogue().get(NEW).hospital_code == NEW


def test_an_offline_hospital_is_seen_and_booked_by_no_patient_from_any_memory() -> None:
    house = House()
    assert house.is_bookable()
    assert not house.desk_of_catalogue().put_offline(ACTOR, CODE).online
    assert not house.is_bookable()
    assert house.patients_see() == [OTHER]
    with pytest.raises(NotFound):
        Hospitals(house.catalog, NoNames()).get(CODE)
    with pytest.raises(NotFound):
        Sessions(house.catalog, FakeFreeNumbers(), FakeClock()).get(house.session().schedule_id)
    house.build_pool()
    assert house.desk_of_catalogue().put_online(ACTOR, CODE).online
    assert house.is_bookable()
    assert house.patients_see() == [CODE, OTHER]
    assert house.deeds() == [Deed(ACTOR, Action.HOSPITAL_OFFLINE, CODE), Deed(ACTOR, Action.HOSPITAL_ONLINE, CODE)]


@pytest.mark.parametrize("online", [True, False])
def test_what_was_killed_anywhere_is_brought_to_its_end_by_the_same_request(online: bool) -> None:
    houses: list[House] = []

    def put(house: House, killer: Killer | None = None) -> object:
        desk = house.desk_of_catalogue(killer)
        return desk.put_online(ACTOR, CODE) if online else desk.put_offline(ACTOR, CODE)

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
        assert {deed.action for deed in house.deeds()} == {Action.HOSPITAL_ONLINE if online else Action.HOSPITAL_OFFLINE}


def test_a_hospital_goes_online_with_an_open_contract_and_its_own_entry_only() -> None:
    house = House()
    house.catalog.put_hospital(hospital(NEW))
    acts: list[tuple[str, Callable[[], object]]] = [
        ("hospitalUnlocked", lambda: None),
        ("hospitalUnlocked", lambda: house.contract(NEW, locked=True)),
    ]
    for rule, prepare in acts:
        prepare()
        with pytest.raises(HospitalConflict) as refused:
            house.desk_of_catalogue().put_online(ACTOR, NEW)
        assert refused.value.rule == rule
    house.contract("3000")
    with pytest.raises(HospitalConflict) as refused:
        house.desk_of_catalogue().put_online(ACTOR, "3000")
    assert refused.value.rule == "hospitalPublished"
    assert (house.deeds(), house.found("offline")) == ([], [NEW])
    house.contract(NEW)
    assert house.desk_of_catalogue().put_online(ACTOR, NEW).online


def test_a_hospital_that_is_in_no_catalogue_is_not_found() -> None:
    desk, sessions = House().desk_of_catalogue(), SessionDesk(House().catalog, FakeFreeNumbers())
    acts: list[Callable[[], object]] = [
        lambda: desk.get("9"),
        lambda: desk.departments("9"),
        lambda: desk.put_online(ACTOR, "9"),
        lambda: desk.put_offline(ACTOR, "9"),
        lambda: sessions.of_day("9", VISIT, None, 9, None),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()


def test_the_sessions_of_a_day_come_page_by_page_with_their_free_numbers() -> None:
    house = House()
    house.desk_of_catalogue().put_offline(ACTOR, CODE)
    house.publish(schedule_entry("b", half_day="afternoon"), schedule_entry("c", date=VISIT + timedelta(days=1)))
    house.publish(schedule_entry("d", half_day="afternoon", department_code="0102", state="closed"))
    free = FakeFreeNumbers({schedule_id_of(CODE, own_id): 2 for own_id in "abcd"})
    desk, listed, cursor = SessionDesk(house.catalog, free), [], None
    for _ in range(3):
        page = desk.of_day(CODE, VISIT, None, 1, cursor)
        listed += [(session.hospital_schedule_id, session.free) for session in page.items]
        cursor = page.next_cursor
    assert cursor is None
    assert (listed[0], set(listed[1:])) == (("a", 2), {("b", 2), ("d", 0)})
    assert free.requests == 2
    assert [s.hospital_schedule_id for s in desk.of_day(CODE, VISIT, "0102", 9, None).items] == ["d"]
    with pytest.raises(Invalid):
        desk.of_day(CODE, VISIT, "0102", 9, schedule_id_of(CODE, "a"))


def test_the_departments_of_an_offline_hospital_are_shown() -> None:
    house = House()
    house.catalog.set_online(CODE, False)
    [group] = house.desk_of_catalogue().departments(CODE)
    assert [department.department_code for department in group.departments] == ["0101", "0102"]
