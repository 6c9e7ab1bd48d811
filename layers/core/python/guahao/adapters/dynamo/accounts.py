"""The users in the accounts table."""

from __future__ import annotations

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.exceptions import PutError

from guahao.adapters.dynamo.account_item import AccountItem
from guahao.adapters.dynamo.base import use_table
from guahao.domain.accounts import IdentityState, User

USER = "user"


class UserItem(AccountItem, discriminator="user"):
    sealed_phone = UnicodeAttribute()
    masked_phone = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    name = UnicodeAttribute(default="")
    identity_state = UnicodeAttribute(default=IdentityState.NONE.value)
    locked = BooleanAttribute(default=False)

    @classmethod
    def from_domain(cls, user: User) -> UserItem:
        """Return the item that keeps the user."""
        return cls(
            user.user_id,
            USER,
            sealed_phone=user.sealed_phone,
            masked_phone=user.masked_phone,
            created_at=user.created_at,
            name=user.name,
            identity_state=user.identity_state.value,
            locked=user.locked,
        )

    def to_domain(self) -> User:
        """Return the user that the item keeps."""
        return User(
            user_id=self.owner,
            sealed_phone=self.sealed_phone,
            masked_phone=self.masked_phone,
            created_at=self.created_at,
            name=self.name,
            identity_state=IdentityState(self.identity_state),
            locked=self.locked,
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
        """Store the user if the id is free and return who holds the id now: of two at once, both get the first."""
        try:
            UserItem.from_domain(user).save(condition=UserItem.owner.does_not_exist())
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            return UserItem.get(user.user_id, USER, consistent_read=True).to_domain()
        return user
