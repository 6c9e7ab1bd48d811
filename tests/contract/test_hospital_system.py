"""The rules of a hospital's system, on the signing adapter against the simulator and on the fake."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from guahao.adapters.hospital.partner_system import SignedPartnerSystem
from guahao.contracts.partner_calls import Registration
from guahao.domain.errors import HospitalRefused, HospitalUnreachable
from guahao.domain.hospitals.hospital_access import HospitalAccess
from guahao.ports.hospitals.partners import PartnerSystem
from tests.fakes.partners import FakePartnerSystem
from tests.simulators import simulator

KEY = "the key of hospital 1000"


@dataclass(frozen=True)
class World:
    """A hospital's system, the platform's setting with it and what happens around it."""

    system: PartnerSystem
    setting: HospitalAccess
    set_mode: Callable[[str], object]
    seen: Callable[[str], tuple[str, int]]


def registration(**changes: Any) -> Registration:
    given: dict[str, Any] = {
        "order_id": uuid4().hex,
        "hospital_schedule_id": uuid4().hex,
        "department_code": "200040878",
        "date": date(2025, 12, 1),
        "half_day": "morning",
        "number": 1,
        "fee_fen": 5000,
        "patient_name": "张三",
        "patient_phone": "13800000000",
        "certificate_type": "idCard",
        "certificate_number": "11010119900307109X",
    }
    return Registration(**(given | changes))


def fake_world() -> World:
    fake = FakePartnerSystem()

    def set_mode(mode: str) -> None:
        fake.down, fake.refuses, fake.loses_answers = mode == "error", mode == "refuse", mode == "acceptThenError"

    def seen(order_id: str) -> tuple[str, int]:
        return fake.orders[order_id].knows.value, fake.orders[order_id].calls

    return World(fake, HospitalAccess("1000", "https://hospital.example", KEY), set_mode, seen)


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with (
        simulator("hospital", tmp_path_factory.mktemp("hospital")) as url,
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        client.put("/settings", json={"hospitalCode": "1000", "key": KEY}).raise_for_status()

        def set_mode(mode: str) -> None:
            client.put("/faults", json={"hospitalCode": "1000", "mode": mode}).raise_for_status()

        def seen(order_id: str) -> tuple[str, int]:
            orders = client.get("/orders", params={"hospitalCode": "1000"}).json()
            return next((order["state"], order["calls"]) for order in orders if order["orderId"] == order_id)

        yield World(SignedPartnerSystem(any_address=True), HospitalAccess("1000", url, KEY), set_mode, seen)


@pytest.fixture(params=["fake", "signed"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    made: World = fake_world() if request.param == "fake" else request.getfixturevalue("simulated")
    yield made
    made.set_mode("normal")


@pytest.mark.parametrize(("half_day", "first_hour"), [("morning", 0), ("afternoon", 5)])
def test_a_registered_order_has_a_record_with_time_and_place(world: World, half_day: str, first_hour: int) -> None:
    record = world.system.register(world.setting, registration(half_day=half_day))
    assert record.record_id
    assert record.check_in_place
    assert record.check_in_at.utcoffset() == timedelta(0)
    assert (record.check_in_at.date(), record.check_in_at.hour) == (date(2025, 12, 1), first_hour)


def test_registering_again_gives_the_same_record(world: World) -> None:
    asked = registration()
    assert world.system.register(world.setting, asked) == world.system.register(world.setting, asked)
    assert world.seen(asked.order_id) == ("booked", 2)


def test_the_simulated_hospital_knows_a_passport_by_number_and_state(simulated: World) -> None:
    """A passport is number and issuing state (ICAO 9303)."""
    passport = {"certificate_type": "passport", "certificate_number": "E12345678"}
    assert simulated.system.register(simulated.setting, registration(**passport, issuing_state="SGP")).record_id
    for wrong in (passport, {"issuing_state": "SGP"}):
        with pytest.raises(HospitalRefused):
            simulated.system.register(simulated.setting, registration(**wrong))


def test_an_order_registered_with_other_content_is_refused(world: World) -> None:
    asked = registration()
    world.system.register(world.setting, asked)
    with pytest.raises(HospitalRefused):
        world.system.register(world.setting, asked.model_copy(update={"fee_fen": 1}))


def test_a_number_has_one_owner_until_it_is_cancelled(world: World) -> None:
    first = registration()
    second = registration(hospital_schedule_id=first.hospital_schedule_id)
    record = world.system.register(world.setting, first)
    with pytest.raises(HospitalRefused):
        world.system.register(world.setting, second)
    world.system.record_cancellation(world.setting, record.record_id, first.order_id, "changed my mind")
    world.system.register(world.setting, second)


def test_a_payment_is_recorded_once(world: World) -> None:
    asked = registration()
    record = world.system.register(world.setting, asked)
    for _ in range(2):
        world.system.record_payment(world.setting, record.record_id, asked.order_id, 5000)
    assert world.seen(asked.order_id) == ("paid", 3)


def test_a_payment_of_another_amount_is_refused(world: World) -> None:
    asked = registration()
    record = world.system.register(world.setting, asked)
    with pytest.raises(HospitalRefused):
        world.system.record_payment(world.setting, record.record_id, asked.order_id, 4999)


def test_a_cancellation_is_recorded_once_and_ends_the_order(world: World) -> None:
    asked = registration()
    record = world.system.register(world.setting, asked)
    for _ in range(2):
        world.system.record_cancellation(world.setting, record.record_id, asked.order_id, "changed my mind")
    assert world.seen(asked.order_id) == ("cancelled", 3)
    with pytest.raises(HospitalRefused):
        world.system.record_payment(world.setting, record.record_id, asked.order_id, 5000)


def test_a_late_repeat_of_the_registration_does_not_revive_a_cancelled_order(world: World) -> None:
    asked = registration()
    record = world.system.register(world.setting, asked)
    world.system.record_cancellation(world.setting, record.record_id, asked.order_id, "changed my mind")
    assert world.system.register(world.setting, asked) == record
    assert world.seen(asked.order_id)[0] == "cancelled"


def test_what_the_hospital_never_heard_of_is_not_recorded(world: World) -> None:
    with pytest.raises(HospitalUnreachable):
        world.system.record_payment(world.setting, "R-unknown", "o-unknown", 5000)
    with pytest.raises(HospitalUnreachable):
        world.system.record_cancellation(world.setting, "R-unknown", "o-unknown", "changed my mind")


def test_a_hospital_that_takes_no_orders_refuses(world: World) -> None:
    world.set_mode("refuse")
    with pytest.raises(HospitalRefused):
        world.system.register(world.setting, registration())


def test_a_hospital_that_is_out_of_order_is_unreachable(world: World) -> None:
    world.set_mode("error")
    with pytest.raises(HospitalUnreachable):
        world.system.register(world.setting, registration())


def test_after_a_lost_answer_the_repeat_finds_the_record(world: World) -> None:
    asked = registration()
    world.set_mode("acceptThenError")
    with pytest.raises(HospitalUnreachable):
        world.system.register(world.setting, asked)
    world.set_mode("normal")
    assert world.system.register(world.setting, asked).record_id
    assert world.seen(asked.order_id) == ("booked", 2)
