"""Password, code and few attempts: how administrators prove who they are."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from guahao.adapters.passwords import Argon2Passwords
from guahao.adapters.totp import AuthenticatorCodes
from guahao.domain.administration.administrators import Role
from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.errors import AccountLocked, Invalid, TooMany, Unauthenticated, WrongCredentials
from tests.unit.administering import ADDRESS, OWNER, House

# The example of RFC 6238, appendix B.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.fixture
def house() -> House:
    return House()


def test_password_and_code_open_a_session_that_is_kept_and_told_to_the_audit_log(house: House) -> None:
    session = house.log_in(house.owner)
    principal = house.tokens.read(session.token, house.clock())
    assert (principal.user_id, principal.role) == (OWNER, "owner")
    assert session.administrator == house.stored(OWNER)
    login = house.logins.latest(OWNER, 20)[0]
    assert (login.token_id, login.at, login.address, login.expires_at) == (
        principal.token_id,
        house.clock(),
        ADDRESS,
        session.expires_at,
    )
    assert house.entries() == [AuditEntry(OWNER, Action.LOGGED_IN, OWNER)]
    assert session.token not in repr(session)


def test_nobody_learns_what_was_wrong(house: House) -> None:
    password, code = house.owner.password, house.code(house.owner)
    wrong = [("nobody", password, code), (OWNER, "another password", code), (OWNER, password, house.code(house.owner, 2))]
    refusals, work = [], []
    for attempt in wrong:
        house.passwords.work = house.vault.requests = 0
        refusals.append(house.refusal(*attempt))
        work.append((house.passwords.work, house.vault.requests))
    assert {(type(refusal), refusal.detail, refusal.rule) for refusal in refusals} == {(WrongCredentials, refusals[0].detail, None)}
    assert work == [(1, 1)] * 3
    assert house.entries() == []
    assert house.logins.latest(OWNER, 20) == []


def test_a_code_opens_one_session(house: House) -> None:
    house.log_in(house.owner)
    assert isinstance(house.refusal(OWNER, house.owner.password, house.code(house.owner)), WrongCredentials)
    assert isinstance(house.refusal(OWNER, house.owner.password, house.code(house.owner, -1)), WrongCredentials)
    house.log_in(house.owner, code=house.code(house.owner, 1))


def test_the_sixth_attempt_must_wait_whatever_it_brings(house: House) -> None:
    for _ in range(5):
        assert isinstance(house.refusal(OWNER, "a wrong password", "000000"), WrongCredentials)
        house.clock.advance(seconds=10)
    refused = house.refusal(OWNER, house.owner.password, house.code(house.owner))
    assert (type(refused), refused.rule) == (TooMany, "loginAttempts")
    assert refused.retry_at == house.clock() - timedelta(seconds=10) + timedelta(minutes=15)
    house.clock.advance(seconds=15 * 60 - 10 - 1)
    assert isinstance(house.refusal(OWNER, house.owner.password, house.code(house.owner)), TooMany)
    house.clock.advance(seconds=1)
    house.log_in(house.owner)


def test_an_attempt_refused_for_too_many_does_not_prolong_the_wait(house: House) -> None:
    for _ in range(5):
        house.refusal(OWNER, "a wrong password", "000000")
    house.clock.advance(minutes=14)
    house.refusal(OWNER, "a wrong password", "000000")
    house.clock.advance(minutes=1)
    house.log_in(house.owner)


def test_a_stranger_elsewhere_keeps_nobody_out_but_may_not_guess_for_ever(house: House) -> None:
    for stranger in range(9):
        for _ in range(5):
            assert isinstance(house.refusal(OWNER, "a wrong password", "000000", f"198.51.100.{stranger}"), WrongCredentials)
    assert isinstance(house.refusal(OWNER, "a wrong password", "000000", "198.51.100.0"), TooMany)
    began = house.clock()
    house.clock.advance(minutes=1)
    for _ in range(5):
        house.refusal(OWNER, "a wrong password", "000000", "198.51.100.9")
    refused = house.refusal(OWNER, house.owner.password, house.code(house.owner))
    assert (type(refused), refused.retry_at) == (TooMany, began + timedelta(minutes=15))
    house.clock.advance(minutes=14)
    house.log_in(house.owner)


def test_a_name_that_nobody_has_must_wait_like_any_other(house: House) -> None:
    refusals = [type(house.refusal("nobody", "a wrong password", "000000")) for _ in range(6)]
    assert refusals == [WrongCredentials] * 5 + [TooMany]


def test_a_login_forgives_the_attempts_before_it(house: House) -> None:
    for _ in range(4):
        house.refusal(OWNER, "a wrong password", "000000")
    house.log_in(house.owner)
    for _ in range(5):
        assert isinstance(house.refusal(OWNER, "a wrong password", "000000"), WrongCredentials)


def test_a_locked_administrator_hears_so_only_with_the_right_credentials(house: House) -> None:
    auditor = house.administration.create(OWNER, "auditor", Role.AUDITOR)
    house.administration.lock(OWNER, "auditor", "left")
    assert isinstance(house.refusal("auditor", "a wrong password", house.code(auditor)), WrongCredentials)
    assert isinstance(house.refusal("auditor", auditor.password, "000000"), WrongCredentials)
    assert isinstance(house.refusal("auditor", auditor.password, house.code(auditor)), AccountLocked)
    assert house.logins.latest("auditor", 20) == []
    with pytest.raises(AccountLocked):
        house.service.profile("auditor")
    house.administration.unlock(OWNER, "auditor", "back")
    assert house.log_in(auditor).administrator.role is Role.AUDITOR
    assert house.service.profile("auditor").username == "auditor"


def test_a_profile_is_of_somebody_who_is_there(house: House) -> None:
    with pytest.raises(Unauthenticated):
        house.service.profile("nobody")


def test_logging_out_ends_the_own_session_alone(house: House) -> None:
    house.log_in(house.owner)
    house.clock.advance(minutes=1)
    house.log_in(house.owner)
    second, first = house.logins.latest(OWNER, 20)
    house.service.log_out(OWNER, second.token_id)
    ended = [login.ended_at for login in house.logins.latest(OWNER, 20)]
    assert ended == [house.clock(), None]
    house.service.log_out("somebody", first.token_id)
    assert house.logins.latest(OWNER, 20)[1].ended_at is None


def test_a_password_is_changed_by_whoever_knows_the_old_one_and_has_the_code(house: House) -> None:
    for password, code in (("a wrong password", house.code(house.owner)), (house.owner.password, "000000")):
        with pytest.raises(WrongCredentials):
            house.service.change_password(OWNER, password, code, "a longer password", ADDRESS)
    house.service.change_password(OWNER, house.owner.password, house.code(house.owner), "a longer password", ADDRESS)
    assert house.entries() == [AuditEntry(OWNER, Action.CREDENTIALS_CHANGED, OWNER)]
    assert house.stored(OWNER).sessions_since == house.clock()
    house.clock.advance(minutes=1)
    assert isinstance(house.refusal(OWNER, house.owner.password, house.code(house.owner)), WrongCredentials)
    house.log_in(house.owner, "a longer password")


def test_guessing_at_the_change_of_a_password_counts_as_at_the_login(house: House) -> None:
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            house.service.change_password(OWNER, "a wrong password", "000000", "a longer password", ADDRESS)
    assert isinstance(house.refusal(OWNER, house.owner.password, house.code(house.owner)), TooMany)


@pytest.mark.parametrize("password", ["elevenchars", "x" * 129])
def test_a_chosen_password_has_12_to_128_characters(house: House, password: str) -> None:
    with pytest.raises(Invalid) as refusal:
        house.service.change_password(OWNER, house.owner.password, house.code(house.owner), password, ADDRESS)
    assert [fault["field"] for fault in refusal.value.errors] == ["newPassword"]
    assert house.store.attempts == {}


@pytest.mark.parametrize(("seconds", "code"), [(1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")])
def test_codes_are_those_of_the_rfc_and_of_the_steps_beside(seconds: int, code: str) -> None:
    codes, step = AuthenticatorCodes(), seconds // 30
    moments = [datetime.fromtimestamp(seconds + late, UTC) for late in (-60, -30, 0, 30, 60)]
    assert [codes.step_of(RFC_SECRET, code, moment) for moment in moments] == [None, step, step, step, None]


def test_a_new_secret_has_160_bits_and_an_address_for_the_app() -> None:
    codes = AuthenticatorCodes()
    secret = codes.new_secret()
    assert re.fullmatch(r"[A-Z2-7]{32}", secret)
    assert secret != codes.new_secret()
    assert codes.uri(secret, OWNER) == f"otpauth://totp/guahao:{OWNER}?secret={secret}&issuer=guahao"


def test_passwords_are_salted_argon2id_hashes() -> None:
    passwords = Argon2Passwords()
    one, other = passwords.hash("a password"), passwords.hash("a password")
    assert one != other
    assert one.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert passwords.fits(one, "a password")
    assert not passwords.fits(one, "another password")
    assert not passwords.fits(None, "a password")
