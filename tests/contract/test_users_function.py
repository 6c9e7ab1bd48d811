"""Administrators find, look at and lock users, on real servers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from infra.functions import load_handler

from guahao.adapters.aws.vault import KmsVault
from guahao.adapters.dynamo.accounts import DynamoAccounts
from guahao.adapters.dynamo.audit_log import DynamoAuditLog
from guahao.adapters.dynamo.identities import DynamoIdentities
from guahao.adapters.dynamo.logins import DynamoLogins, UserLoginItem
from guahao.adapters.dynamo.patient_item import PatientItem
from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.people.accounts import IdentityState, User
from guahao.domain.people.certificates import Certificate, CertificateType
from guahao.domain.people.identity import Identity
from guahao.domain.people.sessions import Login
from guahao.domain.versions import VersionConflict
from guahao.runtime.correlation import trace
from guahao.usecases.people.login import new_user
from tests import builders
from tests.functions import forget_use_cases, sample_event

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def environment(aws: dict[str, str]) -> Iterator[None]:
    """Build the service anew on the servers."""
    forget_use_cases()
    yield
    forget_use_cases()


@pytest.fixture
def accounts(aws: dict[str, str]) -> DynamoAccounts:
    return DynamoAccounts(aws["ACCOUNTS_TABLE"])


@pytest.fixture
def phone() -> str:
    return f"138{uuid4().int % 10**8:08}"


@pytest.fixture
def user(aws: dict[str, str], accounts: DynamoAccounts, phone: str) -> User:
    """A verified user whose phone nobody else has."""
    newcomer = new_user(KmsVault(aws["VAULT_KEY"], aws["FINGERPRINT_KEY"]), phone, NOW)
    return accounts.register(replace(newcomer, name="林一", identity_state=IdentityState.APPROVED))


def call(case: str, user_id: str = "", **changes: Any) -> tuple[int, dict[str, Any]]:
    """Return status and body of a sample event, about the user."""
    event = {**sample_event("users", case), **changes}
    if user_id:
        event["pathParameters"] = {**(event["pathParameters"] or {}), "userId": user_id}
    answer = load_handler("users")(event, None)
    return answer["statusCode"], json.loads(answer["body"])


def entries(aws: dict[str, str], user_id: str) -> list[AuditEntry]:
    return [entry.entry for entry in DynamoAuditLog(aws["AUDIT_LOG_TABLE"]).all() if entry.entry.subject == user_id]


def row(user: User) -> dict[str, Any]:
    """Return what answers show of a verified user."""
    shown = {"userId": user.user_id, "phone": user.masked_phone, "name": "林一", "identityState": "approved"}
    return {**shown, "locked": False, "lockReason": "", "registeredAt": "2026-03-02T09:00:00+08:00"}


def test_a_user_is_found_by_phone_and_shown_masked(user: User, phone: str) -> None:
    assert call("find_by_phone", queryStringParameters={"q": phone}) == (200, {"items": [row(user)], "nextCursor": None})
    assert phone not in json.dumps(row(user))


def test_a_user_is_found_by_name_state_and_day(user: User) -> None:
    query = {"q": "林一", "status": "approved", "from": "2026-03-02", "to": "", "limit": "100"}
    assert row(user) in call("find_by_name_state_and_day", queryStringParameters=query)[1]["items"]
    assert row(user) not in call("find_by_name_state_and_day", queryStringParameters={**query, "from": "2026-03-03"})[1]["items"]


def test_a_user_is_shown_with_masked_patients_and_logins_and_the_look_is_logged(aws: dict[str, str], user: User) -> None:
    PatientItem.from_domain(builders.patient(user_id=user.user_id)).save()
    logins = DynamoLogins(UserLoginItem, aws["ACCOUNTS_TABLE"])
    logins.open(Login(user.user_id, "1", NOW, "203.0.113.7", NOW))
    logins.end(user.user_id, "1", NOW)
    logins.open(Login(user.user_id, "2", NOW, "203.0.113.8", NOW))
    status, shown = call("look", user.user_id)
    assert (status, shown["user"]) == (200, row(user))
    (patient,) = shown["patients"]
    assert (patient["patientId"], patient["certificateNumber"], patient["phone"]) == ("p1", "110***********0000", "138****0001")
    moment = "2026-03-02T09:00:00+08:00"
    assert shown["logins"] == [
        {"at": moment, "address": "203.0.113.8", "expiresAt": moment, "endedAt": None},
        {"at": moment, "address": "203.0.113.7", "expiresAt": moment, "endedAt": moment},
    ]
    assert entries(aws, user.user_id) == [AuditEntry("auditor", Action.USER_VIEWED, user.user_id)]


def test_a_lock_and_an_unlock_answer_with_the_user_and_are_logged(aws: dict[str, str], accounts: DynamoAccounts, user: User) -> None:
    assert call("lock", user.user_id) == (200, {**row(user), "locked": True, "lockReason": "报告称账号被盗用"})
    locked = accounts.get(user.user_id)
    assert locked
    assert (locked.locked, locked.identity_state) == (True, IdentityState.APPROVED)
    status, problem = call("lock", user.user_id)
    assert (status, problem["type"], problem["rule"]) == (409, "urn:guahao:problem:lock-state", "accountOpen")
    assert call("unlock", user.user_id) == (200, row(user))
    assert call("unlock", user.user_id)[0] == 409
    assert [(entry.action, entry.reason) for entry in entries(aws, user.user_id)] == [
        (Action.USER_LOCKED, "报告称账号被盗用"),
        (Action.USER_UNLOCKED, "已与本人核实"),
    ]


@pytest.mark.parametrize(
    ("case", "status", "fields"),
    [
        ("bad_status", 400, ["status"]),
        ("bad_day", 400, ["from"]),
        ("bad_lock_without_reason", 400, ["reason"]),
        ("find_with_foreign_cursor", 400, ["cursor"]),
        ("find_with_days_in_wrong_order", 400, ["from"]),
        ("look", 404, []),
        ("look_without_token", 401, []),
        ("lock", 404, []),
        ("unlock", 404, []),
        ("bad_lift_ban_without_reason", 400, ["reason"]),
        ("lift_ban", 404, []),
    ],
)
def test_a_bad_request_has_its_own_problem(aws: dict[str, str], case: str, status: int, fields: list[str]) -> None:
    nobody = uuid4().hex
    answered, problem = call(case, nobody)
    assert (answered, problem["status"]) == (status, status)
    assert [fault["field"] for fault in problem.get("errors", [])] == fields
    assert entries(aws, nobody) == []


@pytest.mark.parametrize("round", range(5))
def test_a_lock_and_an_identity_decision_at_once_both_survive(aws: dict[str, str], accounts: DynamoAccounts, round: int) -> None:
    user = accounts.register(builders.user(uuid4().hex[:26], name="", identity_state=IdentityState.NONE))
    identities = DynamoIdentities(aws["IDENTITIES_TABLE"], aws["ACCOUNTS_TABLE"], lambda: DynamoAuditLog(aws["AUDIT_LOG_TABLE"]), trace)
    certificate = Certificate(CertificateType.ID_CARD, "sealed", uuid4().hex, "110***********0000")
    identity = Identity(user.user_id, uuid4().hex, "林一", certificate, "photos/x", NOW)
    identities.submit(None, identity)

    def decide() -> None:
        entry = AuditEntry("auditor", Action.IDENTITY_APPROVED, user.user_id)
        while True:
            try:
                identities.decide(identity, identity.decide(True, "", "auditor", NOW), entry)
            except VersionConflict:  # the lock was faster
                continue
            return

    handler, event = load_handler("users"), {**sample_event("users", "lock"), "pathParameters": {"userId": user.user_id}}
    with ThreadPoolExecutor(2) as pool:
        decision = pool.submit(decide)
        assert pool.submit(handler, event, None).result()["statusCode"] == 200
        decision.result()
    stored, decided = accounts.get(user.user_id), identities.get(user.user_id)
    assert stored
    assert decided
    assert (stored.locked, stored.name, stored.identity_state) == (True, "林一", IdentityState.APPROVED)
    assert decided.state is IdentityState.APPROVED
    assert {entry.action for entry in entries(aws, user.user_id)} == {Action.IDENTITY_APPROVED, Action.USER_LOCKED}
