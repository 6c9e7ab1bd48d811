"""What owners do with administrators, and what nobody does."""

from __future__ import annotations

import re

import pytest

from guahao.contracts.queries import AdministratorQuery
from guahao.domain.administration.administrators import COMMAND, Role
from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.errors import AdministratorConflict, Invalid, LockStateConflict, NotFound, WrongCredentials
from guahao.usecases.administration.administrators import draw_password
from tests.unit.administering import ADDRESS, OWNER, House

OTHER = "other.owner"


@pytest.fixture
def house() -> House:
    return House()


def test_new_credentials_are_shown_once_and_stored_unreadable(house: House) -> None:
    shown = house.administration.create(OWNER, "wang.fang", "auditor")
    stored = house.stored("wang.fang")
    assert shown.administrator == stored
    assert (stored.role, stored.locked, stored.created_at) == (Role.AUDITOR, False, house.clock())
    assert shown.totp_uri == house.totp.uri(shown.totp_secret, "wang.fang")
    assert house.vault.open(stored.sealed_totp_secret) == shown.totp_secret
    assert not {shown.password, shown.totp_secret} & {stored.password_hash, stored.sealed_totp_secret}
    assert shown.password not in repr(shown)
    assert house.entries() == [AuditEntry(OWNER, Action.ADMINISTRATOR_CREATED, "wang.fang", "auditor")]
    assert house.log_in(shown).administrator.username == "wang.fang"


def test_drawn_passwords_are_long_and_differ() -> None:
    drawn = {draw_password() for _ in range(50)}
    assert len(drawn) == 50
    assert all(re.fullmatch(r"[\w-]{24}", password) for password in drawn)


@pytest.mark.parametrize("username", ["", "ab", "a" * 33, "Wang", "王芳", "a b c", "abc\n", "#directory", COMMAND])
def test_a_name_is_3_to_32_plain_characters_and_not_that_of_commands(house: House, username: str) -> None:
    for attempt in (
        lambda: house.administration.create(OWNER, username, Role.OWNER),
        lambda: house.service.log_in(username, "a wrong password", "000000", ADDRESS),
    ):
        with pytest.raises(Invalid) as refusal:
            attempt()
        assert [fault["field"] for fault in refusal.value.errors] == ["username"]
    assert house.store.attempts == {}
    with pytest.raises(NotFound):
        house.administration.lock(OWNER, username, "a reason")


def test_a_name_is_given_once(house: House) -> None:
    before = house.stored(OWNER)
    with pytest.raises(AdministratorConflict):
        house.administration.create(OWNER, OWNER, Role.OPERATOR)
    assert house.stored(OWNER) == before
    assert house.entries() == []


def test_lock_and_unlock_have_a_reason_in_the_audit_log(house: House) -> None:
    house.administration.create(OWNER, "operator", Role.OPERATOR)
    locked = house.administration.lock(OWNER, "operator", "left")
    assert (locked.locked, locked.lock_reason, locked) == (True, "left", house.stored("operator"))
    with pytest.raises(LockStateConflict):
        house.administration.lock(OWNER, "operator", "left again")
    unlocked = house.administration.unlock(OWNER, "operator", "back")
    assert (unlocked.locked, unlocked.lock_reason, unlocked) == (False, "", house.stored("operator"))
    assert unlocked.sessions_since == house.clock()
    with pytest.raises(LockStateConflict):
        house.administration.unlock(OWNER, "operator", "back again")
    assert house.entries()[1:] == [
        AuditEntry(OWNER, Action.ADMINISTRATOR_LOCKED, "operator", "left"),
        AuditEntry(OWNER, Action.ADMINISTRATOR_UNLOCKED, "operator", "back"),
    ]


def test_nobody_acts_on_themselves_so_the_last_open_owner_stays(house: House) -> None:
    for attempt in (
        lambda: house.administration.lock(OWNER, OWNER, "a reason"),
        lambda: house.administration.unlock(OWNER, OWNER, "a reason"),
        lambda: house.administration.reset_credentials(OWNER, OWNER),
    ):
        with pytest.raises(AdministratorConflict) as refusal:
            attempt()
        assert refusal.value.rule == "notYourself"
    assert not house.stored(OWNER).locked
    assert house.entries() == []


@pytest.mark.parametrize("actor", [OTHER, "operator", "nobody"])
def test_who_is_not_an_open_owner_changes_nothing_even_with_a_living_token(house: House, actor: str) -> None:
    house.administration.create(OWNER, OTHER, Role.OWNER)
    house.administration.create(OWNER, "operator", Role.OPERATOR)
    house.administration.lock(OWNER, OTHER, "left")
    before, entries = dict(house.store.administrators), house.entries()
    for attempt in (
        lambda: house.administration.lock(actor, OWNER, "a reason"),
        lambda: house.administration.reset_credentials(actor, OWNER),
        lambda: house.administration.create(actor, "newcomer", Role.OWNER),
    ):
        with pytest.raises(AdministratorConflict):
            attempt()
    assert (house.store.administrators, house.entries()) == (before, entries)


def test_new_credentials_replace_the_old_ones_and_wait_for_nothing(house: House) -> None:
    old = house.administration.create(OWNER, "operator", Role.OPERATOR)
    house.log_in(old)
    for _ in range(5):
        house.refusal("operator", "a wrong password", "000000")
    new = house.administration.reset_credentials(OWNER, "operator")
    assert house.entries()[-1] == AuditEntry(OWNER, Action.CREDENTIALS_CHANGED, "operator")
    assert house.stored("operator").sessions_since == house.clock()
    assert isinstance(house.refusal("operator", old.password, house.code(new)), WrongCredentials)
    assert isinstance(house.refusal("operator", new.password, house.code(old)), WrongCredentials)
    house.log_in(new)


def test_a_page_of_administrators_is_in_the_order_of_their_names(house: House) -> None:
    for name in ("zoe", "abe"):
        house.administration.create(OWNER, name, Role.OPERATOR)
    first = house.administration.find(AdministratorQuery(limit=2))
    assert ([a.username for a in first.items], first.next_cursor) == (["abe", OWNER], OWNER)
    last = house.administration.find(AdministratorQuery(limit=2, cursor=first.next_cursor))
    assert ([a.username for a in last.items], last.next_cursor) == (["zoe"], None)
