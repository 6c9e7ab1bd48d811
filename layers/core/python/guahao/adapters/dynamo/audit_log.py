"""The audit log in its table: entries by day and sequence, and a head that names the first day and the last entry.

An entry and the head are written in one transaction, conditional on the head that was read, so that the chain never forks. Functions that
write here cannot update or delete. A put could still replace an entry, but then the chain, or a hash noted elsewhere, shows it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from random import uniform
from time import sleep
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import TransactWriteError
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.transactions import TransactWrite

from guahao.adapters.dynamo.base import Item, connection, store_unavailable, use_table
from guahao.adapters.dynamo.cursors import cursor_of, place_of
from guahao.domain.administration.audit_log import AuditEntry, ChainHead, SealedEntry, seal_after
from guahao.domain.errors import wrong_cursor
from guahao.domain.versions import VersionConflict, retry
from guahao.ports.pages import Page

# Each lost round is another finished entry.
_ROUNDS = 20
# The key of the head, which is no day.
_HEAD = ("head", 0)
_LAST_SEQUENCE = 999_999_999
_PLACE = re.compile(r"(\d{4}-\d\d-\d\d)#(?!0{9})(\d{9})", re.ASCII)
# Replaces a time that cannot be read: the entry is still shown, and does not fit its hash.
_NO_TIME = datetime.fromtimestamp(0, UTC)


class WritesRefused(Exception):
    """A condition of the writes beside the entry did not hold; nothing was written."""


class ByActor(GlobalSecondaryIndex[Any]):
    """An administrator's entries in the order of the chain."""

    class Meta:
        index_name = "by_actor"
        projection = AllProjection()

    actor = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)


class AuditEntryItem(Item):
    class Meta:
        table_name = ""

    by_actor = ByActor()

    day = UnicodeAttribute(hash_key=True)
    sequence = NumberAttribute(range_key=True)
    place = UnicodeAttribute()
    actor = UnicodeAttribute()
    at = UnicodeAttribute()
    action = UnicodeAttribute()
    subject = UnicodeAttribute()
    reason = UnicodeAttribute(default="")
    previous_hash = UnicodeAttribute()
    hash = UnicodeAttribute()

    @classmethod
    def from_domain(cls, sealed: SealedEntry) -> AuditEntryItem:
        """Return the entry's item."""
        entry = sealed.entry
        return cls(
            sealed.day.isoformat(),
            sealed.sequence,
            place=_place(sealed.day, sealed.sequence),
            actor=entry.actor,
            at=sealed.at.isoformat(),
            action=str(entry.action),
            subject=entry.subject,
            reason=entry.reason,
            previous_hash=sealed.previous_hash,
            hash=sealed.hash,
        )

    def to_domain(self) -> SealedEntry:
        """Return the entry of the item; one that was tampered with does not fit its hash."""
        entry = AuditEntry(self.actor, self.action, self.subject, self.reason)
        day, sequence = date.fromisoformat(self.day), int(self.sequence)
        # Another place would hide the entry from its actor's list.
        seal = self.hash if self.place == _place(day, sequence) else ""
        return SealedEntry(day, sequence, _moment(self.at), entry, self.previous_hash, seal)


class HeadItem(Item):
    class Meta:
        table_name = ""

    day = UnicodeAttribute(hash_key=True)
    sequence = NumberAttribute(range_key=True)
    first_day = UnicodeAttribute()
    last_day = UnicodeAttribute()
    last_sequence = NumberAttribute()
    last_hash = UnicodeAttribute()

    @classmethod
    def from_domain(cls, first_day: date, tip: ChainHead) -> HeadItem:
        """Return the head that names the first day and the last entry."""
        return cls(*_HEAD, first_day=first_day.isoformat(), last_day=tip.day.isoformat(), last_sequence=tip.sequence, last_hash=tip.hash)

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day of the log."""
        return date.fromisoformat(self.first_day), date.fromisoformat(self.last_day)

    @property
    def tip(self) -> ChainHead:
        """The place and hash of the last entry."""
        return ChainHead(date.fromisoformat(self.last_day), int(self.last_sequence), self.last_hash)


class DynamoAuditLog:
    """The audit log; see `ports.administration.audit_log.AuditLog` for what each method promises."""

    def __init__(self, table: str) -> None:
        use_table(AuditEntryItem, table)
        use_table(HeadItem, table)

    def head(self) -> ChainHead | None:
        head = _head()
        return head.tip if head else None

    def all(self) -> Iterator[SealedEntry]:
        head = _head()
        if head is None:
            return
        day, last = head.days
        while day <= last:
            yield from (item.to_domain() for item in AuditEntryItem.query(day.isoformat(), consistent_read=True))
            day += timedelta(days=1)

    def find(self, actor: str, first: date, last: date, limit: int, cursor: str | None) -> Page[SealedEntry]:
        head = _head()
        if head is None:
            return Page([], None)
        # There are no entries of the chain outside the log's own days.
        first, last = max(first, head.days[0]), min(last, head.days[1])
        upper = (last, _LAST_SEQUENCE)
        if cursor:
            upper = min(upper, _before(cursor))
        # One more is read to know whether there is a next page.
        newest_first = _of_actor(actor, first, upper, limit + 1) if actor else _of_all(first, upper, limit + 1)
        found = list(islice(newest_first, limit + 1))
        items = [item.to_domain() for item in found[:limit]]
        return Page(items, cursor_of(found[limit - 1].place) if len(found) > limit else None)

    def append(self, entry: AuditEntry, now: datetime) -> SealedEntry:
        return self.append_with(entry, now, lambda _: None)

    def append_with(self, entry: AuditEntry, now: datetime, add_writes: Callable[[TransactWrite], None]) -> SealedEntry:
        """Write the entry, and the writes that `add_writes` adds, in one transaction.

        Raises WritesRefused if a condition of the added writes does not hold, and Unavailable if there are too many writers at once.
        """

        def write() -> SealedEntry:
            head = _head()
            last = head.tip if head else None
            sealed = seal_after(last, entry, now)
            unmoved = HeadItem.last_hash == last.hash if last else HeadItem.day.does_not_exist()
            try:
                with TransactWrite(connection=connection()) as transaction:
                    add_writes(transaction)
                    transaction.save(AuditEntryItem.from_domain(sealed), condition=AuditEntryItem.day.does_not_exist())
                    transaction.save(HeadItem.from_domain(head.days[0] if head else sealed.day, sealed.tip), condition=unmoved)
            except TransactWriteError as error:
                codes = {reason.code for reason in error.cancellation_reasons if reason}
                if not codes:
                    raise store_unavailable() from error
                if "ConditionalCheckFailed" in codes and self.head() == last:
                    raise WritesRefused from error
                raise VersionConflict from error
            return sealed

        return retry(write, "The audit log", _ROUNDS, _spread)


def _spread(lost: int) -> None:
    sleep(uniform(0, 0.02 * lost))  # noqa: S311 - spreads writers, keeps no secret


def _head() -> HeadItem | None:
    try:
        return HeadItem.get(*_HEAD, consistent_read=True)
    except HeadItem.DoesNotExist:
        return None


def _of_actor(actor: str, first: date, upper: tuple[date, int], most: int) -> Iterator[AuditEntryItem]:
    if first <= upper[0]:  # DynamoDB refuses a range whose end lies before its start
        places = AuditEntryItem.place.between(_place(first, 0), _place(*upper))
        yield from AuditEntryItem.by_actor.query(actor, places, scan_index_forward=False, limit=most)


def _of_all(first: date, upper: tuple[date, int], most: int) -> Iterator[AuditEntryItem]:
    day, sequence = upper
    while day >= first:
        below = AuditEntryItem.sequence <= sequence
        yield from AuditEntryItem.query(day.isoformat(), below, consistent_read=True, scan_index_forward=False, limit=most)
        day, sequence = day - timedelta(days=1), _LAST_SEQUENCE


def _before(cursor: str) -> tuple[date, int]:
    """Return the highest place with which the page after the cursor can begin."""
    found = _PLACE.fullmatch(place_of(cursor))
    if not found:
        raise wrong_cursor()
    try:
        return date.fromisoformat(found[1]), int(found[2]) - 1
    except ValueError as error:
        raise wrong_cursor() from error


def _place(day: date, sequence: int) -> str:
    """Return the entry's place as text that sorts in the order of the chain."""
    return f"{day.isoformat()}#{sequence:09}"


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return _NO_TIME
