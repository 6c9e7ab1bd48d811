"""The users in the accounts table."""

from __future__ import annotations

from typing import Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.exceptions import PutError
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from guahao.adapters.dynamo.account_item import AccountItem
from guahao.adapters.dynamo.base import use_table
from guahao.domain.people.accounts import IdentityState, Language, User
from guahao.domain.texts import folded
from guahao.domain.versions import VersionConflict

USER = "user"
LOCKED = "locked"


class ByStatus(GlobalSecondaryIndex[Any]):
    """Users in a state (`locked`, or that of their identity) by the moment of their registration."""

    class Meta:
        index_name = "by_status"
        projection = AllProjection()

    status = UnicodeAttribute(hash_key=True)
    registered = UnicodeAttribute(range_key=True)


class ByName(GlobalSecondaryIndex[Any]):
    """Named users by the first character of their name."""

    class Meta:
        index_name = "by_name"
        projection = AllProjection()

    initial = UnicodeAttribute(hash_key=True)
    name_key = UnicodeAttribute(range_key=True)


class UserItem(AccountItem, discriminator="user"):
    by_status = ByStatus()
    by_name = ByName()

    status = UnicodeAttribute()
    registered = UnicodeAttribute()
    initial = UnicodeAttribute(null=True)
    name_key = UnicodeAttribute(null=True)
    version = NumberAttribute()
    sealed_phone = UnicodeAttribute()
    masked_phone = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    name = UnicodeAttribute(default="")
    identity_state = UnicodeAttribute(default=IdentityState.NONE.value)
    locked = BooleanAttribute(default=False)
    lock_reason = UnicodeAttribute(default="")
    sessions_since = UTCDateTimeAttribute(null=True)
    language = UnicodeAttribute(default=Language.CHINESE.value)

    @classmethod
    def from_domain(cls, user: User) -> UserItem:
        """Return the user's item."""
        return cls(
            user.user_id,
            USER,
            sealed_phone=user.sealed_phone,
            masked_phone=user.masked_phone,
            created_at=user.created_at,
            name=user.name,
            identity_state=user.identity_state.value,
            locked=user.locked,
            lock_reason=user.lock_reason,
            sessions_since=user.sessions_since,
            status=LOCKED if user.locked else user.identity_state.value,
            registered=f"{user.created_at.isoformat()}#{user.user_id}",
            initial=folded(user.name)[:1] or None,
            name_key=f"{folded(user.name)}#{user.user_id}" if user.name else None,
            version=user.version,
            language=user.language.value,
        )

    def to_domain(self) -> User:
        """Return the user of the item."""
        return User(
            user_id=self.owner,
            sealed_phone=self.sealed_phone,
            masked_phone=self.masked_phone,
            created_at=self.created_at,
            name=self.name,
            identity_state=IdentityState(self.identity_state),
            locked=self.locked,
            lock_reason=self.lock_reason,
            sessions_since=self.sessions_since,
            version=int(self.version),
            language=Language(self.language),
        )


class DynamoAccounts:
    """The store of users."""

    def __init__(self, table_name: str) -> None:
        use_table(AccountItem, table_name)

    def get(self, user_id: str) -> User | None:
        """Return the user as last written."""
        try:
            return UserItem.get(user_id, USER, consistent_read=True).to_domain()
        except UserItem.DoesNotExist:
            return None

    def register(self, user: User) -> User:
        """Store the user if the id is free, and return the user who has the id: of two at once, both get the first."""
        try:
            UserItem.from_domain(user).save(condition=UserItem.owner.does_not_exist())
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            return UserItem.get(user.user_id, USER, consistent_read=True).to_domain()
        return user

    def change(self, before: User, after: User) -> None:
        """Write the user over `before`, or raise VersionConflict."""
        try:
            UserItem.from_domain(after).save(condition=user_unmoved(before))
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            raise VersionConflict from error


def user_unmoved(before: User) -> Condition:
    """Return the condition that the user's record has not changed since it was read."""
    return UserItem.version == before.version
