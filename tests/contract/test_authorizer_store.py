"""Whether a session lives is told alike in memory and in DynamoDB, for users and for administrators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from guahao.adapters.dynamo.accounts import UserItem
from guahao.adapters.dynamo.administrators import AdministratorAccountItem
from guahao.adapters.dynamo.authorizer import administrator_sessions, user_sessions
from guahao.adapters.dynamo.logins import AdministratorLoginItem, DynamoLogins, UserLoginItem
from guahao.domain.administration.administrators import Administrator, Role
from guahao.domain.people.accounts import User
from guahao.domain.people.sessions import Login
from guahao.ports.people.accounts import Logins
from guahao.ports.people.authorizer import Sessions
from tests.builders import user
from tests.fakes.accounts import FakeLogins
from tests.fakes.authorizer import FakeSessions

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@dataclass
class House:
    """The sessions, and how an account and its logins come to be."""

    sessions: Sessions
    logins: Logins
    keep_account: Callable[[str, bool, datetime | None], None]


def fake() -> House:
    logins, users = FakeLogins(), dict[str, User]()

    def keep_account(owner: str, locked: bool, since: datetime | None) -> None:
        users[owner] = user(owner, locked=locked, sessions_since=since)

    return House(FakeSessions(logins, users.get), logins, keep_account)


def of_users(table: str) -> House:
    def keep_account(owner: str, locked: bool, since: datetime | None) -> None:
        UserItem.from_domain(user(owner, locked=locked, sessions_since=since)).save()

    return House(user_sessions(table), DynamoLogins(UserLoginItem, table), keep_account)


def of_administrators(table: str) -> House:
    def keep_account(owner: str, locked: bool, since: datetime | None) -> None:
        kept = Administrator(owner, Role.AUDITOR, "hash", "sealed", NOW, locked=locked, sessions_since=since)
        AdministratorAccountItem.from_domain(kept).save()

    return House(administrator_sessions(table), DynamoLogins(AdministratorLoginItem, table), keep_account)


@pytest.fixture(params=["fake", "users", "administrators"])
def house(request: pytest.FixtureRequest) -> House:
    if request.param == "fake":
        return fake()
    aws = request.getfixturevalue("aws")
    return of_users(aws["ACCOUNTS_TABLE"]) if request.param == "users" else of_administrators(aws["ADMINISTRATORS_TABLE"])


@pytest.fixture
def owner() -> str:
    return uuid4().hex


def log_in(house: House, owner: str) -> str:
    """Return the id of a token whose login is on record."""
    token_id = uuid4().hex
    house.logins.open(Login(owner, token_id, NOW, "203.0.113.7", NOW + timedelta(hours=2)))
    return token_id


def test_a_session_lives_from_its_login_to_its_end(house: House, owner: str) -> None:
    house.keep_account(owner, False, None)
    token_id = log_in(house, owner)
    assert house.sessions.is_live(owner, token_id)
    house.logins.end(owner, token_id, NOW)
    assert not house.sessions.is_live(owner, token_id)


def test_one_session_ends_and_the_others_live(house: House, owner: str) -> None:
    house.keep_account(owner, False, None)
    token_id, other = log_in(house, owner), log_in(house, owner)
    house.logins.end(owner, token_id, NOW)
    assert house.sessions.is_live(owner, other)


def test_a_session_without_a_record_is_dead(house: House, owner: str) -> None:
    house.keep_account(owner, False, None)
    log_in(house, owner)
    assert not house.sessions.is_live(owner, uuid4().hex)
    assert not house.sessions.is_live(owner, "")


def test_a_session_is_its_owners_alone(house: House, owner: str) -> None:
    other = uuid4().hex
    house.keep_account(owner, False, None)
    house.keep_account(other, False, None)
    assert not house.sessions.is_live(other, log_in(house, owner))


def test_a_session_of_no_account_is_dead(house: House, owner: str) -> None:
    assert not house.sessions.is_live(owner, log_in(house, owner))


def test_a_lock_kills_every_session_of_the_account(house: House, owner: str) -> None:
    house.keep_account(owner, False, None)
    both = [log_in(house, owner), log_in(house, owner)]
    house.keep_account(owner, True, None)
    assert [house.sessions.is_live(owner, token_id) for token_id in both] == [False, False]


@pytest.mark.parametrize(("earlier", "lives"), [(timedelta(microseconds=1), False), (timedelta(0), True), (timedelta(hours=-1), True)])
def test_a_session_from_before_the_accounts_sessions_is_dead(house: House, owner: str, earlier: timedelta, lives: bool) -> None:
    house.keep_account(owner, False, NOW + earlier)
    assert house.sessions.is_live(owner, log_in(house, owner)) is lives


def test_two_kinds_of_sessions_are_told_by_one_process(aws: dict[str, str], owner: str) -> None:
    users, administrators = of_users(aws["ACCOUNTS_TABLE"]), of_administrators(aws["ADMINISTRATORS_TABLE"])
    users.keep_account(owner, False, None)
    administrators.keep_account(owner, False, None)
    token_id = log_in(users, owner)
    assert users.sessions.is_live(owner, token_id)
    assert not administrators.sessions.is_live(owner, token_id)


def test_whether_a_session_lives_is_one_request(aws: dict[str, str], owner: str, count_requests: Callable[[], list[str]]) -> None:
    house = of_users(aws["ACCOUNTS_TABLE"])
    house.keep_account(owner, False, None)
    token_id = log_in(house, owner)
    requests = count_requests()
    assert house.sessions.is_live(owner, token_id)
    assert requests == ["BatchGetItem"]
