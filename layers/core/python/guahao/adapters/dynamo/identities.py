"""Identities in their table: one item for each user, and one for each certificate with its user."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pynamodb.attributes import MapAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.exceptions import TransactWriteError
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.transactions import TransactWrite

from guahao.adapters.dynamo.account_item import AccountItem
from guahao.adapters.dynamo.accounts import USER, UserItem
from guahao.adapters.dynamo.audit_log import DynamoAuditLog, WritesRefused
from guahao.adapters.dynamo.base import Item, Trace, connection, store_unavailable, use_table
from guahao.adapters.dynamo.certificates import CertificateMap
from guahao.adapters.dynamo.cursors import cursor_of, place_of
from guahao.adapters.dynamo.ledgers import LedgerItem, ledger_unmoved, read_ledger
from guahao.domain.administration.audit_log import AuditEntry
from guahao.domain.errors import wrong_cursor
from guahao.domain.people.accounts import IdentityState, User
from guahao.domain.people.identity import Approved, Identity, foreign_certificate, freed
from guahao.domain.versions import VersionConflict
from guahao.ports.pages import Page

_REFUSED, _CONFLICT = "ConditionalCheckFailed", "TransactionConflict"


class ByState(GlobalSecondaryIndex[Any]):
    """Identities in a state by the moment of their submission; claims have no state."""

    class Meta:
        index_name = "by_state"
        projection = AllProjection()

    state = UnicodeAttribute(hash_key=True)
    submitted = UnicodeAttribute(range_key=True)


class ApprovedMap(MapAttribute[str, Any]):
    name = UnicodeAttribute()
    certificate = CertificateMap()
    photo_key = UnicodeAttribute()
    decided_at = UTCDateTimeAttribute(null=True)

    @classmethod
    def from_domain(cls, approved: Approved) -> ApprovedMap:
        """Return the map of what was approved."""
        certificate = CertificateMap.from_domain(approved.certificate)
        return cls(name=approved.name, certificate=certificate, photo_key=approved.photo_key, decided_at=approved.decided_at)

    def to_domain(self) -> Approved:
        """Return what the map keeps."""
        return Approved(self.name, self.certificate.to_domain(), self.photo_key, self.decided_at)


class IdentityItem(Item):
    class Meta:
        table_name = ""

    by_state = ByState()

    identity_id = UnicodeAttribute(hash_key=True)
    state = UnicodeAttribute()
    submitted = UnicodeAttribute()
    version = NumberAttribute()
    correlation_id = UnicodeAttribute(null=True)
    submission_id = UnicodeAttribute()
    name = UnicodeAttribute()
    certificate = CertificateMap()
    photo_key = UnicodeAttribute()
    submitted_at = UTCDateTimeAttribute()
    decided_at = UTCDateTimeAttribute(null=True)
    decided_by = UnicodeAttribute(default="")
    reason = UnicodeAttribute(default="")
    renews = ApprovedMap(null=True)

    @classmethod
    def from_domain(cls, identity: Identity, correlation_id: str) -> IdentityItem:
        """Return the identity's item, with the correlation id of its writer."""
        return cls(
            identity.user_id,
            state=identity.state.value,
            submitted=f"{identity.submitted_at.isoformat(timespec='milliseconds')}#{identity.user_id}",
            version=identity.version,
            correlation_id=correlation_id or None,
            submission_id=identity.submission_id,
            name=identity.name,
            certificate=CertificateMap.from_domain(identity.certificate),
            photo_key=identity.photo_key,
            submitted_at=identity.submitted_at,
            decided_at=identity.decided_at,
            decided_by=identity.decided_by,
            reason=identity.reason,
            renews=ApprovedMap.from_domain(identity.renews) if identity.renews else None,
        )

    def to_domain(self) -> Identity:
        """Return the identity of the item."""
        return Identity(
            user_id=self.identity_id,
            submission_id=self.submission_id,
            name=self.name,
            certificate=self.certificate.to_domain(),
            photo_key=self.photo_key,
            submitted_at=self.submitted_at,
            state=IdentityState(self.state),
            decided_at=self.decided_at,
            decided_by=self.decided_by,
            reason=self.reason,
            version=int(self.version),
            renews=self.renews.to_domain() if self.renews else None,
        )


class ClaimItem(Item):
    """The claim of a user on a certificate, while it is under review or approved."""

    class Meta:
        table_name = ""

    identity_id = UnicodeAttribute(hash_key=True)
    holder = UnicodeAttribute()

    @classmethod
    def of(cls, identity: Identity) -> ClaimItem:
        """Return the claim on the identity's certificate."""
        return cls(_claim_id(identity.certificate.fingerprint), holder=identity.user_id)


class DynamoIdentities:
    """The store of identities; see `ports.people.identity.Identities` for what each method promises."""

    def __init__(self, identities_table: str, accounts_table: str, audit_log: Callable[[], DynamoAuditLog], trace: Trace) -> None:
        use_table(IdentityItem, identities_table)
        use_table(ClaimItem, identities_table)
        use_table(AccountItem, accounts_table)
        self._audit_log, self._trace = audit_log, trace

    def get(self, user_id: str) -> Identity | None:
        try:
            return IdentityItem.get(user_id, consistent_read=True).to_domain()
        except IdentityItem.DoesNotExist:
            return None

    def holder(self, fingerprint: str) -> str | None:
        try:
            return ClaimItem.get(_claim_id(fingerprint), consistent_read=True).holder
        except ClaimItem.DoesNotExist:
            return None

    def submit(self, before: Identity | None, after: Identity) -> None:
        user = _user(after.user_id)
        unmoved = IdentityItem.version == before.version if before else IdentityItem.identity_id.does_not_exist()
        unclaimed = ClaimItem.identity_id.does_not_exist() | (ClaimItem.holder == after.user_id)
        try:
            with TransactWrite(connection=connection()) as transaction:
                transaction.save(IdentityItem.from_domain(after, self._trace()["correlation_id"]), condition=unmoved)
                transaction.save(ClaimItem.of(after), condition=unclaimed)
                transaction.save(UserItem.from_domain(after.mark(user)), condition=UserItem.version == user.version)
        except TransactWriteError as error:
            raise _refusal(error) from error

    def decide(self, before: Identity, after: Identity, entry: AuditEntry) -> None:
        if after.decided_at is None:
            raise ValueError("only a decided identity can be written together with an entry")

        def add_writes(transaction: TransactWrite) -> None:
            user = _user(after.user_id)
            transaction.save(
                IdentityItem.from_domain(after, self._trace()["correlation_id"]), condition=IdentityItem.version == before.version
            )
            transaction.save(UserItem.from_domain(after.mark(user)), condition=UserItem.version == user.version)
            for fingerprint in sorted(freed(before, after)):
                transaction.delete(ClaimItem(_claim_id(fingerprint)), condition=ClaimItem.holder == after.user_id)
            if after.state is IdentityState.APPROVED:
                ledger = read_ledger(after.certificate.fingerprint)
                proven = ledger.prove(after.user_id).verified_as(after.name)
                transaction.save(LedgerItem.from_domain(proven), condition=ledger_unmoved(ledger))

        try:
            self._audit_log().append_with(entry, after.decided_at, add_writes)
        except WritesRefused as error:
            raise VersionConflict from error

    def in_state(self, state: IdentityState, limit: int, cursor: str | None) -> Page[Identity]:
        found = IdentityItem.by_state.query(state.value, limit=limit, last_evaluated_key=_start(state, cursor) if cursor else None)
        items = [item.to_domain() for item in found]
        last = found.last_evaluated_key
        return Page(items, cursor_of(last["submitted"]["S"]) if last else None)


def identity_of_image(image: dict[str, Any]) -> Identity:
    """Return the identity in an image of the table's stream."""
    item = IdentityItem()
    item.from_dynamodb_dict(image)
    return item.to_domain()


def _claim_id(fingerprint: str) -> str:
    return f"certificate#{fingerprint}"


def _user(user_id: str) -> User:
    return UserItem.get(user_id, USER, consistent_read=True).to_domain()


def _refusal(error: TransactWriteError) -> Exception:
    """Return the error for a refused submission: if only the claim's condition failed, another account has the certificate."""
    codes = [reason.code if reason else "" for reason in error.cancellation_reasons]
    if codes == ["", _REFUSED, ""]:
        return foreign_certificate()
    if set(codes) & {_REFUSED, _CONFLICT}:
        return VersionConflict()
    return store_unavailable()


def _start(state: IdentityState, cursor: str) -> dict[str, Any]:
    """Return the key after which the page begins."""
    submitted = place_of(cursor)
    moment, _, user_id = submitted.partition("#")
    if not moment or not user_id:
        raise wrong_cursor()
    return {"state": {"S": state.value}, "submitted": {"S": submitted}, "identity_id": {"S": user_id}}
