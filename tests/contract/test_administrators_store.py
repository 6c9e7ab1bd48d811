"""The store of administrators keeps its promises, in memory and in DynamoDB, and writes nothing that the audit log does not know."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Protocol
from uuid import uuid4

import pytest

from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.administrator_item import ADMINISTRATOR
from guahao.adapters.dynamo.administrators import AdministratorAccountItem, DynamoAdministrators
from guahao.adapters.dynamo.audit_log import DynamoAuditLog
from guahao.adapters.dynamo.logins import AdministratorLoginItem, DynamoLogins
from guahao.domain.administration.administrators import COMMAND, Administrator, LockoutPolicy, Role
from guahao.domain.administration.audit_log import Action, AuditEntry, SealedEntry
from guahao.domain.errors import TooMany
from guahao.domain.people.sessions import Login
from guahao.domain.versions import VersionConflict
from guahao.ports.administration.administrators import Administrators
from guahao.ports.pages import Page
from guahao.ports.people.accounts import Logins
from tests.fakes.accounts import FakeLogins
from tests.fakes.administrators import FakeAdministrators
from tests.fakes.audit_log import FakeAuditLog

NOW = datetime(2026, 3, 2, 1, 0, 0, 123456, UTC)
POLICY = LockoutPolicy()
ADDRESS = "203.0.113.7"


class Log(Protocol):
    def find(self, actor: str, first: date, last: date, limit: int, cursor: str | None) -> Page[SealedEntry]: ...


@dataclass
class Store:
    """A store with an owner of its own, whose entries no other test does."""

    administrators: Administrators
    log: Log
    logins: Logins
    owner: str

    def add(self, role: Role = Role.OPERATOR) -> Administrator:
        """Add an administrator with a new name, in the owner's name."""
        administrator = someone(role)
        self.administrators.add(administrator, self.entry(Action.ADMINISTRATOR_CREATED, administrator), NOW)
        return administrator

    def entry(self, action: Action, subject: Administrator) -> AuditEntry:
        return AuditEntry(self.owner, action, subject.username)

    def lock(self, subject: Administrator) -> Administrator:
        locked = subject.lock("left")
        self.administrators.move(subject, locked, self.entry(Action.ADMINISTRATOR_LOCKED, subject), NOW)
        return locked

    def deeds_of(self, actor: str) -> list[AuditEntry]:
        """Return what the actor has done, in order."""
        return [entry.entry for entry in self.log.find(actor, date(2000, 1, 1), date(2999, 12, 31), 100, None).items[::-1]]


def someone(role: Role = Role.OPERATOR) -> Administrator:
    return Administrator(f"t-{uuid4().hex[:20]}", role, "hash", "sealed", NOW)


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest) -> Store:
    owner = someone(Role.OWNER)
    if request.param == "fake":
        fake_log, fake_logins = FakeAuditLog(), FakeLogins()
        built = Store(FakeAdministrators(fake_log, fake_logins), fake_log, fake_logins, owner.username)
    else:
        variables: dict[str, str] = request.getfixturevalue("aws")
        table, log = variables["ADMINISTRATORS_TABLE"], DynamoAuditLog(variables["AUDIT_LOG_TABLE"])
        built = Store(DynamoAdministrators(table, log), log, DynamoLogins(AdministratorLoginItem, table), owner.username)
    built.administrators.add(owner, AuditEntry(COMMAND, Action.ADMINISTRATOR_CREATED, owner.username), NOW)
    return built


def test_nobody_is_none(store: Store) -> None:
    assert store.administrators.get(someone().username) is None


def test_an_administrator_is_read_back_whole_and_the_deed_with_it(store: Store) -> None:
    added = store.add(Role.AUDITOR)
    assert store.administrators.get(added.username) == added
    locked = store.lock(added)
    assert store.administrators.get(added.username) == locked
    actions = (Action.ADMINISTRATOR_CREATED, Action.ADMINISTRATOR_LOCKED)
    assert store.deeds_of(store.owner) == [store.entry(action, added) for action in actions]


def test_a_name_is_taken_once_and_the_second_leaves_nothing(store: Store) -> None:
    first = store.add()
    second, entry = replace(first, role=Role.OWNER), AuditEntry(COMMAND, Action.ADMINISTRATOR_CREATED, first.username)
    with pytest.raises(VersionConflict):
        store.administrators.add(second, entry, NOW)
    assert store.administrators.get(first.username) == first
    assert entry not in store.deeds_of(COMMAND)


def test_who_was_changed_since_is_left_as_is(store: Store) -> None:
    before = store.add()
    store.lock(before)
    entries = store.deeds_of(store.owner)
    with pytest.raises(VersionConflict):
        store.lock(before)
    assert store.deeds_of(store.owner) == entries


def test_a_login_is_kept_with_the_code_that_it_used(store: Store) -> None:
    before = store.add()
    after = before.with_credentials("another", "sealed", NOW).use_code(7)
    assert after
    login = Login(before.username, uuid4().hex, NOW, "203.0.113.7", NOW + timedelta(hours=2))
    entry = AuditEntry(before.username, Action.LOGGED_IN, before.username)
    store.administrators.move(before, after, entry, NOW, login)
    assert (store.administrators.get(before.username), store.logins.latest(before.username, 20)) == (after, [login])
    again = replace(login, token_id=uuid4().hex)
    with pytest.raises(VersionConflict):
        store.administrators.move(before, after, entry, NOW, again)
    assert store.logins.latest(before.username, 20) == [login]
    assert store.deeds_of(before.username) == [entry]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUDITOR])
def test_only_an_owner_changes_somebody_else(store: Store, role: Role) -> None:
    actor, subject = store.add(role), store.add()
    newcomer = someone(Role.OWNER)
    for attempt in (
        lambda: store.administrators.move(subject, subject.lock("x"), AuditEntry(actor.username, Action.ADMINISTRATOR_LOCKED, "x"), NOW),
        lambda: store.administrators.add(newcomer, AuditEntry(actor.username, Action.ADMINISTRATOR_CREATED, newcomer.username), NOW),
        lambda: store.administrators.add(newcomer, AuditEntry("nobody", Action.ADMINISTRATOR_CREATED, newcomer.username), NOW),
    ):
        with pytest.raises(VersionConflict):
            attempt()
    assert store.administrators.get(subject.username) == subject
    assert store.administrators.get(newcomer.username) is None
    assert store.deeds_of(actor.username) == []


def test_of_two_owners_who_lock_each_other_at_once_one_stays(store: Store) -> None:
    for _ in range(5):
        owners = [store.add(Role.OWNER) for _ in range(2)]
        start = Barrier(2)

        def lock_other(of: int, owners: list[Administrator] = owners, start: Barrier = start) -> bool:
            actor, subject = owners[of], owners[1 - of]
            start.wait()
            try:
                entry = AuditEntry(actor.username, Action.ADMINISTRATOR_LOCKED, subject.username)
                store.administrators.move(subject, subject.lock("left"), entry, NOW)
            except VersionConflict:
                return False
            return True

        with ThreadPoolExecutor(2) as threads:
            done = list(threads.map(lock_other, range(2)))
        stored = [store.administrators.get(owner.username) for owner in owners]
        assert sorted(done) == sorted(bool(owner and owner.locked) for owner in stored) == [False, True]


def test_of_20_guesses_at_once_5_get_through(store: Store) -> None:
    name, now = someone().username, utc_now()
    with ThreadPoolExecutor(20) as threads:
        passed = list(threads.map(lambda _: claims(store, name, now), range(20)))
    assert sum(passed) == POLICY.attempts


def test_of_guesses_at_once_from_everywhere_no_more_get_through_than_the_name_has(store: Store) -> None:
    name, now = someone().username, utc_now()
    few = LockoutPolicy(attempts=2, attempts_everywhere=5)

    def guess(n: int) -> bool:
        try:
            store.administrators.claim_attempt(name, f"203.0.113.{n % 8}", few, now)
        except TooMany:
            return False
        return True

    with ThreadPoolExecutor(20) as threads:
        assert sum(threads.map(guess, range(20))) == few.attempts_everywhere


def test_who_guesses_elsewhere_keeps_nobody_out(store: Store) -> None:
    name, now = someone().username, utc_now()
    assert [claims(store, name, now, "198.51.100.1") for _ in range(6)] == [True] * 5 + [False]
    assert claims(store, name, now)


def test_attempts_are_forgotten_a_quarter_of_an_hour_after_the_last_that_got_through(store: Store) -> None:
    name, now = someone().username, utc_now()
    assert [claims(store, name, now) for _ in range(6)] == [True] * 5 + [False]
    with pytest.raises(TooMany) as refusal:
        store.administrators.claim_attempt(name, ADDRESS, POLICY, now)
    until = refusal.value.retry_at
    assert until
    assert until == now.replace(microsecond=0) + timedelta(seconds=POLICY.seconds)
    assert [claims(store, name, until - timedelta(seconds=1)), claims(store, name, until)] == [False, True]
    assert [claims(store, name, until) for _ in range(5)] == [True] * 4 + [False]


def test_a_change_forgets_the_attempts(store: Store) -> None:
    before, now = store.add(), utc_now()
    assert [claims(store, before.username, now) for _ in range(6)] == [True] * 5 + [False]
    store.lock(before)
    assert claims(store, before.username, now)


def test_attempts_make_nobody(store: Store) -> None:
    name = someone().username
    store.administrators.claim_attempt(name, ADDRESS, POLICY, utc_now())
    assert store.administrators.get(name) is None
    assert name not in {administrator.username for administrator in everybody(store, 100)}


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_pages_show_everybody_once_by_name(store: Store, limit: int) -> None:
    added = {store.add().username for _ in range(3)} | {store.owner}
    names = [administrator.username for administrator in everybody(store, limit)]
    assert added <= set(names)
    assert names == sorted(set(names))


def test_the_authorizer_finds_the_lock_where_it_looks(aws: dict[str, str]) -> None:
    """The authorizer reads the plain attribute, so its name and type are a promise."""
    item = AdministratorAccountItem.from_domain(someone().lock("left")).serialize()
    assert (item["item"], item["locked"]) == ({"S": ADMINISTRATOR}, {"BOOL": True})


def test_a_claim_is_one_read_and_one_write(aws: dict[str, str], count_requests: Callable[[], list[str]]) -> None:
    store = DynamoAdministrators(aws["ADMINISTRATORS_TABLE"], DynamoAuditLog(aws["AUDIT_LOG_TABLE"]))
    requests = count_requests()
    store.claim_attempt(someone().username, ADDRESS, POLICY, NOW)
    assert requests == ["GetItem", "PutItem"]


def claims(store: Store, name: str, now: datetime, address: str = ADDRESS) -> bool:
    """Tell whether an attempt gets through; `now` is the present, for the table forgets attempts by its own clock."""
    try:
        store.administrators.claim_attempt(name, address, POLICY, now)
    except TooMany:
        return False
    return True


def everybody(store: Store, limit: int) -> list[Administrator]:
    """Return what all pages hold together."""
    page = store.administrators.find(limit, None)
    found = page.items
    while page.next_cursor:
        page = store.administrators.find(limit, page.next_cursor)
        assert 0 < len(page.items) <= limit
        found = found + page.items
    return found
