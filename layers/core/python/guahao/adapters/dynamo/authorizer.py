"""The check whether a session is live: one request reads the parts of its login and account that matter."""

from __future__ import annotations

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UTCDateTimeAttribute

from guahao.adapters.dynamo.accounts import USER
from guahao.adapters.dynamo.administrator_item import ADMINISTRATOR
from guahao.adapters.dynamo.base import Item, use_table
from guahao.adapters.dynamo.logins import login_key
from guahao.domain.people.sessions import is_live

_READ = ["owner", "item", "locked", "sessions_since", "at", "ended_at"]


class SeenItem(Item):
    """A login or an account, with the attributes that the authorizer needs."""

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    locked = BooleanAttribute(default=False)
    sessions_since = UTCDateTimeAttribute(null=True)
    at = UTCDateTimeAttribute(null=True)
    ended_at = UTCDateTimeAttribute(null=True)


class SeenUserItem(SeenItem):
    class Meta:
        table_name = ""


class SeenAdministratorItem(SeenItem):
    class Meta:
        table_name = ""


class DynamoSessions:
    """The sessions of one table; see `ports.people.authorizer.Sessions` for what each method promises."""

    def __init__(self, model: type[SeenItem], account: str, table_name: str) -> None:
        self._model, self._account = model, account
        use_table(model, table_name)

    def is_live(self, owner: str, token_id: str) -> bool:
        keys = [(owner, self._account), (owner, login_key(token_id))]
        seen = {item.item: item for item in self._model.batch_get(keys, consistent_read=True, attributes_to_get=_READ)}
        account, login = (seen.get(item) for _, item in keys)
        if account is None or login is None:
            return False
        return is_live(login.at, login.ended_at, account.locked, account.sessions_since)


def user_sessions(table_name: str) -> DynamoSessions:
    """Return the sessions of users."""
    return DynamoSessions(SeenUserItem, USER, table_name)


def administrator_sessions(table_name: str) -> DynamoSessions:
    """Return the sessions of administrators."""
    return DynamoSessions(SeenAdministratorItem, ADMINISTRATOR, table_name)
