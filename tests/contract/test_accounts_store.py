"""The store of users keeps its promises, in memory and in DynamoDB."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from guahao.adapters.dynamo.account_item import AccountItem
from guahao.adapters.dynamo.accounts import DynamoAccounts, UserItem
from guahao.adapters.dynamo.base import connection
from guahao.domain.people.accounts import IdentityState, Language, User
from guahao.domain.versions import VersionConflict
from guahao.ports.people.accounts import Accounts
from tests.fakes.accounts import FakeAccounts

NOW = datetime(2026, 3, 2, 1, 0, 0, 123456, UTC)


@pytest.fixture(params=["fake", "dynamo"])
def accounts(request: pytest.FixtureRequest) -> Accounts:
    if request.param == "fake":
        return FakeAccounts()
    return DynamoAccounts(request.getfixturevalue("aws")["ACCOUNTS_TABLE"])


@pytest.fixture
def user() -> User:
    return User(uuid4().hex[:26], "sealed", "138****0001", NOW, "王小明", IdentityState.UNDER_REVIEW, True, "借号", NOW + timedelta(1))


def test_an_unknown_user_is_none(accounts: Accounts) -> None:
    assert accounts.get(uuid4().hex) is None


def test_a_registered_user_is_read_back_whole(accounts: Accounts, user: User) -> None:
    assert accounts.register(user) == user
    assert accounts.get(user.user_id) == user


def test_the_first_registration_stays(accounts: Accounts, user: User) -> None:
    accounts.register(user)
    assert accounts.register(replace(user, name="", created_at=NOW + timedelta(1))) == user
    assert accounts.get(user.user_id) == user


def test_a_change_is_written_over_the_user_that_was_read_alone(accounts: Accounts, user: User) -> None:
    accounts.register(user)
    changed = user.with_language(Language.ENGLISH)
    accounts.change(user, changed)
    assert accounts.get(user.user_id) == changed
    with pytest.raises(VersionConflict):
        accounts.change(user, replace(user, name="", version=user.version + 1))
    assert accounts.get(user.user_id) == changed


def test_nobody_is_changed_who_is_not_there(accounts: Accounts, user: User) -> None:
    with pytest.raises(VersionConflict):
        accounts.change(user, user.with_language(Language.ENGLISH))
    assert accounts.get(user.user_id) is None


def test_registrations_at_once_agree_on_one_user(accounts: Accounts, user: User) -> None:
    attempts = [replace(user, name=str(n)) for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(accounts.register, attempts))
    assert answers == {accounts.get(user.user_id)}


def test_a_user_without_a_name_is_in_no_list_of_names(aws: dict[str, str], user: User) -> None:
    DynamoAccounts(aws["ACCOUNTS_TABLE"]).register(user)
    assert user.user_id in [found.owner for found in UserItem.by_name.query("王")]
    UserItem.from_domain(replace(user, name="")).save()
    assert user.user_id not in [found.owner for found in UserItem.by_name.query("王")]


def test_all_items_share_one_client(aws: dict[str, str], user: User) -> None:
    DynamoAccounts(aws["ACCOUNTS_TABLE"]).register(user)
    assert UserItem._get_connection().connection is AccountItem._get_connection().connection is connection()


def test_a_get_is_one_request(aws: dict[str, str], user: User, count_requests: Callable[[], list[str]]) -> None:
    accounts = DynamoAccounts(aws["ACCOUNTS_TABLE"])
    accounts.register(user)
    requests = count_requests()
    accounts.get(user.user_id)
    assert requests == ["GetItem"]
