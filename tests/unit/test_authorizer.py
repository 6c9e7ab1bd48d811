"""Who is let in, and who no longer: the use case and the answer that the gateway gets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from guahao.domain.administration.administrators import Administrator, Role
from guahao.domain.errors import Unauthenticated, Unavailable
from guahao.domain.people.sessions import Login
from guahao.domain.people.users import lock, unlock
from guahao.runtime.authorizer import UnauthorizedError, token_authorizer
from guahao.usecases.people.authorizer import Authorizer
from tests.builders import user
from tests.fakes.accounts import FakeAccounts, FakeLogins, FakeTokens
from tests.fakes.authorizer import FakeSessions
from tests.fakes.clock import FakeClock

EVENT = {"type": "TOKEN", "authorizationToken": "Bearer x", "methodArn": "arn:aws:execute-api:r:1:api/v1/GET/api/me"}


class House:
    """One user and one administrator of the same name, each with logins of their own."""

    def __init__(self) -> None:
        self.accounts, self.tokens, self.clock = FakeAccounts({"u1": user()}), FakeTokens(), FakeClock()
        self.users_logins, self.administrators_logins = FakeLogins(), FakeLogins()
        self.administrator = Administrator("u1", Role.OWNER, "hash", "sealed", self.clock())
        users = FakeSessions(self.users_logins, self.accounts.get)
        administrators = FakeSessions(self.administrators_logins, lambda _: self.administrator)
        self.authorizer = Authorizer(self.tokens, users, administrators, self.clock)

    def log_in(self, role: str = "user") -> str:
        """Return a token of u1 whose login is on record."""
        now = self.clock()
        issued = self.tokens.issue("u1", role, now)
        logins = self.users_logins if role == "user" else self.administrators_logins
        logins.open(Login("u1", issued.token_id, now, "203.0.113.7", issued.expires_at))
        return issued.token

    def refuses(self, token: str) -> bool:
        try:
            self.authorizer.authenticate(token)
        except Unauthenticated:
            return True
        return False


@pytest.fixture
def house() -> House:
    return House()


@pytest.mark.parametrize("role", ["user", "operator", "auditor", "owner"])
def test_whoever_logged_in_is_known_by_role(house: House, role: str) -> None:
    bearer = house.authorizer.authenticate(house.log_in(role))
    assert (bearer.user_id, bearer.role) == ("u1", role)


def test_a_token_that_is_over_is_refused(house: House) -> None:
    token = house.log_in()
    house.clock.advance(hours=2)
    assert house.refuses(token)


def test_a_token_whose_record_is_gone_is_refused(house: House) -> None:
    token = house.log_in()
    house.users_logins.records.clear()
    assert house.refuses(token)


def test_logging_out_ends_this_session_and_no_other(house: House) -> None:
    token, other = house.log_in(), house.log_in()
    house.users_logins.end("u1", house.authorizer.authenticate(token).token_id, house.clock())
    assert house.refuses(token)
    assert not house.refuses(other)


def test_a_locked_users_token_is_refused(house: House) -> None:
    token = house.log_in()
    house.accounts.users["u1"] = replace(user(), locked=True)
    assert house.refuses(token)


def test_a_token_of_an_account_that_is_gone_is_refused(house: House) -> None:
    token = house.log_in()
    house.accounts.users.clear()
    assert house.refuses(token)


def test_a_locked_administrators_token_is_refused(house: House) -> None:
    token, of_the_user = house.log_in("owner"), house.log_in()
    house.administrator = house.administrator.lock("left")
    assert house.refuses(token)
    assert not house.refuses(of_the_user)


def test_what_a_lock_ended_stays_ended_when_the_user_is_unlocked(house: House) -> None:
    token = house.log_in()
    house.clock.advance(minutes=1)
    house.accounts.users["u1"] = unlock(lock(user(), "stolen"), house.clock())
    assert house.refuses(token)
    assert not house.refuses(house.log_in())


def test_an_administrators_old_sessions_end_with_an_unlock_and_with_new_credentials(house: House) -> None:
    for renew in (
        lambda: house.administrator.lock("left").unlock(house.clock()),
        lambda: house.administrator.with_credentials("another", "sealed", house.clock()),
    ):
        token = house.log_in("owner")
        house.clock.advance(minutes=1)
        house.administrator = renew()
        assert house.refuses(token)
        assert not house.refuses(house.log_in("owner"))


def test_a_users_login_opens_no_administrators_session(house: House) -> None:
    issued = house.tokens.issue("u1", "owner", house.clock())
    house.users_logins.open(Login("u1", issued.token_id, house.clock(), "203.0.113.7", issued.expires_at))
    assert house.refuses(issued.token)


def test_a_store_that_does_not_answer_refuses_nobody() -> None:
    """Only the word Unauthorized is a 401; anything else that is raised becomes a 5xx of the gateway."""

    def silent(_: str) -> Any:
        raise Unavailable("The store of records does not answer.")

    with pytest.raises(Unavailable):
        token_authorizer(silent)(EVENT, None)


def test_the_routes_learn_who_calls_by_which_token(house: House) -> None:
    token = house.log_in()
    answer = token_authorizer(house.authorizer.authenticate)({**EVENT, "authorizationToken": f"bearer {token}"}, None)
    assert (answer["principalId"], answer["context"]) == ("u1", {"role": "user", "tokenId": house.authorizer.authenticate(token).token_id})
    assert answer["policyDocument"]["Statement"][0]["Resource"] == "arn:aws:execute-api:r:1:api/v1/*"


@pytest.mark.parametrize("header", ["", "Basic dXNlcjpwYXNz", "Bearer", "Bearer a b", "token"])
def test_what_is_no_bearer_token_is_refused(house: House, header: str) -> None:
    with pytest.raises(UnauthorizedError, match=r"^Unauthorized$"):
        token_authorizer(house.authorizer.authenticate)({**EVENT, "authorizationToken": header}, None)
