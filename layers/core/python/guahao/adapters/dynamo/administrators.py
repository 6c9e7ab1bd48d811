"""Administrators in their table, each with their logins and the attempts under their name, and a directory of all names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from pynamodb.attributes import BooleanAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.exceptions import PutError
from pynamodb.transactions import TransactWrite

from guahao.adapters.dynamo.administrator_item import ADMINISTRATOR, AdministratorItem
from guahao.adapters.dynamo.audit_log import DynamoAuditLog, WritesRefused
from guahao.adapters.dynamo.base import use_table
from guahao.adapters.dynamo.logins import AdministratorLoginItem, login_item
from guahao.domain.administration.administrators import COMMAND, Administrator, Attempts, LockoutPolicy, Role, next_attempt
from guahao.domain.administration.audit_log import AuditEntry
from guahao.domain.people.sessions import Login
from guahao.domain.versions import VersionConflict, retry
from guahao.ports.pages import Page

ATTEMPTS = "attempts"
# No administrator can have this name.
DIRECTORY = "#directory"
# Each lost round is another attempt under the name, and a name has only few.
_ROUNDS = 50


class AdministratorAccountItem(AdministratorItem, discriminator="administrator"):
    version = NumberAttribute()
    role = UnicodeAttribute()
    password_hash = UnicodeAttribute()
    sealed_totp_secret = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    locked = BooleanAttribute()
    lock_reason = UnicodeAttribute()
    last_totp_step = NumberAttribute()
    sessions_since = UTCDateTimeAttribute(null=True)

    @classmethod
    def from_domain(cls, administrator: Administrator) -> AdministratorAccountItem:
        """Return the administrator's item."""
        return cls(
            administrator.username,
            ADMINISTRATOR,
            version=administrator.version,
            role=administrator.role.value,
            password_hash=administrator.password_hash,
            sealed_totp_secret=administrator.sealed_totp_secret,
            created_at=administrator.created_at,
            locked=administrator.locked,
            lock_reason=administrator.lock_reason,
            last_totp_step=administrator.last_totp_step,
            sessions_since=administrator.sessions_since,
        )

    def to_domain(self) -> Administrator:
        """Return the administrator of the item."""
        return Administrator(
            username=self.owner,
            role=Role(self.role),
            password_hash=self.password_hash,
            sealed_totp_secret=self.sealed_totp_secret,
            created_at=self.created_at,
            locked=self.locked,
            lock_reason=self.lock_reason,
            last_totp_step=int(self.last_totp_step),
            sessions_since=self.sessions_since,
            version=int(self.version),
        )


class DirectoryItem(AdministratorItem, discriminator="directory"):
    """A name in the directory."""


class AttemptsItem(AdministratorItem, discriminator="attempts"):
    """The attempts under a name, which need not exist; DynamoDB deletes the item when it expires.

    They are one text, so that a write can be conditional on all of them. It stays short, because only few attempts are allowed.
    """

    tries = UnicodeAttribute()
    expires = TTLAttribute()

    @classmethod
    def from_domain(cls, username: str, attempts: Mapping[str, Attempts]) -> AttemptsItem:
        """Return the item of the attempts by address."""
        tries = {address: [tried.count, int(tried.until.timestamp())] for address, tried in attempts.items()}
        return cls(_mark(username), ATTEMPTS, tries=json.dumps(tries), expires=max(tried.until for tried in attempts.values()))

    def to_domain(self) -> dict[str, Attempts]:
        """Return the attempts of the item."""
        return {address: Attempts(count, datetime.fromtimestamp(until, UTC)) for address, (count, until) in json.loads(self.tries).items()}


class DynamoAdministrators:
    """The store of administrators; see `ports.administration.administrators.Administrators` for what each method promises."""

    def __init__(self, table_name: str, log: DynamoAuditLog) -> None:
        use_table(AdministratorItem, table_name)
        self._log = log

    def get(self, username: str) -> Administrator | None:
        try:
            return AdministratorAccountItem.get(username, ADMINISTRATOR, consistent_read=True).to_domain()
        except AdministratorAccountItem.DoesNotExist:
            return None

    def find(self, limit: int, cursor: str | None) -> Page[Administrator]:
        start = {"owner": {"S": DIRECTORY}, "item": {"S": cursor}} if cursor else None
        # One more is read to know whether there is a next page.
        found = DirectoryItem.query(DIRECTORY, consistent_read=True, limit=limit + 1, last_evaluated_key=start)
        names = [entry.item for entry in found]
        keys = [(name, ADMINISTRATOR) for name in names[:limit]]
        items = [item.to_domain() for item in AdministratorAccountItem.batch_get(keys, consistent_read=True)]
        return Page(sorted(items, key=lambda a: a.username), names[limit - 1] if len(names) > limit else None)

    def add(self, administrator: Administrator, entry: AuditEntry, now: datetime) -> None:
        def write(transaction: TransactWrite) -> None:
            _require_owner(transaction, entry)
            free = AdministratorAccountItem.owner.does_not_exist()
            transaction.save(AdministratorAccountItem.from_domain(administrator), condition=free)
            transaction.save(DirectoryItem(DIRECTORY, administrator.username), condition=DirectoryItem.owner.does_not_exist())

        try:
            self._log.append_with(entry, now, write)
        except WritesRefused as refusal:
            raise VersionConflict from refusal

    def move(self, before: Administrator, after: Administrator, entry: AuditEntry, now: datetime, login: Login | None = None) -> None:
        def write(transaction: TransactWrite) -> None:
            if entry.actor != after.username:
                _require_owner(transaction, entry)
            unmoved = AdministratorAccountItem.version == before.version
            transaction.save(AdministratorAccountItem.from_domain(after), condition=unmoved)
            transaction.delete(AttemptsItem(_mark(after.username), ATTEMPTS))
            if login:
                once = AdministratorLoginItem.owner.does_not_exist()
                transaction.save(login_item(AdministratorLoginItem, login), condition=once)

        try:
            self._log.append_with(entry, now, write)
        except WritesRefused as refusal:
            raise VersionConflict from refusal

    def claim_attempt(self, username: str, address: str, policy: LockoutPolicy, now: datetime) -> None:
        def write() -> None:
            before = _attempts(username)
            after = next_attempt(before.to_domain() if before else {}, address, policy, now)
            unmoved = AttemptsItem.tries == before.tries if before else AttemptsItem.owner.does_not_exist()
            try:
                AttemptsItem.from_domain(username, after).save(condition=unmoved)
            except PutError as error:
                if error.cause_response_code not in ("ConditionalCheckFailedException", "TransactionConflictException"):
                    raise
                raise VersionConflict from error

        retry(write, "The count of attempts under this name", _ROUNDS)


def _attempts(username: str) -> AttemptsItem | None:
    try:
        return AttemptsItem.get(_mark(username), ATTEMPTS, consistent_read=True)
    except AttemptsItem.DoesNotExist:
        return None


def _mark(username: str) -> str:
    """Return the mark of a tried name: people type a phone number or password there, which must not be stored."""
    return hashlib.sha256(username.encode()).hexdigest()


def _require_owner(transaction: TransactWrite, entry: AuditEntry) -> None:
    """Add the condition that the actor is an unlocked owner, unless it is a command."""
    if entry.actor == COMMAND:
        return
    is_owner = (AdministratorAccountItem.role == Role.OWNER.value) & (AdministratorAccountItem.locked == False)  # noqa: E712
    transaction.condition_check(AdministratorAccountItem, entry.actor, ADMINISTRATOR, is_owner)
