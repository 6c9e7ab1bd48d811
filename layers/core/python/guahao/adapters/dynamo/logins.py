"""The logins of users and administrators, each beside the account that logged in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar

from pynamodb.attributes import TTLAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.exceptions import PutError, UpdateError

from guahao.adapters.dynamo.account_item import AccountItem
from guahao.adapters.dynamo.administrator_item import AdministratorItem
from guahao.adapters.dynamo.base import use_table
from guahao.domain.people.sessions import Login

PREFIX = "login#"
KEPT = timedelta(days=365)


class _LoginAttributes:
    """The attributes of a login in either table."""

    at = UTCDateTimeAttribute()
    address = UnicodeAttribute()
    expires_at = UTCDateTimeAttribute()
    ended_at = UTCDateTimeAttribute(null=True)
    expires = TTLAttribute()


class UserLoginItem(_LoginAttributes, AccountItem, discriminator="login"):
    """A user's login."""


class AdministratorLoginItem(_LoginAttributes, AdministratorItem, discriminator="login"):
    """An administrator's login."""


_LoginItem = TypeVar("_LoginItem", bound=UserLoginItem | AdministratorLoginItem)


class DynamoLogins:
    """The logins of users or of administrators; see `ports.people.accounts.Logins` for what each method promises."""

    def __init__(self, model: type[UserLoginItem | AdministratorLoginItem], table_name: str) -> None:
        self._model = model
        use_table(model, table_name)

    def open(self, login: Login) -> None:
        try:
            login_item(self._model, login).save(condition=self._model.owner.does_not_exist())
        except PutError as error:  # each login has its own random id, so the item that is there is the same login, sent twice
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise

    def end(self, owner: str, token_id: str, now: datetime) -> None:
        living = self._model.owner.exists() & self._model.ended_at.does_not_exist()
        try:
            self._model(owner, login_key(token_id)).update([self._model.ended_at.set(now)], condition=living)
        except UpdateError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise

    def latest(self, owner: str, limit: int) -> list[Login]:
        prefix = self._model.item.startswith(PREFIX)
        items = self._model.query(owner, prefix, consistent_read=True, scan_index_forward=False, limit=limit)
        return [_to_domain(item) for item in items]


def login_item(model: type[_LoginItem], login: Login) -> _LoginItem:
    """Return the login's item in the model's table."""
    return model(
        login.owner,
        login_key(login.token_id),
        at=login.at,
        address=login.address,
        expires_at=login.expires_at,
        ended_at=login.ended_at,
        expires=login.at + KEPT,
    )


def login_key(token_id: str) -> str:
    """Return the sort key of the login that gave the token."""
    return f"{PREFIX}{token_id}"


def _to_domain(item: UserLoginItem | AdministratorLoginItem) -> Login:
    return Login(item.owner, item.item.removeprefix(PREFIX), item.at, item.address, item.expires_at, item.ended_at)
