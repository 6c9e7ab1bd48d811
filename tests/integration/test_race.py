"""Sixteen processes race for a hundred numbers, through the use case and the real stores."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from redis import Redis

from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.accounts import UserItem
from guahao.adapters.dynamo.bookers import DynamoBookers
from guahao.adapters.dynamo.numbers import DynamoNumbers
from guahao.adapters.dynamo.orders import DynamoOrders
from guahao.adapters.dynamo.patients import DynamoPatients
from guahao.adapters.mongo.catalog import MongoCatalog
from guahao.adapters.mongo.client import mongo_database
from guahao.adapters.mongo.publications import MongoPublications
from guahao.adapters.redis.number_pool import RedisNumberPool
from guahao.adapters.redis.partners import RedisPublicationLock
from guahao.contracts.partner import DepartmentEntry, HospitalEntry, ScheduleEntry
from guahao.domain.booking.ledger import BookingPolicy, Ledger
from guahao.domain.booking.order_states import NumberState
from guahao.domain.catalog.schedules import schedule_id_of
from guahao.domain.people.roster import Roster
from guahao.domain.time import shanghai_date
from guahao.runtime.correlation import trace
from guahao.usecases.booking.booking import Booking
from guahao.usecases.hospitals.partner_departments import PartnerDepartments
from guahao.usecases.hospitals.partner_hospital import PartnerHospital
from guahao.usecases.hospitals.partner_schedules import PartnerSchedules
from guahao.usecases.hospitals.publication_order import PublicationOrder
from guahao.usecases.payment.holds import Holds
from guahao.usecases.payment.payment import Payments
from tests.builders import hospital, patient, user
from tests.fakes.clock import FakeClock
from tests.fakes.outbox import FakeOutbox
from tests.fakes.payment import FakePaymentProvider
from tests.servers import ROOT, new_secret, redis_server

Racer = subprocess.Popen[str]

PROCESSES = 16
NUMBERS = 100
ATTEMPTS = 320


@dataclass
class Arena:
    """A published schedule and enough verified users, each with a patient."""

    environment: dict[str, str]
    orders: DynamoOrders
    numbers: DynamoNumbers
    schedule_id: str
    people: list[str]
    answers: list[dict[str, Any]] = field(default_factory=list)

    def race(self, at_half_time: Callable[[list[Racer]], None] = lambda racers: None) -> None:
        """Let all processes book at once; `at_half_time` happens when half of the numbers are sold, and may kill some."""
        start = time.time() + 4
        racers = [self.racer(self.people[n::PROCESSES], start) for n in range(PROCESSES)]
        while self.sold() < NUMBERS // 2 and any(racer.poll() is None for racer in racers):
            time.sleep(0.02)
        at_half_time(racers)
        for racer in racers:
            output, _ = racer.communicate(timeout=200)
            assert racer.returncode in (0, -signal.SIGKILL)
            self.answers += [json.loads(line) for line in output.splitlines()]

    def racer(self, people: list[str], start: float = 0) -> Racer:
        words = [sys.executable, "-m", "tests.integration.racer", self.schedule_id, str(start), *people]
        return subprocess.Popen(words, stdout=subprocess.PIPE, env=self.environment, cwd=ROOT, text=True)

    def refusal_of_a_new_process(self) -> dict[str, Any]:
        """Return what a process says and spends whose first attempt comes when all is sold."""
        output, _ = self.racer([":".join(register(self.environment))]).communicate(timeout=200)
        answer: dict[str, Any] = json.loads(output)
        return answer

    def sold(self) -> int:
        return sum(1 for number in self.numbers.of(self.schedule_id) if number.state is not NumberState.FREE)

    def require_each_number_sold_once(self) -> None:
        sold = [answer for answer in self.answers if "number" in answer]
        refusals = Counter(answer["refused"] for answer in self.answers if "refused" in answer)
        assert sorted(answer["number"] for answer in sold) == list(range(1, NUMBERS + 1))
        assert refusals == {"sold-out": ATTEMPTS - NUMBERS}
        self.require_each_number_held_by_its_order()

    def require_each_number_held_by_its_order(self) -> None:
        for number in self.numbers.of(self.schedule_id):
            order = self.orders.get(number.order_id)
            assert order is not None
            assert (order.visit.number, number.state) == (number.number, NumberState.HELD)
            assert [b.order_id for b in self.orders.ledger(order.holder.person).bookings] == [order.order_id]

    def require_nothing_held_after_expiry(self) -> None:
        clock = FakeClock(utc_now() + timedelta(minutes=20))
        holds = Holds(Payments(self.orders, FakePaymentProvider(clock), clock), FakeOutbox())
        for number in self.numbers.of(self.schedule_id):
            holds.end(number.order_id)
        assert {number.state for number in self.numbers.of(self.schedule_id)} == {NumberState.FREE}


@pytest.fixture
def redis_port() -> Iterator[tuple[str, int]]:
    with redis_server() as url:
        yield url, int(url.rsplit(":", 1)[1].split("/")[0])


@pytest.fixture
def arena(aws: dict[str, str], mongo_url: str, mongodb_secret: str, redis_port: tuple[str, int]) -> Arena:
    code = uuid4().hex[:8]
    visit = shanghai_date(datetime.now(UTC)) + timedelta(days=2)
    schedule = ScheduleEntry(
        hospital_schedule_id="1",
        department_code="0101",
        title="主任医师",
        date=visit,
        half_day="morning",
        total=NUMBERS,
        fee_fen=5000,
    )
    department = DepartmentEntry(department_code="0101", name="心内科", group_code="01", group_name="内科")
    redis = Redis.from_url(redis_port[0], decode_responses=True)
    numbers = DynamoNumbers(aws["NUMBERS_TABLE"])
    orders = DynamoOrders(aws["ORDERS_TABLE"], aws["NUMBERS_TABLE"], aws["ACCOUNTS_TABLE"], trace)
    catalog = MongoCatalog(mongo_database(mongo_url))
    pool, publication_lock = RedisNumberPool(redis), RedisPublicationLock(redis)
    order = PublicationOrder(MongoPublications(mongo_database(mongo_url)), utc_now)
    PartnerHospital(catalog, pool, publication_lock, order, utc_now).publish_hospital(code, HospitalEntry.model_validate(hospital(code)))
    PartnerDepartments(catalog, pool, publication_lock, order, utc_now).publish_departments(code, [department])
    PartnerSchedules(catalog, numbers, pool, FakeOutbox(), publication_lock, order, utc_now).publish_schedules(code, [schedule])
    catalog.set_online(code, True)
    redis.close()
    people = []
    for _ in range(ATTEMPTS):
        user_id, patient_id = register(aws)
        people.append(f"{user_id}:{patient_id}")
    local = {"REDIS_SECRET": new_secret(redis_port[0]), "MONGODB_SECRET": mongodb_secret, "HOLD_SECONDS": "900"}
    environment = {**os.environ, **aws, **local, "PYTHONPATH": f"{ROOT}/layers/core/python"}
    return Arena(environment, orders, numbers, schedule_id_of(code, "1"), people)


def register(environment: dict[str, str]) -> tuple[str, str]:
    """Store a verified user with a patient and return their ids."""
    user_id = uuid4().hex
    somebody = patient(uuid4().hex, user_id)
    UserItem.from_domain(user(user_id)).save()
    roster, ledger = Roster(user_id, (somebody.patient_id,)), Ledger(somebody.person).register(somebody)
    DynamoPatients(environment["ACCOUNTS_TABLE"]).add(somebody, roster, ledger)
    return user_id, somebody.patient_id


def test_a_rush_sells_each_number_once_and_refusals_cost_next_to_nothing(arena: Arena) -> None:
    arena.race()
    arena.require_each_number_sold_once()
    refused = [answer["costs"] for answer in arena.answers if "refused" in answer]
    sold = [answer["costs"] for answer in arena.answers if "number" in answer]
    assert max(cost.get("redis", 0) for cost in refused[PROCESSES:]) <= 2
    secrets = [read for cost in (*sold, *refused) if (read := cost.get("secrets", 0))]
    assert (len(secrets), max(secrets)) == (PROCESSES, 2), (
        "each process reads once where Redis is, and MongoDB for a pool that is not built"
    )
    late = arena.refusal_of_a_new_process()
    assert (late["refused"], late["costs"]) == ("sold-out", {"redis": 1, "secrets": 1})
    writes = sum(cost.get("writes", 0) for cost in (*sold, *refused))
    most_common = Counter(map(str, refused)).most_common(1)[0][0]
    print(f"\n{writes / NUMBERS:.2f} DynamoDB write attempts per sale; a refusal: {most_common}; libraries included, ", end="")
    print(f"{statistics.median(answer['cpu'] for answer in arena.answers) * 1000:.1f} ms of CPU per attempt in the middle")
    assert writes <= 1.05 * NUMBERS
    arena.require_nothing_held_after_expiry()


def test_redis_stopped_half_way_changes_nothing_but_the_speed(arena: Arena, redis_port: tuple[str, int]) -> None:
    redis = Redis(port=redis_port[1])
    arena.race(lambda racers: redis.shutdown(nosave=True))
    redis.close()
    arena.require_each_number_sold_once()
    arena.require_nothing_held_after_expiry()


def test_redis_emptied_half_way_changes_nothing(arena: Arena, redis_port: tuple[str, int]) -> None:
    redis = Redis(port=redis_port[1])
    arena.race(lambda racers: redis.flushall())
    redis.close()
    arena.require_each_number_sold_once()
    arena.require_nothing_held_after_expiry()


def test_processes_killed_half_way_leave_no_number_behind(arena: Arena, redis_port: tuple[str, int]) -> None:
    def kill(racers: list[Racer]) -> None:
        for racer in racers[::2]:
            racer.kill()

    arena.race(kill)
    # What the killed took and did not book is in flight for a minute; then it is sold like any other.
    redis = Redis(port=redis_port[1], decode_responses=True)
    later = FakeClock(utc_now() + timedelta(seconds=61))
    read_booker = DynamoBookers(arena.environment["ACCOUNTS_TABLE"]).read
    hold = timedelta(minutes=15)
    service = Booking(arena.orders, RedisNumberPool(redis), read_booker, dict.fromkeys, arena.numbers.of, later, BookingPolicy(), hold)
    missing = NUMBERS - arena.sold()
    for _ in range(missing):
        user_id, patient_id = register(arena.environment)
        service.book(user_id, patient_id, arena.schedule_id, "after")
    redis.close()
    print(f"\n{missing} numbers were in flight with the killed")
    arena.require_each_number_held_by_its_order()
    assert len({number.order_id for number in arena.numbers.of(arena.schedule_id)}) == NUMBERS
    arena.require_nothing_held_after_expiry()
