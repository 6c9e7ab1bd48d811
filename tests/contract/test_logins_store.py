"""The records of logins keep their promises for users and for administrators, in memory and in DynamoDB."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from guahao.adapters.dynamo.logins import AdministratorLoginItem, DynamoLogins, UserLoginItem, login_key
from guahao.domain.people.sessions import Login
from guahao.ports.people.accounts import Logins
from tests.fakes.accounts import FakeLogins

NOW = datetime(2026, 3, 2, 1, 0, 0, 123456, UTC)


def users_logins(aws: dict[str, str]) -> DynamoLogins:
    return DynamoLogins(UserLoginItem, aws["ACCOUNTS_TABLE"])


def administrators_logins(aws: dict[str, str]) -> DynamoLogins:
    return DynamoLogins(AdministratorLoginItem, aws["ADMINISTRATORS_TABLE"])


@pytest.fixture(params=["fake", "users", "administrators"])
def logins(request: pytest.FixtureRequest) -> Logins:
    if request.param == "fake":
        return FakeLogins()
    build = users_logins if request.param == "users" else administrators_logins
    return build(request.getfixturevalue("aws"))


@pytest.fixture
def login() -> Login:
    return login_of(uuid4().hex, NOW)


def login_of(owner: str, at: datetime) -> Login:
    token_id = f"{int(at.timestamp() * 1000):012x}{uuid4().hex}"
    return Login(owner, token_id, at, "203.0.113.7", at + timedelta(hours=2))


def test_a_record_is_read_back_whole(logins: Logins, login: Login) -> None:
    logins.open(login)
    assert logins.latest(login.owner, 20) == [login]


def test_a_record_belongs_to_its_owner_alone(logins: Logins, login: Login) -> None:
    logins.open(login)
    assert logins.latest(uuid4().hex, 20) == []
    logins.end(uuid4().hex, login.token_id, NOW)
    assert logins.latest(login.owner, 20) == [login]


def test_every_login_keeps_its_own_record_and_the_newest_comes_first(logins: Logins, login: Login) -> None:
    later = [login_of(login.owner, NOW + timedelta(minutes=minute)) for minute in (1, 2, 3)]
    for each in (later[1], login, later[2], later[0]):
        logins.open(each)
    assert logins.latest(login.owner, 20) == [*reversed(later), login]
    assert logins.latest(login.owner, 2) == [later[2], later[1]]


def test_an_ended_session_stays_ended_at_its_first_end(logins: Logins, login: Login) -> None:
    logins.open(login)
    ended = replace(login, ended_at=NOW + timedelta(minutes=5))
    for minutes in (5, 6):
        logins.end(login.owner, login.token_id, NOW + timedelta(minutes=minutes))
        assert logins.latest(login.owner, 20) == [ended]
    logins.open(login)
    assert logins.latest(login.owner, 20) == [ended]


def test_ending_what_was_never_opened_leaves_no_record(logins: Logins, login: Login) -> None:
    logins.end(login.owner, login.token_id, NOW)
    assert logins.latest(login.owner, 20) == []


def test_one_session_ends_and_the_others_live(logins: Logins, login: Login) -> None:
    other = login_of(login.owner, NOW + timedelta(minutes=1))
    logins.open(login)
    logins.open(other)
    logins.end(login.owner, login.token_id, NOW + timedelta(minutes=2))
    assert [found.ended_at is None for found in logins.latest(login.owner, 20)] == [True, False]


def test_ends_at_once_agree_on_one_moment(logins: Logins, login: Login) -> None:
    logins.open(login)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda second: logins.end(login.owner, login.token_id, NOW + timedelta(seconds=second)), range(1, 9)))
    first = logins.latest(login.owner, 20)
    logins.end(login.owner, login.token_id, NOW + timedelta(hours=1))
    assert logins.latest(login.owner, 20) == first
    assert first[0].ended_at


def test_a_record_goes_a_year_after_the_login(aws: dict[str, str], login: Login) -> None:
    users_logins(aws).open(login)
    kept = UserLoginItem.get(login.owner, login_key(login.token_id), consistent_read=True)
    assert kept.expires == (NOW + timedelta(days=365)).replace(microsecond=0)


def test_users_and_administrators_do_not_share_records(aws: dict[str, str], login: Login) -> None:
    users_logins(aws).open(login)
    assert administrators_logins(aws).latest(login.owner, 20) == []


def test_the_latest_are_one_request(aws: dict[str, str], login: Login, count_requests: Callable[[], list[str]]) -> None:
    logins = users_logins(aws)
    for minute in range(3):
        logins.open(login_of(login.owner, NOW + timedelta(minutes=minute)))
    requests = count_requests()
    assert len(logins.latest(login.owner, 2)) == 2
    assert requests == ["Query"]
