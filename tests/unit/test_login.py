from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from guahao.domain.errors import AccountLocked, IdentityNotVerified, Invalid, TooMany, Unauthenticated, Unavailable, WrongLoginCode
from guahao.domain.people.accounts import (
    IdentityState,
    Login,
    LoginCodeLimits,
    User,
    login_code_digest,
    mask_phone,
    require_mobile,
    user_id_of,
)
from guahao.usecases.people.login import draw_code, new_user
from tests.fakes.accounts import FakeLogins
from tests.fakes.vault import FakeVault
from tests.unit.logging_in import ADDRESS, PHONE, House


@pytest.fixture
def house() -> House:
    return House()


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_a_code_is_six_digits_and_differs() -> None:
    codes = {draw_code() for _ in range(50)}
    assert all(re.fullmatch(r"[0-9]{6}", code) for code in codes)
    assert len(codes) > 40


def test_a_new_phone_is_registered_by_its_first_login(house: House) -> None:
    session = house.log_in()
    assert house.accounts.get(session.user.user_id) == session.user
    assert session.user.masked_phone == "138****0001"
    assert house.vault.open(session.user.sealed_phone) == PHONE
    assert PHONE not in repr(session)
    assert house.tokens.read(session.token, house.clock()).user_id == session.user.user_id


def test_a_known_phone_keeps_its_account(house: House) -> None:
    first = house.log_in()
    house.clock.advance(minutes=2)
    assert house.log_in().user == first.user
    assert len(house.accounts.users) == 1


def test_two_first_logins_at_once_make_one_user(house: House) -> None:
    one, other = (new_user(house.vault, PHONE, house.clock() + timedelta(seconds=n)) for n in range(2))
    assert house.accounts.register(one) == house.accounts.register(other) == one


def test_a_code_is_used_once(house: House) -> None:
    code = house.receive_code()
    house.service.log_in(PHONE, code, ADDRESS)
    with pytest.raises(WrongLoginCode):
        house.service.log_in(PHONE, code, ADDRESS)


def test_a_code_ends_after_five_minutes(house: House) -> None:
    code = house.receive_code()
    house.clock.advance(seconds=300)
    with pytest.raises(WrongLoginCode):
        house.service.log_in(PHONE, code, ADDRESS)


def test_a_code_lives_to_its_last_second(house: House) -> None:
    code = house.receive_code()
    house.clock.advance(seconds=299)
    assert house.service.log_in(PHONE, code, ADDRESS)


def test_the_fifth_wrong_guess_kills_the_code(house: House) -> None:
    code = house.receive_code()
    for _ in range(5):
        with pytest.raises(WrongLoginCode):
            house.service.log_in(PHONE, wrong(code), ADDRESS)
    with pytest.raises(WrongLoginCode):
        house.service.log_in(PHONE, code, ADDRESS)


def test_four_wrong_guesses_are_forgiven(house: House) -> None:
    code = house.receive_code()
    for _ in range(4):
        with pytest.raises(WrongLoginCode):
            house.service.log_in(PHONE, wrong(code), ADDRESS)
    assert house.service.log_in(PHONE, code, ADDRESS)


def test_a_newer_code_replaces_the_older(house: House) -> None:
    old = house.receive_code()
    house.clock.advance(minutes=1)
    new = house.receive_code()
    if old != new:
        with pytest.raises(WrongLoginCode):
            house.service.log_in(PHONE, old, ADDRESS)
    assert house.service.log_in(PHONE, new, ADDRESS)


def test_a_code_fits_only_its_phone(house: House) -> None:
    code = house.receive_code()
    with pytest.raises(WrongLoginCode):
        house.service.log_in("13800000002", code, ADDRESS)


def test_a_phone_gets_one_code_a_minute(house: House) -> None:
    house.receive_code()
    house.clock.advance(seconds=59)
    with pytest.raises(TooMany) as refusal:
        house.receive_code()
    assert refusal.value.rule == "loginCodesPerMinute"
    assert refusal.value.retry_at == house.clock() + timedelta(seconds=1)
    house.clock.advance(seconds=1)
    assert house.receive_code()


def test_a_phone_gets_ten_codes_a_day(house: House) -> None:
    first_at = house.clock()
    for _ in range(10):
        house.receive_code()
        house.clock.advance(minutes=30)
    with pytest.raises(TooMany) as refusal:
        house.receive_code()
    assert (refusal.value.rule, refusal.value.retry_at) == ("loginCodesPerDay", first_at + timedelta(days=1))


def test_an_address_gets_so_many_codes_an_hour() -> None:
    house = House(LoginCodeLimits(per_address_hour=2))
    for phone in ("13800000001", "13800000002"):
        house.receive_code(phone)
    with pytest.raises(TooMany) as refusal:
        house.receive_code("13800000003")
    assert refusal.value.rule == "loginCodesPerAddressHour"
    assert house.receive_code("13800000003", "203.0.113.8")


def test_a_refused_request_sends_nothing_and_leaves_the_living_code(house: House) -> None:
    code = house.receive_code()
    with pytest.raises(TooMany):
        house.sender.request_login_code(PHONE, ADDRESS)
    assert len(house.sms.sent) == 1
    assert house.service.log_in(PHONE, code, ADDRESS)


def test_a_code_that_could_not_be_sent_is_dead() -> None:
    house = House()
    sender = replace(house.sender, draw=lambda: "246810")
    house.sms.broken = True
    with pytest.raises(Unavailable) as refusal:
        sender.request_login_code(PHONE, ADDRESS)
    assert refusal.value.retry_at == house.clock() + timedelta(minutes=1)
    with pytest.raises(WrongLoginCode):
        house.service.log_in(PHONE, "246810", ADDRESS)


def test_a_locked_user_gets_no_session_and_no_profile(house: House) -> None:
    user = house.log_in().user
    house.accounts.users[user.user_id] = replace(user, locked=True)
    house.clock.advance(minutes=1)
    with pytest.raises(AccountLocked):
        house.log_in()
    with pytest.raises(AccountLocked):
        house.service.profile(user.user_id)


def test_a_login_is_on_record_with_its_time_and_address(house: House) -> None:
    session = house.log_in()
    (login,) = house.service.latest_logins(session.user.user_id)
    assert (login.at, login.address, login.expires_at, login.ended_at) == (house.clock(), ADDRESS, session.expires_at, None)
    assert login.token_id == house.tokens.read(session.token, house.clock()).token_id


def test_a_token_without_a_record_is_never_handed_out(house: House) -> None:
    class Broken(FakeLogins):
        def open(self, login: Login) -> None:
            raise Unavailable("The store of records does not answer.")

    service, code = replace(house.service, logins=Broken()), house.receive_code()
    with pytest.raises(Unavailable):
        service.log_in(PHONE, code, ADDRESS)


def test_a_refused_login_leaves_no_record(house: House) -> None:
    code = house.receive_code()
    with pytest.raises(WrongLoginCode):
        house.service.log_in(PHONE, wrong(code), ADDRESS)
    user = house.service.log_in(PHONE, code, ADDRESS).user
    house.accounts.users[user.user_id] = replace(user, locked=True)
    house.clock.advance(minutes=1)
    with pytest.raises(AccountLocked):
        house.log_in()
    assert len(house.logins.records) == 1


def test_logging_in_twice_keeps_both_records_newest_first(house: House) -> None:
    first = house.log_in()
    house.clock.advance(minutes=1)
    house.log_in()
    at = [login.at for login in house.service.latest_logins(first.user.user_id)]
    assert at == [house.clock(), house.clock() - timedelta(minutes=1)]


def test_twenty_logins_are_shown_at_most(house: House) -> None:
    session = house.log_in()
    for minute in range(1, 22):
        house.logins.open(Login(session.user.user_id, f"token-{minute:03}", house.clock(), ADDRESS, session.expires_at))
    assert [login.token_id for login in house.service.latest_logins(session.user.user_id)] == [f"token-{n:03}" for n in range(21, 1, -1)]


def test_logging_out_ends_the_session_once(house: House) -> None:
    session, other = house.log_in(), house.tokens.issue("other", "user", house.clock())
    token_id = house.tokens.read(session.token, house.clock()).token_id
    house.clock.advance(minutes=1)
    ended_at = house.clock()
    house.service.log_out(session.user.user_id, token_id)
    house.clock.advance(minutes=1)
    house.service.log_out(session.user.user_id, token_id)
    house.service.log_out(session.user.user_id, other.token_id)
    assert [login.ended_at for login in house.service.latest_logins(session.user.user_id)] == [ended_at]


def test_a_profile_is_the_users_own(house: House) -> None:
    user = house.log_in().user
    assert house.service.profile(user.user_id) == user
    with pytest.raises(Unauthenticated):
        house.service.profile("nobody")


@pytest.mark.parametrize("phone", ["13800000001", "16600000001", "19900000001"])
def test_every_mobile_prefix_is_accepted(phone: str) -> None:
    assert require_mobile(phone) == phone


@pytest.mark.parametrize(
    "phone", ["", "12800000001", "1380000000", "138000000011", "+8613800000001", "138０００００００１", "13800000001\n"]
)
def test_anything_else_is_no_phone(phone: str, house: House) -> None:
    for attempt in (lambda: house.sender.request_login_code(phone, ADDRESS), lambda: house.service.log_in(phone, "123456", ADDRESS)):
        with pytest.raises(Invalid) as refusal:
            attempt()
        assert [fault["field"] for fault in refusal.value.errors] == ["phone"]


def test_a_mask_hides_the_middle_four() -> None:
    assert mask_phone(PHONE) == "138****0001"


def test_neither_id_nor_digest_tells_the_fingerprint() -> None:
    fingerprint = FakeVault().fingerprint(PHONE)
    user_id, digest = user_id_of(fingerprint), login_code_digest(fingerprint, "123456")
    assert re.fullmatch(r"[a-z2-7]{26}", user_id)
    assert fingerprint not in digest
    assert digest != login_code_digest(FakeVault().fingerprint("13800000002"), "123456")


def test_only_a_verified_open_account_may_book(house: House) -> None:
    user = new_user(house.vault, PHONE, house.clock())
    with pytest.raises(IdentityNotVerified):
        user.require_may_book()
    approved: User = replace(user, identity_state=IdentityState.APPROVED)
    approved.require_may_book()
    with pytest.raises(AccountLocked):
        replace(approved, locked=True).require_may_book()
