"""Every sample event is one that its function can get; those named bad_* are refused before anything is done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from infra.functions import FOLDERS, apis, names
from pydantic import BaseModel, ValidationError

from guahao.adapters.dynamo.identities import identity_of_image
from guahao.adapters.dynamo.jobs import job_of_image
from guahao.adapters.dynamo.order_item import order_of_image
from guahao.contracts.messages import (
    Count,
    ExportRequest,
    HoldEnd,
    ImportRequest,
    NoShowCheck,
    PartnerCall,
    Reminder,
    Settlement,
    SmsMessage,
    Substitution,
    Suspension,
)
from guahao.domain.administration.jobs import Work, job_id_of
from guahao.domain.booking.orders import order_id_of
from guahao.domain.errors import Invalid
from guahao.domain.people.photos import is_copy
from guahao.runtime.api import Allow, Route
from guahao.runtime.pages import list_name
from guahao.runtime.requests import checked_body, checked_query
from tests.functions import EVENTS, HOSPITAL_CODE, sample_event, signed

USER_ID = "kq3zx5n7pdwc2mfthjra6ve4bs"
MESSAGES: dict[str, type[BaseModel]] = {
    "on_export_requested": ExportRequest,
    "on_hold_expired": HoldEnd,
    "on_partner_call": PartnerCall,
    "on_import_requested": ImportRequest,
    "on_no_show": NoShowCheck,
    "on_settlement": Settlement,
    "on_reminder": Reminder,
    "on_sms": SmsMessage,
    "on_statistics": Count,
    "on_substitution": Substitution,
    "on_suspension": Suspension,
}
# How a stream's handler reads an image, and the key of the table.
IMAGES: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "on_identity_changed": (identity_of_image, "identity_id"),
    "on_job_requested": (job_of_image, "job_id"),
    "on_order_changed": (order_of_image, "order_id"),
}
TIMERS = {"daily_no_shows", "reconcile_bill", "visit_reminder", "reconcile_orders"}
ROUTES = {name: {(route.method, route.path): route for route in api.routes} for name, api in apis().items()}
ALL = [(file.parent.name, file.stem) for file in sorted(EVENTS.glob("*/*.json"))]
HTTP = [(function, case) for function, case in ALL if function in ROUTES]
QUEUE = [(function, case) for function, case in ALL if function in MESSAGES]
STREAM = [(function, case) for function, case in ALL if function in IMAGES]


def test_every_function_has_sample_events_and_no_others_have() -> None:
    assert {function for function, _ in ALL} == set(names())


def test_every_kind_of_function_is_looked_at() -> None:
    assert {function for function, _ in ALL} == {*ROUTES, *MESSAGES, *IMAGES, *TIMERS, "authorizer"}


@pytest.mark.parametrize(("function", "messages"), MESSAGES.items())
def test_a_queue_handler_reads_the_message_it_is_listed_with(function: str, messages: type[BaseModel]) -> None:
    assert f"each_message({messages.__name__}, " in (FOLDERS / function / "app.py").read_text()


@pytest.mark.parametrize("function", ROUTES)
def test_every_route_has_a_sample_event_that_fits(function: str) -> None:
    good = {address(sample_event(function, case)) for of, case in HTTP if of == function and not case.startswith("bad_")}
    assert good == set(ROUTES[function])


@pytest.mark.parametrize(("function", "case"), HTTP)
def test_an_http_event_is_one_that_the_gateway_sends(function: str, case: str) -> None:
    event = sample_event(function, case)
    route, context = ROUTES[function][address(event)], event["requestContext"]
    assert event["path"] == route.path.format(**(event["pathParameters"] or {}))
    assert (event["httpMethod"], event["resource"]) == (context["httpMethod"], context["resourcePath"])
    assert context["path"] == f"/{context['stage']}{event['path']}"
    assert event["multiValueHeaders"] == {name: [value] for name, value in event["headers"].items()}
    assert (event["multiValueQueryStringParameters"] or {}).keys() == (event["queryStringParameters"] or {}).keys()
    if route.allow.roles and not case.endswith("_without_token"):
        assert context["authorizer"]["role"] in route.allow.roles
        assert (context["authorizer"]["principalId"] == USER_ID) is (route.allow is Allow.USER)
    else:
        assert "authorizer" not in context
    if route.allow is Allow.HOSPITAL and not case.endswith("_without_signature"):
        signed_at = datetime.fromtimestamp(int(event["headers"]["X-Timestamp"]), UTC)
        assert event == signed(event, signed_at, nonce=event["headers"]["X-Nonce"])


@pytest.mark.parametrize(("function", "case"), HTTP)
def test_an_http_event_fits_its_route_unless_it_is_named_bad(function: str, case: str) -> None:
    event = sample_event(function, case)
    assert fits(ROUTES[function][address(event)], event) is not case.startswith("bad_")


@pytest.mark.parametrize(("function", "case"), QUEUE)
def test_a_queue_event_fits_its_message_unless_it_is_named_bad(function: str, case: str) -> None:
    for record in sample_event(function, case)["Records"]:
        assert record["md5OfBody"] == hashlib.md5(record["body"].encode()).hexdigest()
        if case.startswith("bad_"):
            with pytest.raises(ValidationError):
                MESSAGES[function].model_validate_json(record["body"])
        else:
            MESSAGES[function].model_validate_json(record["body"])


@pytest.mark.parametrize(("function", "case"), STREAM)
def test_a_stream_event_holds_what_its_handler_reads_unless_it_is_named_bad(function: str, case: str) -> None:
    read, key = IMAGES[function]
    for record in sample_event(function, case)["Records"]:
        change = record["dynamodb"]
        images = {name: change[name] for name in ("NewImage", "OldImage") if name in change}
        assert set(images) == {"INSERT": {"NewImage"}, "MODIFY": {"NewImage", "OldImage"}, "REMOVE": {"OldImage"}}[record["eventName"]]
        if case.startswith("bad_"):
            with pytest.raises(ValueError, match="is not a valid"):
                read(images["NewImage"])
        else:
            found = {name: read(image) for name, image in images.items()}
            assert {image[key]["S"] for image in images.values()} == {change["Keys"][key]["S"]}
            if len(found) == 2:
                assert found["NewImage"].version == found["OldImage"].version + 1


@pytest.mark.parametrize("function", sorted(TIMERS))
def test_a_timers_event_is_one_that_the_scheduler_sends(function: str) -> None:
    event = sample_event(function, "run")
    assert (event["source"], event["detail-type"], event["detail"]) == ("aws.scheduler", "Scheduled Event", "{}")
    assert datetime.fromisoformat(event["time"]).tzinfo


def test_the_events_tell_one_story() -> None:
    booked = sample_event("booking", "book")
    order_id = order_id_of(USER_ID, booked["headers"]["Idempotency-Key"])
    change = sample_event("on_order_changed", "booked")["Records"][0]["dynamodb"]
    wanted = json.loads(booked["body"])
    order = order_of_image(change["NewImage"]).require_request(wanted["scheduleId"], wanted["patientId"])
    assert (order.order_id, order.user_id) == (order_id, USER_ID)
    assert sample_event("schedules", "schedule")["pathParameters"] == {"scheduleId": order.visit.schedule_id}
    assert sample_event("patients", "read")["pathParameters"] == {"patientId": order.holder.patient_id}
    for function, case in (("payment", "open"), ("partner_hospital", "attend")):
        assert sample_event(function, case)["pathParameters"] == {"orderId": order_id}
    assert sample_event("partner_schedules", "suspend")["pathParameters"] == {"hospitalScheduleId": order.visit.hospital_schedule_id}
    assert order.visit.hospital_code == HOSPITAL_CODE
    exported, imported = (sample_event("on_job_requested", work)["Records"][0]["dynamodb"]["Keys"]["job_id"]["S"] for work in Work)
    assert exported == job_id_of("administrator-1", Work.EXPORT, sample_event("exports", "request")["headers"]["Idempotency-Key"])
    assert imported == job_id_of(
        "administrator-1", Work.IMPORT, sample_event("dictionary_imports", "request")["headers"]["Idempotency-Key"]
    )
    for job_id, reads, does in ((exported, "exports", "on_export_requested"), (imported, "dictionary_imports", "on_import_requested")):
        assert sample_event(reads, "read")["pathParameters"] == {"jobId": job_id}
        assert json.loads(sample_event(does, "requested")["Records"][0]["body"])["jobId"] == job_id
    assert sample_event("payment", "open")["pathParameters"] == {"orderId": order_id}
    submitted = identity_of_image(sample_event("on_identity_changed", "submitted")["Records"][0]["dynamodb"]["NewImage"])
    told = json.loads(sample_event("identity", "submit")["body"])
    assert (submitted.user_id, submitted.name) == (USER_ID, told["name"])
    assert is_copy(submitted.photo_key, told["photoKey"])
    news = json.loads(sample_event("on_sms", "identity_approved")["Records"][0]["body"])
    assert (news["userId"], news["submissionId"]) == (USER_ID, submitted.submission_id)
    for function, case in (
        ("on_hold_expired", "ended"),
        ("on_partner_call", "changed"),
        ("on_sms", "paid"),
        ("on_reminder", "due"),
        ("on_no_show", "over"),
        ("on_settlement", "cancelled"),
        ("on_statistics", "changed"),
    ):
        assert json.loads(sample_event(function, case)["Records"][0]["body"])["orderId"] == order_id
    for function, case in (("on_suspension", "suspended"), ("on_substitution", "substituted")):
        assert json.loads(sample_event(function, case)["Records"][0]["body"])["scheduleId"] == order.visit.schedule_id


def address(event: dict[str, Any]) -> tuple[str, str]:
    """Return what Chalice finds the event's route by."""
    return event["requestContext"]["httpMethod"], event["requestContext"]["resourcePath"]


def fits(route: Route, event: dict[str, Any]) -> bool:
    """Tell whether the event carries what its route asks for."""
    if route.idempotent and "Idempotency-Key" not in event["headers"]:
        return False
    if route.media_type:
        return bool(event["headers"].get("Content-Type") == route.media_type and event["isBase64Encoded"])
    in_query = route.method in ("GET", "DELETE")
    try:
        checked_query(route.input if in_query else None, event, list_name(route.path, event["pathParameters"] or {}))
        if route.input and not in_query:
            checked_body(route.input, event["body"].encode())
    except Invalid:
        return False
    return True
