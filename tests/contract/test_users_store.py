"""The search for users and the change of one keep their promises, in memory and in DynamoDB."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Protocol
from uuid import uuid4

import pytest

from guahao.adapters.dynamo.accounts import DynamoAccounts, UserItem
from guahao.adapters.dynamo.audit_log import DynamoAuditLog
from guahao.adapters.dynamo.ledgers import read_ledger
from guahao.adapters.dynamo.users import READ_AT_MOST, DynamoUsers
from guahao.domain.administration.audit_log import Action, AuditEntry, ChainHead
from guahao.domain.booking.ledger import Ledger
from guahao.domain.errors import Invalid
from guahao.domain.people.accounts import IdentityState, User
from guahao.domain.people.users import UserFilter, UserStatus, lock, status_of, unlock
from guahao.domain.time import SHANGHAI
from guahao.domain.versions import VersionConflict
from guahao.ports.pages import Page
from guahao.ports.people.accounts import Accounts
from guahao.ports.people.users import UserStore
from tests.builders import NOW
from tests.fakes.accounts import FakeAccounts
from tests.fakes.audit_log import FakeAuditLog
from tests.fakes.users import FakeUsers

pytestmark = pytest.mark.slow

STATES = list(UserStatus)


class Log(Protocol):
    def head(self) -> ChainHead | None: ...


@dataclass
class Store:
    """A store in which a family of users is registered, from a day on that no other test uses."""

    accounts: Accounts
    users: UserStore
    log: Log
    add: Callable[[Sequence[User]], object]
    ledger: Callable[[str], Ledger]
    family: str
    day: date

    def register(self, number: int) -> list[User]:
        """Add so many users of every state in turn, two in each minute, a third of them without a name."""
        begin = datetime.combine(self.day, time(8), SHANGHAI)
        added = [self._user(n, begin + timedelta(minutes=n // 2)) for n in range(number)]
        self.add(added)
        return added

    def _user(self, n: int, at: datetime) -> User:
        state = STATES[n % len(STATES)]
        name = ("", f"{self.family}小{n % 7}", f"{self.family}大")[n % 3]
        locked = state is UserStatus.LOCKED
        identity = IdentityState.APPROVED if locked else IdentityState(state.value)
        return User(uuid4().hex[:26], "sealed", "138****0001", at.astimezone(NOW.tzinfo), name, identity, locked)

    def all(self, wanted: UserFilter, limit: int) -> list[User]:
        """Return what all pages hold together."""
        return [user for page in self.pages(wanted, limit) for user in page.items]

    def pages(self, wanted: UserFilter, limit: int) -> list[Page[User]]:
        found = [self.users.find(wanted, limit, None)]
        while cursor := found[-1].next_cursor:
            assert len(found[-1].items) <= limit
            found.append(self.users.find(wanted, limit, cursor))
        return found


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest) -> Store:
    family, day = f"林{uuid4().hex[:8]}", date(2100, 1, 1) + timedelta(days=uuid4().int % 200_000)
    if request.param == "fake":
        fake, log = FakeAccounts(), FakeAuditLog()
        users = FakeUsers(fake, log)
        return Store(fake, users, log, lambda users: list(map(fake.register, users)), users.ledgers.__getitem__, family, day)
    return dynamo_store(request.getfixturevalue("aws"), family, day)


def dynamo_store(aws: dict[str, str], family: str, day: date) -> Store:
    def add(users: Sequence[User]) -> None:
        with UserItem.batch_write() as batch:
            for user in users:
                batch.save(UserItem.from_domain(user))

    log = DynamoAuditLog(aws["AUDIT_LOG_TABLE"])
    return Store(DynamoAccounts(aws["ACCOUNTS_TABLE"]), DynamoUsers(aws["ACCOUNTS_TABLE"], log), log, add, read_ledger, family, day)


def newest_first(users: Sequence[User]) -> list[User]:
    return sorted(users, key=lambda user: (user.created_at, user.user_id), reverse=True)


def by_name(users: Sequence[User]) -> list[User]:
    return sorted(users, key=lambda user: f"{user.name}#{user.user_id}")


def test_every_combination_of_filters_finds_exactly_those_that_fit(store: Store) -> None:
    days = [store.day + timedelta(days=at) for at in range(3)]
    own = [user for day in days for user in replace(store, day=day).register(15)]
    names = ("", store.family, f"{store.family}小", f"{store.family}#")
    periods = ((None, None), (days[1], None), (None, days[1]), (days[0], days[2]), (days[1], days[2]), (days[1], days[1]))
    for name, status, (first, last) in itertools.product(names, (None, UserStatus.APPROVED, UserStatus.LOCKED), periods):
        if not name and not (first and last):
            continue  # it would find everybody that other tests have registered
        fitting = [
            user
            for user in own
            if user.name.startswith(name)
            and status in (None, status_of(user))
            and (first is None or user.created_at.astimezone(SHANGHAI).date() >= first)
            and (last is None or user.created_at.astimezone(SHANGHAI).date() <= last)
        ]
        wanted = UserFilter(name, status, first, last)
        assert store.all(wanted, 20) == (by_name(fitting) if name else newest_first(fitting)), wanted


@pytest.mark.parametrize("limit", [9, 100])
def test_pages_give_each_of_250_users_once_newest_first(store: Store, limit: int) -> None:
    own = store.register(250)
    pages = store.pages(UserFilter(first=store.day, last=store.day), limit)
    assert [user for page in pages for user in page.items] == newest_first(own)
    assert {len(page.items) for page in pages[:-1]} == {limit}
    assert pages[-1].items


def test_pages_of_a_name_give_each_once_in_the_order_of_names(store: Store) -> None:
    own = store.register(90)
    pages = store.pages(UserFilter(store.family), 7)
    assert [user for page in pages for user in page.items] == by_name([user for user in own if user.name])
    assert {len(page.items) for page in pages[:-1]} == {7}


def test_the_newest_of_all_come_first_when_nothing_is_asked_for(store: Store) -> None:
    last = replace(store, day=date(2999, 1, 1)).register(12)
    first_page = store.users.find(UserFilter(), 7, None)
    assert first_page.items == newest_first(last)[:7]
    assert store.users.find(UserFilter(), 5, first_page.next_cursor).items == newest_first(last)[7:]


def test_an_open_period_has_no_other_end(store: Store) -> None:
    own = store.register(6)
    since = store.users.find(UserFilter(last=store.day), 6, None).items
    assert since == newest_first(own)
    assert set(store.all(UserFilter(first=store.day), 100)) >= set(own)


def test_a_user_without_a_name_is_found_by_state_only(store: Store) -> None:
    nameless = [user for user in store.register(9) if not user.name]
    assert not set(store.all(UserFilter(store.family), 20)) & set(nameless)
    assert set(store.all(UserFilter(first=store.day, last=store.day), 20)) > set(nameless)


@pytest.mark.parametrize("cursor", ["%%", "!", "Zm9v", "MjEwMC0wMS0wMVQwMDowMDowMCswMDowMCM=", "é", "\x00"])
def test_a_cursor_that_is_not_ours_is_refused(store: Store, cursor: str) -> None:
    for wanted in (UserFilter(store.family), UserFilter(), UserFilter(status=UserStatus.LOCKED)):
        with pytest.raises(Invalid) as refusal:
            store.users.find(wanted, 20, cursor)
        assert [fault["field"] for fault in refusal.value.errors] == ["cursor"]


def test_a_cursor_of_another_search_is_refused(store: Store) -> None:
    store.register(30)
    name, day = UserFilter(store.family), UserFilter(first=store.day)
    for one, other in ((name, day), (day, name), (name, UserFilter("王"))):
        cursor = store.users.find(one, 2, None).next_cursor
        assert cursor
        with pytest.raises(Invalid):
            store.users.find(other, 2, cursor)


def test_a_search_goes_on_where_it_stopped_with_other_days_or_state(store: Store) -> None:
    own = store.register(30)
    cursor = store.users.find(UserFilter(first=store.day, last=store.day), 10, None).next_cursor
    narrower = UserFilter(status=UserStatus.LOCKED, first=store.day, last=store.day + timedelta(days=1))
    rest = [user for user in newest_first(own)[10:] if user.locked]
    assert store.users.find(narrower, 20, cursor) == Page(rest, None)


def test_a_moved_user_has_its_entry_in_the_log_and_its_place_in_the_search(store: Store) -> None:
    user = store.register(1)[0]
    locked, entry = lock(user, "被盗用"), AuditEntry("auditor", Action.USER_LOCKED, user.user_id, "被盗用")
    before = store.log.head()
    store.users.move(user, locked, entry, NOW)
    assert store.accounts.get(user.user_id) == locked
    assert store.log.head() != before
    assert store.all(UserFilter(status=UserStatus.LOCKED, first=store.day, last=store.day), 20) == [locked]
    assert store.all(UserFilter(status=UserStatus.NONE, first=store.day, last=store.day), 20) == []
    opened = unlock(locked, NOW)
    store.users.move(locked, opened, entry, NOW)
    assert store.accounts.get(user.user_id) == opened


def test_a_move_over_an_older_version_writes_neither_user_nor_entry(store: Store) -> None:
    user = store.register(1)[0]
    locked, entry = lock(user, "被盗用"), AuditEntry("auditor", Action.USER_LOCKED, user.user_id)
    store.users.move(user, locked, entry, NOW)
    before = store.log.head()
    with pytest.raises(VersionConflict):
        store.users.move(user, replace(locked, lock_reason="别的原因"), entry, NOW)
    assert (store.accounts.get(user.user_id), store.log.head()) == (locked, before)


def test_a_ledger_has_its_entry_in_the_log_or_is_not_written(store: Store) -> None:
    person, entry = uuid4().hex, AuditEntry("auditor", Action.PATIENT_BAN_LIFTED, "u1/p1", "医院误报")
    ledger = Ledger(person, {"u1": "p1"})
    before = store.log.head()
    store.users.put_ledger(ledger, entry, NOW)
    assert store.ledger(person) == replace(ledger, version=store.ledger(person).version)
    noted = store.log.head()
    assert noted != before
    with pytest.raises(VersionConflict):
        store.users.put_ledger(replace(ledger, patients={}), entry, NOW)
    assert (store.ledger(person).patients, store.log.head()) == ({"u1": "p1"}, noted)


def test_of_many_at_once_one_moves_the_user_and_one_entry_tells_it(aws: dict[str, str]) -> None:
    store = dynamo_store(aws, f"林{uuid4().hex[:8]}", NOW.date())
    user = store.register(1)[0]

    def move(n: int) -> bool:
        entry = AuditEntry(f"{store.family}{n}", Action.USER_LOCKED, user.user_id)
        try:
            store.users.move(user, lock(user, str(n)), entry, NOW)
        except VersionConflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(move, range(8)))
    stored = store.accounts.get(user.user_id)
    assert stored
    assert [str(n) for n, mine in enumerate(won) if mine] == [stored.lock_reason]
    entries = [sealed.entry for sealed in DynamoAuditLog(aws["AUDIT_LOG_TABLE"]).all() if sealed.entry.subject == user.user_id]
    assert [entry.actor for entry in entries] == [f"{store.family}{stored.lock_reason}"]


def test_a_page_is_one_query_of_each_state(aws: dict[str, str], count_requests: Callable[[], list[str]]) -> None:
    store = dynamo_store(aws, f"林{uuid4().hex[:8]}", date(2500, 1, 1))
    store.register(60)
    requests = count_requests()
    assert len(store.users.find(UserFilter(), 5, None).items) == 5
    assert requests == ["Query"] * len(STATES)
    store.users.find(UserFilter(status=UserStatus.NONE, first=store.day), 5, None)
    store.users.find(UserFilter(store.family), 5, None)
    assert requests == ["Query"] * (len(STATES) + 2)


def test_a_page_of_a_name_reads_a_bounded_number_of_users_who_do_not_fit(
    aws: dict[str, str], count_requests: Callable[[], list[str]]
) -> None:
    store = dynamo_store(aws, f"林{uuid4().hex[:8]}", NOW.date())
    own = [replace(user, name=f"{store.family}{n:04}") for n, user in enumerate(store.register(2 * READ_AT_MOST + 5))]
    own[-1] = replace(own[-1], created_at=NOW + timedelta(days=1))
    store.add(own)
    wanted = UserFilter(store.family, first=store.day + timedelta(days=1))
    requests = count_requests()
    pages = store.pages(wanted, 20)
    assert [page.items for page in pages] == [[], [], [own[-1]]]
    assert requests == ["Query"] * 3
