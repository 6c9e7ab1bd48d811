"""The language in which a user is written to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from guahao.domain.errors import AccountLocked
from guahao.domain.people.accounts import IdentityState, Language, User
from tests.fakes.accounts import FakeAccounts
from tests.unit.logging_in import ADDRESS, PHONE, House


@pytest.fixture
def house() -> House:
    return House()


@pytest.mark.parametrize(
    ("asked", "word"),
    [("", "验证码"), ("zh-CN,zh;q=0.9,en;q=0.8", "验证码"), ("fr-FR", "验证码"), ("en-GB,en;q=0.9", "login code"), ("EN", "login code")],
)
def test_a_code_comes_in_the_language_that_the_browser_asks_for_first(house: House, asked: str, word: str) -> None:
    house.sender.request_login_code(PHONE, ADDRESS, asked)
    assert word in house.sms.sent[-1][1]


def test_a_user_is_written_to_in_chinese_until_they_choose(house: House) -> None:
    user = house.log_in().user
    assert user.language is Language.CHINESE
    chosen = house.service.change_language(user.user_id, "en")
    assert chosen == replace(user, language=Language.ENGLISH, version=user.version + 1) == house.service.profile(user.user_id)
    assert house.service.change_language(user.user_id, "en") == chosen


def test_a_choice_of_language_undoes_no_change_made_meanwhile(house: House) -> None:
    user = house.log_in().user

    class Meanwhile(FakeAccounts):
        def change(self, before: User, after: User) -> None:
            if before.identity_state is IdentityState.NONE:
                approved = replace(before, identity_state=IdentityState.APPROVED, version=before.version + 1)
                super().change(before, approved)
            super().change(before, after)

    service = replace(house.service, accounts=Meanwhile(house.accounts.users))
    assert service.change_language(user.user_id, "en").identity_state is IdentityState.APPROVED
    assert house.service.profile(user.user_id).language is Language.ENGLISH


def test_a_locked_user_chooses_nothing(house: House) -> None:
    user = house.log_in().user
    house.accounts.users[user.user_id] = replace(user, locked=True)
    with pytest.raises(AccountLocked):
        house.service.change_language(user.user_id, "en")
