"""The memory of login codes keeps its promises, in this process and in Redis."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest

from guahao.adapters.redis.client import redis_client
from guahao.adapters.redis.login_codes import RedisLoginCodes
from guahao.domain.errors import TooMany
from guahao.domain.people.login_codes import Guess, LoginCodeLimits
from guahao.ports.people.login_codes import LoginCodes
from tests.contract.asking_for_codes import NOW, Phone
from tests.fakes.login_codes import FakeLoginCodes

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture(params=["fake", "redis"])
def codes(request: pytest.FixtureRequest) -> LoginCodes:
    if request.param == "fake":
        return FakeLoginCodes()
    return RedisLoginCodes(redis_client(request.getfixturevalue("redis_url")))


@pytest.fixture
def phone(codes: LoginCodes) -> Phone:
    return Phone(codes)


def test_the_right_digest_is_accepted_once(phone: Phone) -> None:
    phone.issue("one")
    assert phone.codes.lives(phone.user, "one", NOW)
    assert phone.guess("one") is Guess.RIGHT
    assert not phone.codes.lives(phone.user, "one", NOW)
    assert phone.guess("one") is Guess.WRONG


def test_no_code_no_entry(phone: Phone) -> None:
    assert phone.guess("one") is Guess.WRONG


def test_codes_of_several_requests_live_side_by_side_each_with_its_own_guesses(phone: Phone) -> None:
    phone.issue("one")
    phone.issue("two", NOW + MINUTE)
    assert [phone.guess("one", "wrong") for _ in range(5)] == [Guess.WRONG] * 5
    assert [phone.guess("one"), phone.guess("two", "right one"), phone.guess("two")] == [Guess.WRONG, Guess.WRONG, Guess.RIGHT]


def test_a_code_is_of_one_account(phone: Phone) -> None:
    phone.issue("one")
    other = Phone(phone.codes)
    assert not other.codes.lives(other.user, "one", NOW)
    assert other.guess("one") is Guess.WRONG


def test_a_code_ends_with_its_lifetime(phone: Phone) -> None:
    phone.issue("one")
    assert phone.guess("one", now=NOW + timedelta(seconds=300)) is Guess.WRONG
    phone.issue("two", NOW + MINUTE)
    assert phone.guess("two", now=NOW + MINUTE + timedelta(milliseconds=299_999)) is Guess.RIGHT


def test_a_code_issued_again_lives_longer_and_has_the_guesses_that_it_had(phone: Phone) -> None:
    phone.issue("one")
    assert [phone.guess("one", "wrong") for _ in range(4)] == [Guess.WRONG] * 4
    phone.issue("one", NOW + 4 * MINUTE)
    assert phone.codes.lives(phone.user, "one", NOW + 8 * MINUTE)
    assert phone.guess("one", "wrong", NOW + 8 * MINUTE) is Guess.WRONG
    assert phone.guess("one", now=NOW + 8 * MINUTE) is Guess.WRONG


def test_one_wrong_guess_less_leaves_the_code_alive(phone: Phone) -> None:
    phone.issue("one")
    assert [phone.guess("one", "wrong") for _ in range(4)] == [Guess.WRONG] * 4
    assert phone.guess("one") is Guess.RIGHT


def test_what_was_not_sent_is_not_counted_and_its_code_is_dead(phone: Phone) -> None:
    phone.issue("one")
    phone.codes.withdraw(phone.user, "one", NOW, first=True)
    assert phone.guess("one") is Guess.WRONG
    assert phone.codes.sent(phone.user, NOW) == []
    assert phone.issue("two") == NOW + MINUTE


def test_what_was_not_sent_again_leaves_the_code_alive(phone: Phone) -> None:
    phone.issue("one")
    phone.issue("one", NOW + MINUTE)
    phone.codes.withdraw(phone.user, "one", NOW + MINUTE, first=False)
    assert phone.codes.sent(phone.user, NOW + MINUTE) == [NOW]
    assert phone.guess("one") is Guess.RIGHT


def test_one_code_a_minute(phone: Phone) -> None:
    assert phone.issue("one") == NOW + MINUTE
    almost = NOW + timedelta(milliseconds=59_999)
    assert phone.refusal(almost) == ("loginCodesPerMinute", NOW + MINUTE)
    assert phone.guess("one", now=almost) is Guess.RIGHT
    assert phone.refusal(almost) == ("loginCodesPerMinute", NOW + MINUTE)
    phone.issue("two", NOW + MINUTE)


@pytest.mark.parametrize(("known", "most"), [(False, 3), (True, 5)])
def test_an_hour_of_the_clock_has_so_many_codes(phone: Phone, known: bool, most: int) -> None:
    first = NOW + 50 * MINUTE
    told = [phone.issue(str(n), first + n * MINUTE, known=known) for n in range(most)]
    assert told == [*(first + n * MINUTE for n in range(1, most)), NOW + HOUR]
    assert phone.refusal(NOW + 59 * MINUTE, known=known) == ("loginCodesPerHour", NOW + HOUR)
    assert phone.issue("next", NOW + HOUR, known=known)


@pytest.mark.parametrize(("known", "most"), [(False, 7), (True, 10)])
def test_any_day_has_so_many_codes(phone: Phone, known: bool, most: int) -> None:
    told = [phone.issue(str(n), NOW + n * HOUR, known=known) for n in range(most)]
    assert told[-1] == NOW + DAY
    assert phone.refusal(NOW + most * HOUR, known=known) == ("loginCodesPerDay", NOW + DAY)
    phone.issue("next", NOW + DAY, known=known)
    assert phone.refusal(NOW + DAY + 2 * MINUTE, known=known)[1] == NOW + DAY + HOUR


def test_what_is_kept_is_for_the_known_alone_and_the_whole_for_all(phone: Phone) -> None:
    for n in range(7):
        phone.issue(f"stranger {n}", NOW + n * HOUR)
    assert phone.refusal(NOW + 8 * HOUR) == ("loginCodesPerDay", NOW + DAY)
    for n in range(3):
        phone.issue(f"known {n}", NOW + (8 + n) * HOUR, known=True)
    assert phone.refusal(NOW + 12 * HOUR, known=True) == ("loginCodesPerDay", NOW + DAY)


def test_the_codes_of_the_known_take_nothing_from_what_strangers_may_ask_for(phone: Phone) -> None:
    for n in range(3):
        phone.issue(f"known {n}", NOW + n * HOUR, known=True)
    for n in range(7):
        phone.issue(f"stranger {n}", NOW + (3 + n) * HOUR)


def test_a_code_that_was_used_counts_no_more_but_was_sent(phone: Phone) -> None:
    for n in range(12):
        phone.issue(str(n), NOW + n * MINUTE, proven=False)
        assert phone.guess(str(n), now=NOW + n * MINUTE) is Guess.RIGHT
    assert phone.codes.sent(phone.user, NOW + DAY) == [NOW + n * MINUTE for n in range(11, 0, -1)]


def test_an_address_is_counted_over_all_phones(codes: LoginCodes) -> None:
    address = uuid4().hex
    for n in range(3):
        Phone(codes).issue("one", NOW + n * MINUTE, address=address)
    assert Phone(codes).refusal(NOW + 3 * MINUTE, address=address) == ("loginCodesPerAddressHour", NOW + HOUR)
    Phone(codes).issue("one", NOW + HOUR, address=address)


def test_the_limit_that_heals_last_is_told(phone: Phone) -> None:
    limits = LoginCodeLimits(per_address_hour=1)
    phone.issue("one", NOW + MINUTE, limits, address=phone.address)
    assert phone.refusal(NOW + MINUTE, limits, address=phone.address) == ("loginCodesPerAddressHour", NOW + HOUR + MINUTE)


def test_a_refusal_counts_against_nobody(phone: Phone) -> None:
    phone.issue("one", address=phone.address)
    for _ in range(5):
        phone.refusal(NOW, address=phone.address)
    Phone(phone.codes).issue("one", address=phone.address)


def test_from_the_fourth_code_of_a_day_on_a_proof_is_asked_for(phone: Phone) -> None:
    for n in range(3):
        assert phone.issue(str(n), NOW + n * HOUR, proven=False)
    assert phone.issue("fourth", NOW + 3 * HOUR, proven=False) is None
    assert not phone.codes.lives(phone.user, "fourth", NOW + 3 * HOUR)
    assert phone.issue("fourth", NOW + 3 * HOUR)
    assert phone.issue("next day", NOW + DAY + HOUR, proven=False)


def test_an_address_that_asks_often_is_asked_for_a_proof(codes: LoginCodes) -> None:
    limits, address = LoginCodeLimits(challenge_after_address_hour=2), uuid4().hex
    for _ in range(2):
        assert Phone(codes).issue("one", NOW, limits, proven=False, address=address)
    assert Phone(codes).issue("one", NOW, limits, proven=False, address=address) is None
    assert Phone(codes).issue("one", NOW, limits, address=address)
    assert Phone(codes).issue("one", NOW + HOUR, limits, proven=False, address=address)


def test_a_limit_is_told_before_a_proof_is_asked_for(phone: Phone) -> None:
    limits = LoginCodeLimits(challenge_after_phone_day=1)
    phone.issue("one", limits=limits)
    assert phone.refusal(NOW, limits, proven=False)[0] == "loginCodesPerMinute"


def test_after_many_wrong_guesses_at_a_phones_codes_a_proof_is_asked_for(phone: Phone) -> None:
    phone.issue("one")
    phone.issue("two", NOW + MINUTE)
    assert [phone.guess("one", "wrong", challenge_after_phone_day=3) for _ in range(3)] == [Guess.WRONG] * 3
    assert phone.guess("two", challenge_after_phone_day=3) is Guess.UNPROVEN
    assert phone.guess("two", "wrong", challenge_after_phone_day=3, proven=True) is Guess.WRONG
    assert phone.guess("two", challenge_after_phone_day=3, proven=True) is Guess.RIGHT


def test_wrong_guesses_are_forgotten_after_a_day_and_those_at_no_code_at_once(phone: Phone) -> None:
    assert [phone.guess("none", "wrong", challenge_after_phone_day=1) for _ in range(3)] == [Guess.WRONG] * 3
    phone.issue("one")
    assert phone.guess("one", "wrong", challenge_after_phone_day=1) is Guess.WRONG
    phone.issue("two", NOW + DAY)
    assert phone.guess("two", now=NOW + DAY, challenge_after_phone_day=1) is Guess.RIGHT


def test_an_address_that_guesses_wrong_without_end_waits(phone: Phone) -> None:
    phone.issue("one")
    assert [phone.guess("none", now=NOW + n * MINUTE, per_address_hour=2) for n in range(2)] == [Guess.WRONG] * 2
    with pytest.raises(TooMany) as refusal:
        phone.guess("one", now=NOW + 2 * MINUTE, per_address_hour=2)
    assert (refusal.value.rule, refusal.value.retry_at) == ("loginGuessesPerAddressHour", NOW + HOUR)
    phone.issue("two", NOW + HOUR)
    assert phone.guess("two", now=NOW + HOUR, per_address_hour=2) is Guess.RIGHT


def test_of_requests_at_once_one_is_served(phone: Phone) -> None:
    def issue(n: int) -> bool:
        try:
            phone.issue(str(n))
        except TooMany:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(issue, range(8))) == 1
