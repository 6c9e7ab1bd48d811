"""Operators set up, lock and end hospitals and put them online, on real servers, and hospitals' systems feel it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from logging import StreamHandler
from typing import Any
from uuid import uuid4

import boto3
import pytest
from infra.functions import load_handler

from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.audit_log import DynamoAuditLog
from guahao.adapters.dynamo.hospital_access import HospitalSettingItem
from guahao.bootstrap.catalog.catalog import hospitals
from guahao.bootstrap.hospitals.partners import partner_schedules
from guahao.domain.catalog.schedules import schedule_id_of
from guahao.domain.time import shanghai_date
from guahao.ports.booking.number_pool import Outcome
from guahao.runtime.logging import JsonFormatter, get_logger
from guahao.usecases.booking.bookable import bookable_schedules
from guahao.usecases.hospitals.hospital_settings import BOOKINGS_END_AFTER
from tests.functions import forget_use_cases, sample_event
from tests.partners import Partner

FUNCTIONS = ("hospital_settings", "hospital_access", "hospitals_admin", "hospital_schedules_admin")
OWN_ID = "20260305-0101-1"


@pytest.fixture(autouse=True)
def environment(
    redis_secret: str, mongodb_secret: str, suspensions_queue: str, audit_log_table: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Point the functions at the servers, their use cases built anew."""
    variables = {"REDIS_SECRET": redis_secret, "MONGODB_SECRET": mongodb_secret, "SUSPENSIONS_QUEUE": suspensions_queue}
    variables["SUBSTITUTIONS_QUEUE"] = suspensions_queue
    for name, value in {**variables, "AUDIT_LOG_TABLE": audit_log_table, "HOSPITAL_ADDRESSES": "public"}.items():
        monkeypatch.setenv(name, value)
    _forget()
    yield
    _forget()


def _forget() -> None:
    forget_use_cases()


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Give what the functions write to their logs."""
    lines, loggers = StringIO(), [get_logger(function) for function in (*FUNCTIONS, "partner_hospital")]
    handler = StreamHandler(lines)
    handler.setFormatter(JsonFormatter())
    for logger in loggers:
        logger.addHandler(handler)
    yield lines
    for logger in loggers:
        logger.removeHandler(handler)


def call(function: str, case: str, code: str = "", body: dict[str, Any] | None = None, **query: str) -> tuple[int, Any, dict[str, str]]:
    """Return status, body and headers of a sample event, about the hospital."""
    event = sample_event(function, case)
    if code and event["pathParameters"]:
        event["pathParameters"] = {"hospitalCode": code}
    if body is not None:
        event["body"] = json.dumps({**json.loads(event["body"]), **body})
    if query:
        event["queryStringParameters"] = query
    answer = load_handler(function)(event, None)
    return answer["statusCode"], json.loads(answer["body"] or "null"), answer["headers"]


def set_up(code: str = "") -> Partner:
    """Have an operator make a setting and return the hospital's system, which was told the key."""
    code = code or uuid4().hex[:8]
    status, made, headers = call("hospital_settings", "create", body={"hospitalCode": code})
    assert (status, headers["Location"]) == (201, f"/api/admin/hospital-settings/{code}")
    return Partner(code, made["key"])


def published() -> Partner:
    """Return the system of a new hospital that published a schedule and was put online."""
    partner = set_up()
    partner.publishes_all()
    day = (shanghai_date(utc_now()) + timedelta(days=2)).isoformat()
    told = json.loads(sample_event("partner_schedules", "publish")["body"])["items"][0]
    [outcome] = partner.publishes_schedules({**told, "hospitalScheduleId": OWN_ID, "date": day, "total": 2})
    assert outcome["result"] == "created"
    assert call("hospitals_admin", "put_online", partner.code)[:2] == (200, call("hospitals_admin", "hospital", partner.code)[1])
    return partner


def build_pool(code: str) -> str:
    """Build the pool of the hospital's schedule as a booking does and return the schedule's id."""
    service, schedule_id = partner_schedules(), schedule_id_of(code, OWN_ID)
    [epoch] = service.pool.epochs([schedule_id])
    service.pool.build(bookable_schedules(service.catalog, [schedule_id])[schedule_id], service.numbers.of(schedule_id), epoch)
    return schedule_id


def take(schedule_id: str) -> Outcome:
    return partner_schedules().pool.take(schedule_id, uuid4().hex, utc_now()).outcome


def entries(table: str) -> list[str]:
    return [str(entry.entry.action) for entry in DynamoAuditLog(table).all()]


def test_a_new_hospital_is_set_up_publishes_itself_and_goes_online() -> None:
    partner = set_up()
    assert call("hospitals_admin", "put_online", partner.code)[1]["rule"] == "hospitalPublished"
    partner.publishes_all()
    status, entry, _ = call("hospitals_admin", "hospital", partner.code)
    assert (status, entry["online"], entry["locked"]) == (200, False, False)
    listed = call("hospitals_admin", "search_offline", state="offline", limit="100")[1]["items"]
    assert entry in listed
    assert call("hospitals_admin", "put_online", partner.code)[:2] == (200, {**entry, "online": True})
    assert hospitals().get(partner.code).online
    assert call("hospitals_admin", "put_offline", partner.code)[:2] == (200, entry)
    [group] = call("hospitals_admin", "departments", partner.code)[1]["items"]
    assert group["departments"]


def test_a_setting_is_found_read_and_changed_without_its_key() -> None:
    partner, name = set_up(), f"医院{uuid4().hex}"
    status, changed, _ = call("hospital_settings", "change", partner.code, {"name": name, "contactPhone": "13800000001"})
    assert (status, changed["name"], changed["contactPhone"]) == (200, name, "138****0001")
    assert call("hospital_settings", "read", partner.code)[:2] == (200, changed)
    for text in (name[3:20], partner.code):
        assert call("hospital_settings", "find", q=text)[:2] == (200, {"items": [changed], "nextCursor": None})
    assert call("hospital_settings", "change_without_phone", partner.code)[1]["contactPhone"] == "138****0001"
    assert call("hospital_settings", "create", body={"hospitalCode": partner.code})[1]["rule"] == "hospitalCodeFree"


def test_a_key_is_shown_once_and_nowhere_else(aws: dict[str, str], audit_log_table: str, log: StringIO) -> None:
    partner = set_up()
    status, rotated, _ = call("hospital_access", "rotate_key", partner.code)
    assert (status, rotated["key"] == partner.key) == (200, False)
    shown = [call("hospital_settings", case, partner.code) for case in ("read", "change", "find")]
    shown += [call("hospital_access", case, partner.code) for case in ("lock", "unlock")]
    tables = (aws["HOSPITAL_SETTINGS_TABLE"], audit_log_table)
    stored = [boto3.client("dynamodb").scan(TableName=table)["Items"] for table in tables]
    partner.call("partner_hospital", "publish")
    for key in (partner.key, rotated["key"]):
        assert len(bytes.fromhex(key)) == 32
        for text in (json.dumps(shown), json.dumps(stored, default=str), log.getvalue()):
            assert key not in text
    assert "69156114" not in json.dumps([shown, stored], default=str) + log.getvalue()
    assert partner.code in json.dumps(stored, default=str)
    assert "hospital-settings" in log.getvalue()


def test_after_a_rotation_both_keys_are_good_for_the_overlap_and_then_the_new_one() -> None:
    old = set_up()
    status, rotated, _ = call("hospital_access", "rotate_key_in_a_day", old.code)
    assert (status, rotated["previousKeyUntil"][:10]) == (200, shanghai_date(utc_now() + timedelta(days=1)).isoformat())
    new = Partner(old.code, rotated["key"])
    assert [partner.call("partner_hospital", "publish")[0] for partner in (old, new)] == [200, 200]
    last = Partner(old.code, call("hospital_access", "rotate_key", old.code, {"overlapHours": 0})[1]["key"])
    assert [partner.call("partner_hospital", "publish")[0] for partner in (old, new, last)] == [401, 401, 200]


def test_a_locked_hospital_is_refused_by_the_gateway_and_booked_no_more_at_once(audit_log_table: str) -> None:
    partner = published()
    schedule_id = build_pool(partner.code)
    assert take(schedule_id) is Outcome.TAKEN
    for _ in range(2):
        status, locked, _ = call("hospital_access", "lock", partner.code)
        assert (status, locked["locked"], locked["lockReason"]) == (200, True, "合同到期")
    assert partner.call("partner_hospital", "publish")[0] == 403
    assert take(schedule_id) is Outcome.UNBUILT
    assert take(build_pool(partner.code)) is Outcome.SHUT
    assert call("hospitals_admin", "put_online", partner.code)[1]["rule"] == "hospitalUnlocked"
    assert call("hospital_access", "unlock", partner.code)[0] == 200
    assert partner.call("partner_hospital", "publish")[0] == 200
    assert take(build_pool(partner.code)) is Outcome.TAKEN
    assert entries(audit_log_table) == ["hospital.created", "hospital.online", "hospital.locked", "hospital.unlocked"]


def test_an_offline_hospital_is_not_booked_from_a_pool_that_was_built_before() -> None:
    partner = published()
    schedule_id = build_pool(partner.code)
    assert call("hospitals_admin", "put_offline", partner.code)[0] == 200
    assert take(schedule_id) is Outcome.UNBUILT
    assert take(build_pool(partner.code)) is Outcome.SHUT
    day = (shanghai_date(utc_now()) + timedelta(days=2)).isoformat()
    status, page, _ = call("hospital_schedules_admin", "schedules", partner.code, date=day)
    assert (status, [(s["hospitalScheduleId"], s["total"]) for s in page["items"]]) == (200, [(OWN_ID, 2)])


def test_a_removed_hospital_is_gone(audit_log_table: str) -> None:
    partner = published()
    assert call("hospital_settings", "remove", partner.code)[1]["rule"] == "hospitalLocked"
    call("hospital_access", "lock", partner.code)
    assert call("hospital_settings", "remove", partner.code)[1]["rule"] == "bookingsSettled"
    earlier = HospitalSettingItem.locked_at.set(utc_now() - BOOKINGS_END_AFTER)
    HospitalSettingItem(partner.code).update(actions=[earlier])
    assert call("hospital_settings", "remove", partner.code)[:2] == (204, None)
    assert call("hospital_settings", "remove", partner.code)[0] == call("hospital_settings", "read", partner.code)[0] == 404
    assert call("hospital_settings", "find", q=partner.code)[1]["items"] == []
    assert partner.call("partner_hospital", "publish")[0] == 401
    entry = call("hospitals_admin", "hospital", partner.code)[1]
    assert (entry["online"], entry["locked"]) == (False, True)
    assert call("hospitals_admin", "put_online", partner.code)[0] == 409
    assert entries(audit_log_table)[-1] == "hospital.removed"


@pytest.mark.parametrize(
    ("function", "case", "status", "fields"),
    [
        ("hospital_settings", "bad_limit", 400, ["limit"]),
        ("hospital_settings", "bad_code", 400, ["hospitalCode"]),
        ("hospital_settings", "bad_phone", 400, ["contactPhone"]),
        ("hospital_settings", "bad_key", 400, ["key"]),
        ("hospital_settings", "create_inside_the_cloud", 400, ["apiUrl"]),
        ("hospital_settings", "find_without_token", 401, []),
        ("hospital_access", "bad_lock_without_reason", 400, ["reason"]),
        ("hospital_access", "bad_overlap", 400, ["overlapHours"]),
        ("hospital_access", "lock_without_token", 401, []),
        ("hospitals_admin", "bad_state", 400, ["state"]),
        ("hospitals_admin", "search_without_token", 401, []),
        ("hospital_schedules_admin", "bad_date", 400, ["date"]),
        ("hospital_schedules_admin", "bad_no_date", 400, ["date"]),
        ("hospital_schedules_admin", "schedules_without_token", 401, []),
    ],
)
def test_a_bad_request_has_its_own_problem(function: str, case: str, status: int, fields: list[str]) -> None:
    answered, problem, headers = call(function, case)
    assert (answered, problem["status"], headers["Content-Type"]) == (status, status, "application/problem+json")
    assert [fault["field"] for fault in problem.get("errors", [])] == fields


def test_a_hospital_that_nobody_knows_is_not_found() -> None:
    acts: list[Callable[[str], int]] = [
        *(lambda code, case=case: call("hospital_settings", case, code)[0] for case in ("read", "change", "remove")),  # type: ignore[misc]
        *(lambda code, case=case: call("hospital_access", case, code)[0] for case in ("lock", "unlock", "rotate_key")),  # type: ignore[misc]
        *(
            lambda code, case=case: call("hospitals_admin", case, code)[0]  # type: ignore[misc]
            for case in ("hospital", "departments", "put_online", "put_offline")
        ),
        lambda code: call("hospital_schedules_admin", "schedules", code)[0],
    ]
    assert {act(uuid4().hex[:8]) for act in acts} == {404}


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("role", ["auditor", "user"])
def test_only_operators_and_owners_reach_hospitals(function: str, role: str) -> None:
    case = {"hospital_settings": "find", "hospital_access": "lock", "hospitals_admin": "search", "hospital_schedules_admin": "schedules"}
    event = sample_event(function, case[function])
    event["requestContext"]["authorizer"]["role"] = role
    assert load_handler(function)(event, None)["statusCode"] == 403
