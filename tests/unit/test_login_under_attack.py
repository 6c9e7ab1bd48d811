"""A stranger who knows a phone's number cannot keep its owner from logging in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from guahao.contracts.login_proof import LoginProof
from guahao.domain.errors import ChallengeNeeded, SmsLimitReached, TooMany, Unavailable, WrongLoginCode
from guahao.domain.notices.wording import Text
from guahao.domain.people.accounts import user_id_of
from guahao.domain.people.login_codes import Challenge, LoginCodeLimits, LoginGuessLimits, counted_address
from tests.unit.logging_in import ADDRESS, PHONE, House, proof_of, wrong

STRANGER = "198.51.100.1"


@pytest.fixture
def house() -> House:
    return House()


def refused(house: House, address: str = ADDRESS) -> TooMany:
    with pytest.raises(TooMany) as refusal:
        house.ask(address=address, patiently=True)
    return refusal.value


def ask_for_a_day(house: House, address: str) -> int:
    """Ask whenever one may, until one may not for the day; return how many codes came."""
    for came in range(100):
        try:
            told = house.ask(address=address, patiently=True)
        except TooMany:
            return came
        house.clock.now = min(told.next_code_at, house.clock() + timedelta(hours=1))
    raise AssertionError


def test_guesses_at_another_request_leave_a_code_alone(house: House) -> None:
    _, of_the_stranger = house.receive_code(address=STRANGER)
    house.clock.advance(minutes=1)
    code, own = house.receive_code()
    for _ in range(5):
        with pytest.raises(WrongLoginCode):
            house.enter(wrong(code), of_the_stranger, address=STRANGER)
    assert house.enter(code, own)


def test_a_code_belongs_to_its_request(house: House) -> None:
    code, own = house.receive_code()
    house.clock.advance(minutes=1)
    other = house.ask().request_id
    if house.code() != code:
        with pytest.raises(WrongLoginCode):
            house.enter(code, other)
    assert house.enter(code, own)


def test_the_same_request_sends_the_same_code_again_so_that_a_late_sms_fits(house: House) -> None:
    code, request_id = house.receive_code()
    house.clock.advance(minutes=4)
    again = house.ask(request_id=request_id)
    assert (again.request_id, house.code()) == (request_id, code)
    house.clock.advance(minutes=4)
    assert house.enter(code, request_id)


def test_a_code_sent_again_keeps_the_guesses_that_it_has_left(house: House) -> None:
    code, request_id = house.receive_code()
    for _ in range(4):
        with pytest.raises(WrongLoginCode):
            house.enter(wrong(code), request_id)
    house.clock.advance(minutes=1)
    house.ask(request_id=request_id)
    with pytest.raises(WrongLoginCode):
        house.enter(wrong(code), request_id)
    with pytest.raises(WrongLoginCode):
        house.enter(code, request_id)


@pytest.mark.parametrize("after", [{"minutes": 5}, {"minutes": 60}])
def test_a_request_that_is_over_is_followed_by_a_new_one(house: House, after: dict[str, float]) -> None:
    request_id = house.ask().request_id
    house.clock.advance(**after)
    assert house.ask(request_id=request_id).request_id != request_id


def test_nobody_revives_the_request_of_another_phone(house: House) -> None:
    request_id = house.ask().request_id
    assert house.ask("13800000002", request_id=request_id).request_id != request_id


def test_a_code_that_could_not_be_sent_again_still_lives(house: House) -> None:
    code, request_id = house.receive_code()
    house.clock.advance(minutes=1)
    house.sms.broken = True
    with pytest.raises(Unavailable):
        house.ask(request_id=request_id)
    assert house.enter(code, request_id)


def test_whoever_asked_is_told_when_the_next_code_may_come(house: House) -> None:
    for minutes, next_in in ((0, 1), (1, 1), (2, 58)):
        house.clock.now = house.clock().replace(minute=minutes)
        assert house.ask(address=STRANGER).next_code_at == house.clock() + timedelta(minutes=next_in)


def test_the_fourth_code_of_a_day_needs_the_answer_to_a_challenge(house: House) -> None:
    for _ in range(3):
        house.ask()
        house.clock.advance(hours=1)
    with pytest.raises(ChallengeNeeded) as needed:
        house.ask()
    assert needed.value.expires_at == house.clock() + timedelta(minutes=5)
    proof = proof_of(needed.value)
    assert house.sender.request_login_code(PHONE, ADDRESS, proof=proof)
    house.clock.advance(hours=1)
    with pytest.raises(ChallengeNeeded):  # each answer counts once
        house.sender.request_login_code(PHONE, ADDRESS, proof=proof)


def test_an_answer_counts_for_its_phone_in_its_time_and_if_it_is_right() -> None:
    house = House(LoginCodeLimits(challenge_after_phone_day=0))

    def challenge() -> ChallengeNeeded:
        with pytest.raises(ChallengeNeeded) as needed:
            house.ask()
        return needed.value

    for_another = proof_of(challenge())
    with pytest.raises(ChallengeNeeded):
        house.sender.request_login_code("13800000002", ADDRESS, proof=for_another)
    late = proof_of(challenge())
    house.clock.advance(minutes=5)
    of_nobody = LoginProof(salt="never-given-out", nonce="1")
    asked = challenge()
    unsolved = (str(n) for n in range(100) if not Challenge(asked.salt, asked.bits, asked.expires_at).is_solved_by(str(n)))
    for proof in (late, of_nobody, LoginProof(salt=asked.salt, nonce=next(unsolved))):
        with pytest.raises(ChallengeNeeded):
            house.sender.request_login_code(PHONE, ADDRESS, proof=proof)
    assert not house.sms.sent


def test_an_address_that_asks_for_many_phones_is_challenged_before_it_is_refused() -> None:
    house = House(LoginCodeLimits(challenge_after_address_hour=3, per_address_hour=5))
    phones = iter(range(13800000001, 13800000099))
    for _ in range(3):
        house.ask(str(next(phones)))
    with pytest.raises(ChallengeNeeded):
        house.ask(str(next(phones)))
    for _ in range(2):
        house.ask(str(next(phones)), patiently=True)
    with pytest.raises(TooMany) as refusal:
        house.ask(str(next(phones)), patiently=True)
    assert (refusal.value.rule, refusal.value.retry_at) == ("loginCodesPerAddressHour", house.clock() + timedelta(hours=1))


def test_of_ten_codes_a_day_three_are_kept_for_where_the_phone_logged_in(house: House) -> None:
    house.log_in()
    house.clock.advance(days=1)
    assert ask_for_a_day(house, STRANGER) == 7
    for _ in range(2):
        house.ask(patiently=True)
        house.clock.advance(minutes=1)
    assert house.log_in()


def test_of_five_codes_an_hour_two_are_kept_for_where_the_phone_logged_in(house: House) -> None:
    house.log_in()
    house.clock.advance(days=1)
    for _ in range(3):
        house.ask(address=STRANGER)
        house.clock.advance(minutes=1)
    blocked = refused(house, STRANGER)
    assert (blocked.rule, blocked.retry_at) == ("loginCodesPerHour", house.clock().replace(minute=0) + timedelta(hours=1))
    for _ in range(2):
        house.ask(patiently=True)
        house.clock.advance(minutes=1)
    assert refused(house).rule == "loginCodesPerHour"


def test_an_hour_is_the_clocks_as_the_operator_counts_it(house: House) -> None:
    house.clock.advance(minutes=57)
    for _ in range(3):
        house.ask(address=STRANGER)
        house.clock.advance(minutes=1)
    assert house.ask(address=STRANGER, patiently=True)


def test_a_phone_gets_ten_codes_a_day_wherever_they_are_asked_from(house: House) -> None:
    house.log_in()
    house.clock.advance(days=1)
    started = house.clock()
    assert ask_for_a_day(house, ADDRESS) == 10
    blocked = refused(house)
    assert (blocked.rule, blocked.retry_at) == ("loginCodesPerDay", started + timedelta(days=1))


def test_a_code_that_was_used_counts_back(house: House) -> None:
    for _ in range(20):
        assert house.log_in()
        house.clock.advance(minutes=1)


def test_twenty_wrong_guesses_a_day_are_free_of_a_challenge(house: House) -> None:
    def guess_wrong(times: int) -> None:
        code, request_id = house.receive_code(address=STRANGER)
        for _ in range(times):
            with pytest.raises(WrongLoginCode):
                house.enter(wrong(code), request_id, address=STRANGER)
        house.clock.advance(hours=1)

    for _ in range(4):
        guess_wrong(5)
    code, request_id = house.receive_code()
    with pytest.raises(ChallengeNeeded) as needed:
        house.enter(code, request_id)
    assert house.service.log_in(PHONE, code, request_id, ADDRESS, proof_of(needed.value))


def test_guesses_at_no_code_cost_a_phone_nothing(house: House) -> None:
    for n in range(30):
        with pytest.raises(WrongLoginCode):
            house.enter("123456", f"invented-{n}", address=STRANGER)
    assert house.log_in()


def test_an_address_that_guesses_without_end_waits_and_nobody_else() -> None:
    house = House(guesses=LoginGuessLimits(per_address_hour=30))
    for n in range(30):
        with pytest.raises(WrongLoginCode):
            house.enter("123456", "invented", f"138{n:08}", STRANGER)
    with pytest.raises(TooMany) as refusal:
        house.enter("123456", "invented", address=STRANGER)
    assert (refusal.value.rule, refusal.value.retry_at) == ("loginGuessesPerAddressHour", house.clock() + timedelta(hours=1))
    assert house.log_in()


def test_what_the_operator_refuses_is_told_with_the_time_when_it_takes_again(house: House) -> None:
    class Full:
        def send(self, phone: str, text: Text) -> None:
            raise SmsLimitReached("Full.")

    for _ in range(5):
        house.log_in()
        house.clock.advance(minutes=1)
    full = replace(house.sender, sms=Full())
    with pytest.raises(TooMany) as hour:
        full.request_login_code(PHONE, ADDRESS)
    assert (hour.value.rule, hour.value.retry_at) == ("smsOperator", house.clock().replace(minute=0) + timedelta(hours=1))
    house.clock.advance(hours=1)
    first = house.codes.sent(user_id_of(house.vault.fingerprint(f"phone:{PHONE}")), house.clock())[-1]
    for _ in range(5):
        house.log_in()
        house.clock.advance(minutes=1)
    with pytest.raises(TooMany) as day:
        full.request_login_code(PHONE, ADDRESS)
    assert day.value.retry_at == first + timedelta(days=1)


@pytest.mark.parametrize(
    ("address", "counted"),
    [("203.0.113.7", "203.0.113.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"), ("2001:db8:1:2::9", "2001:db8:1:2::"), ("", "")],
)
def test_a_home_is_one_address(address: str, counted: str) -> None:
    assert counted_address(address) == counted


def test_a_challenge_is_answered_in_a_moment_on_average() -> None:
    """The default asks for some thirty thousand hashes; a slow phone makes more than fifty thousand in a second."""
    from tests.functions import TEMPLATE

    assert 2 ** TEMPLATE["Parameters"]["ChallengeBits"]["Default"] <= 2 * 50_000 / 3
