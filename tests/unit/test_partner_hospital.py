"""What a hospital's system publishes of the hospital itself."""

from __future__ import annotations

from datetime import time
from typing import Any, cast

import pytest

from guahao.domain.catalog.booking_rule import BookingRule
from guahao.domain.errors import Invalid, NotFound
from guahao.usecases.hospitals.partner_hospital import PartnerHospital
from tests.builders import hospital_entry
from tests.fakes.clock import FakeClock
from tests.killing import Killer
from tests.publishing import CODE, OTHER, World

NEW = "2000"


def service(world: World, killer: Killer | None = None) -> PartnerHospital:
    catalog, pool = cast(tuple[Any, Any], (killer.watch(part) if killer else part for part in (world.catalog, world.pool)))
    return PartnerHospital(catalog, pool, world.publication_lock, world.order, FakeClock())


def test_a_hospital_that_publishes_itself_is_offline_until_an_administrator_puts_it_online() -> None:
    world = World()
    assert service(world).publish_hospital(NEW, hospital_entry()).result == "created"
    assert not service(world).hospital(NEW).open_to_patients
    world.catalog.set_online(NEW, True)
    assert service(world).publish_hospital(NEW, hospital_entry(address="某路2号")).result == "updated"
    assert service(world).publish_hospital(NEW, hospital_entry(address="某路2号")).result == "unchanged"
    assert service(world).hospital(NEW).open_to_patients


def test_what_a_hospital_says_of_itself_is_what_is_stored() -> None:
    world = World()
    rule = BookingRule(30, time(7, 30), time(17), -2, time(12), ("带好证件",))
    told = hospital_entry(name="新医院", logo_url="https://h.example/l.png", introduction="一\n二", route="地铁", booking_rule=rule)
    service(world).publish_hospital(NEW, told)
    stored = service(world).hospital(NEW)
    assert (stored.name, stored.logo_url, stored.introduction, stored.route) == ("新医院", told.logo_url, "一\n二", "地铁")
    assert stored.booking_rule == rule


def test_a_hospital_publishes_itself_only() -> None:
    world = World()
    before = service(world).hospital(OTHER)
    assert service(world).publish_hospital(CODE, hospital_entry().model_copy(update={"hospital_code": CODE})).key == CODE
    with pytest.raises(Invalid) as refused:
        service(world).publish_hospital(CODE, hospital_entry(name="另一家").model_copy(update={"hospital_code": OTHER}))
    assert [fault["field"] for fault in refused.value.errors] == ["hospitalCode"]
    assert service(world).hospital(OTHER) == before


def test_a_hospital_that_is_not_published_is_not_found() -> None:
    with pytest.raises(NotFound):
        service(World()).hospital("100")
