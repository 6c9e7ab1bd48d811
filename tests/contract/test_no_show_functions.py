"""Missed visits through the functions, on real servers: asked about, proven or listed, noted, shown, taken back, pardoned."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from infra.functions import load_handler

from guahao.adapters.aws.clients import client
from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.accounts import UserItem
from guahao.adapters.dynamo.numbers import DynamoNumbers
from guahao.adapters.dynamo.orders import DynamoOrders
from guahao.adapters.dynamo.patients import DynamoPatients
from guahao.domain.booking.ledger import BookingPolicy
from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order, place
from guahao.domain.hospitals.partner_calls import HospitalRecord
from guahao.domain.people.patients import Patient, PatientPolicy
from guahao.domain.time import midnight, shanghai_date
from guahao.runtime.correlation import trace
from tests.builders import altered, patient, schedule, user
from tests.functions import forget_use_cases, sample_event
from tests.partners import Partner, new_partner

pytestmark = pytest.mark.slow

MISSED_DAYS_AGO = (1, 8, 15)


@dataclass
class World:
    """A patient with a paid order for each of the days, at a hospital that nobody else knows."""

    orders: DynamoOrders
    queue: str
    partner: Partner
    patient: Patient
    booked: list[Order]

    def night(self) -> list[dict[str, Any]]:
        """Run the nightly function and return the records of its messages about the patient's orders."""
        figures = load_handler("daily_no_shows")(sample_event("daily_no_shows", "run"), None)
        record, records = sample_event("on_no_show", "over")["Records"][0], []
        while found := client("sqs").receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            records += [{**record, "messageId": message["MessageId"], "body": message["Body"]} for message in found]
            for message in found:
                client("sqs").delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        assert figures == {"noShowCandidates": len(records)}
        own = {order.order_id for order in self.booked}
        return [record for record in records if json.loads(record["body"])["orderId"] in own]

    def others_come(self) -> None:
        """Have the hospital report the attendance of one other patient in each of the schedules."""
        for order in self.booked:
            somebody = patient(uuid4().hex)
            other = altered(order, order_id=uuid4().hex[:26], patient_id=somebody.patient_id, person=somebody.person, number=2)
            self.orders.place(other, self.orders.ledger(somebody.person))
            came = {"path": f"/api/gateway/orders/{other.order_id}/attendance", "pathParameters": {"orderId": other.order_id}}
            assert self.partner.call("partner_hospital", "attend", **came)[0] == 200

    def lists(self, partner: Partner, hospital_schedule_id: str, *orders: Order) -> tuple[int, Any]:
        """Have the hospital list who of the schedule did not come."""
        path = {"hospitalScheduleId": hospital_schedule_id}
        address = {"path": f"/api/gateway/schedules/{hospital_schedule_id}/no-shows", "pathParameters": path}
        return partner.call("partner_schedules", "no_shows", **address, body=json.dumps({"orderIds": [o.order_id for o in orders]}))

    def note(self, records: list[dict[str, Any]]) -> None:
        assert load_handler("on_no_show")({"Records": records}, None) == {"batchItemFailures": []}

    def states(self) -> list[OrderState]:
        return [found.state for order in self.booked if (found := self.orders.get(order.order_id))]

    def call(self, function: str, case: str, **path: str) -> tuple[int, Any]:
        event = {**sample_event(function, case), "pathParameters": path, "queryStringParameters": None}
        if function == "patients":
            event["requestContext"]["authorizer"]["principalId"] = self.patient.user_id
        answer = load_handler(function)(event, None)
        return answer["statusCode"], json.loads(answer["body"])

    def shown(self) -> str | None:
        """Return until when the patient is shown as suspended: to the user, in the list and alone, and to an administrator."""
        user_id, patient_id = self.patient.user_id, self.patient.patient_id
        alone = self.call("patients", "read", patientId=patient_id)[1]
        (listed,) = self.call("patients", "find")[1]["items"]
        (administered,) = self.call("users", "look", userId=user_id)[1]["patients"]
        (until,) = {one["bookingBannedUntil"] for one in (alone, listed, administered)}
        return until

    def lift_ban(self, patient_id: str = "") -> tuple[int, Any]:
        return self.call("users", "lift_ban", userId=self.patient.user_id, patientId=patient_id or self.patient.patient_id)


@pytest.fixture
def world(aws: dict[str, str], partner: Partner, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    queue: str = client("sqs").create_queue(QueueName=f"no-shows-{uuid4().hex}")["QueueUrl"]
    monkeypatch.setenv("NO_SHOWS_QUEUE", queue)
    monkeypatch.setenv("METRICS_NAMESPACE", "guahao")
    orders = DynamoOrders(aws["ORDERS_TABLE"], aws["NUMBERS_TABLE"], aws["ACCOUNTS_TABLE"], trace)
    somebody = user(uuid4().hex[:26])
    UserItem.from_domain(somebody).save()
    someone, store = patient(uuid4().hex, somebody.user_id), DynamoPatients(aws["ACCOUNTS_TABLE"])
    roster = store.roster(someone.user_id).add(someone.patient_id, PatientPolicy())
    store.add(someone, roster, store.ledger(someone.person).register(someone))
    forget_use_cases()
    booked = [_booked(aws, orders, partner.code, someone, days_ago) for days_ago in MISSED_DAYS_AGO]
    yield World(orders, queue, partner, someone, booked)
    forget_use_cases()


def _booked(aws: dict[str, str], orders: DynamoOrders, hospital_code: str, someone: Patient, days_ago: int) -> Order:
    """Place an order that needs no payment, which its hospital confirms."""
    schedule_id, now = uuid4().hex, utc_now() - timedelta(days=days_ago + 1)
    visit = schedule(schedule_id, hospital_code=hospital_code, date=shanghai_date(now) + timedelta(days=1), fee_fen=0)
    DynamoNumbers(aws["NUMBERS_TABLE"]).fit(schedule_id, 2)
    order = place(visit, 1, order_id=uuid4().hex[:26], patient=someone, now=now, hold=timedelta(minutes=15))
    orders.place(order, orders.ledger(someone.person).add(order, BookingPolicy(), shanghai_date(now)))
    confirmed = order.with_record(HospitalRecord("r1", now, "一楼"))
    orders.move(order, confirmed)
    return confirmed


def test_missed_visits_suspend_are_shown_and_taken_back_by_who_came_after_all(world: World) -> None:
    records = world.night()
    assert len(records) == len(world.booked)
    world.note(records)
    # The hospital has not reported anybody yet: its silence says nothing.
    assert (world.states(), world.shown()) == ([OrderState.PAID] * 3, None)
    world.others_come()
    for _ in range(2):
        world.note(records)
        assert world.states() == [OrderState.NO_SHOW] * 3
    assert world.night() == []
    until = midnight(shanghai_date(utc_now()) + timedelta(days=90)).isoformat()
    assert world.shown() == until
    order_id = world.booked[0].order_id
    came = {"path": f"/api/gateway/orders/{order_id}/attendance", "pathParameters": {"orderId": order_id}}
    for _ in range(2):
        assert world.partner.call("partner_hospital", "attend", **came) == (200, {"orderId": order_id, "state": "checkedIn"})
        assert world.shown() is None


def test_an_administrator_lifts_a_suspension_once(world: World) -> None:
    assert world.lift_ban()[0] == 409
    world.others_come()
    world.note(world.night())
    assert world.lift_ban(uuid4().hex)[0] == 404
    status, shown = world.lift_ban()
    assert (status, shown["patientId"], shown["bookingBannedUntil"]) == (200, world.patient.patient_id, None)
    assert world.shown() is None
    status, problem = world.lift_ban()
    assert (status, problem["type"], problem["rule"]) == (409, "urn:guahao:problem:booking-not-banned", "bookingBanned")


def test_a_hospital_lists_who_of_its_own_schedule_did_not_come(world: World, aws: dict[str, str]) -> None:
    stranger, (one, *_) = new_partner(aws, f"{world.partner.code}1"), world.booked
    assert world.lists(stranger, one.visit.hospital_schedule_id, one)[0] == 404
    # All of a list or nothing: the others are in schedules of their own.
    assert world.lists(world.partner, one.visit.hospital_schedule_id, *world.booked)[0] == 404
    assert world.states() == [OrderState.PAID] * 3
    for _ in range(2):
        for order in world.booked:
            answer = world.lists(world.partner, order.visit.hospital_schedule_id, order)
            assert answer == (200, {"items": [{"orderId": order.order_id, "state": "noShow"}]})
        assert world.shown()
    assert world.partner.call("partner_schedules", "bad_no_orders")[0] == 400
    to_come = _booked(aws, world.orders, world.partner.code, patient(uuid4().hex), days_ago=-1)
    status, problem = world.lists(world.partner, to_come.visit.hospital_schedule_id, to_come)
    assert (status, problem["rule"]) == (409, "visitDay")
