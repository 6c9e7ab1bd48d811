"""The audit log in its own table: entries by day and sequence, and a head that names the first day and the last entry.

An entry and the head are written in one transaction, conditional on the head that was read, so the chain never forks. Functions that
write here have no permission to update or delete; a put could still replace an entry, which the chain and a noted hash then show.
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
from guahao.adapters.dynamo.cursors import cursor_of, place_of, wrong_cursor
from guahao.domain.audit_log import Deed, Entry, Tip, entry_after
from guahao.domain.errors import Unavailable
from guahao.ports.audit_log import EntryPage

# Every lost round is somebody else's finished entry.
_ROUNDS = 20
# The head lies in the same table, under a day that is none.
_HEAD = ("head", 0)
_LAST_SEQUENCE = 999_999_999
_PLACE = re.compile(r"(\d{4}-\d\d-\d\d)#(?!0{9})(\d{9})", re.ASCII)
# Stands for a time that cannot be read, so that the entry is shown and does not fit its hash.
_NO_TIME = datetime.fromtimestamp(0, UTC)


class WritesRefused(Exception):
    """What was to be written together with the entry was refused by its own conditions; neither is there."""


class ByActor(GlobalSecondaryIndex[Any]):
    """An administrator's deeds in the order of the chain."""

    class Meta:
        index_name = "by_actor"
        projection = AllProjection()

    actor = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)


class EntryItem(Item):
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
    def from_domain(cls, entry: Entry) -> EntryItem:
        """Return the item that keeps the entry."""
        deed = entry.deed
        return cls(
            entry.day.isoformat(),
            entry.sequence,
            place=_place(entry.day, entry.sequence),
            actor=deed.actor,
            at=entry.at.isoformat(),
            action=str(deed.action),
            subject=deed.subject,
            reason=deed.reason,
            previous_hash=entry.previous_hash,
            hash=entry.hash,
        )

    def to_domain(self) -> Entry:
        """Return the entry that the item keeps; one that was tampered with does not fit its hash."""
        deed = Deed(self.actor, self.action, self.subject, self.reason)
        day, sequence = date.fromisoformat(self.day), int(self.sequence)
        # Another place would hide it from its actor's list.
        seal = self.hash if self.place == _place(day, sequence) else ""
        return Entry(day, sequence, _moment(self.at), deed, self.previous_hash, seal)


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
    def from_domain(cls, first_day: date, tip: Tip) -> HeadItem:
        """Return the head that names the first day and the last entry."""
        return cls(*_HEAD, first_day=first_day.isoformat(), last_day=tip.day.isoformat(), last_sequence=tip.sequence, last_hash=tip.hash)

    @property
    def days(self) -> tuple[date, date]:
        """The first day and the last."""
        return date.fromisoformat(self.first_day), date.fromisoformat(self.last_day)

    @property
    def tip(self) -> Tip:
        """The last entry."""
        return Tip(date.fromisoformat(self.last_day), int(self.last_sequence), self.last_hash)


class DynamoAuditLog:
    """The log of record; see `ports.audit_log.AuditLog` for what each method promises."""

    def __init__(self, table: str) -> None:
        use_table(EntryItem, table)
        use_table(HeadItem, table)

    def head(self) -> Tip | None:
        head = _head()
        return head.tip if head else None

    def all(self) -> Iterator[Entry]:
        head = _head()
        if head is None:
            return
        day, last = head.days
        while day <= last:
            yield from (item.to_domain() for item in EntryItem.query(day.isoformat(), consistent_read=True))
            day += timedelta(days=1)

    def find(self, actor: str, first: date, last: date, limit: int, cursor: str | None) -> EntryPage:
        head = _head()
        if head is None:
            return EntryPage([], None)
        # Outside of the log's own days there can be nothing that the chain holds.
        first, last = max(first, head.days[0]), min(last, head.days[1])
        upper = (last, _LAST_SEQUENCE)
        if cursor:
            upper = min(upper, _before(cursor))
        # One more than asked tells whether there is a next page.
        newest_first = _of_actor(actor, first, upper, limit + 1) if actor else _of_all(first, upper, limit + 1)
        found = list(islice(newest_first, limit + 1))
        items = [item.to_domain() for item in found[:limit]]
        return EntryPage(items, cursor_of(found[limit - 1].place) if len(found) > limit else None)

    def append(self, deed: Deed, now: datetime) -> Entry:
        return self.append_with(deed, now, lambda _: None)

    def append_with(self, deed: Deed, now: datetime, add_writes: Callable[[TransactWrite], None]) -> Entry:
        """Write the entry and what `add_writes` puts into the same transaction, all or nothing.

        Raises WritesRefused if a condition of the added writes does not hold, and Unavailable if too many write at once.
        """
        for round in range(_ROUNDS):
            head = _head()
            last = head.tip if head else None
            entry = entry_after(last, deed, now)
            unmoved = HeadItem.last_hash == last.hash if last else HeadItem.day.does_not_exist()
            try:
                with TransactWrite(connection=connection()) as transaction:
                    add_writes(transaction)
                    transaction.save(EntryItem.from_domain(entry), condition=EntryItem.day.does_not_exist())
                    transaction.save(HeadItem.from_domain(head.days[0] if head else entry.day, entry.tip), condition=unmoved)
            except TransactWriteError as error:
                codes = {reason.code for reason in error.cancellation_reasons if reason}
                if not codes:
                    raise store_unavailable() from error
                if "ConditionalCheckFailed" in codes and self.head() == last:
                    raise WritesRefused from error
                sleep(uniform(0, 0.02 * (round + 1)))  # noqa: S311 - spreads writers, keeps no secret
                continue
            return entry
        raise Unavailable("Too many administrators act at once. Send the same request again.")


def _head() -> HeadItem | None:
    try:
        return HeadItem.get(*_HEAD, consistent_read=True)
    except HeadItem.DoesNotExist:
        return None


def _of_actor(actor: str, first: date, upper: tuple[date, int], most: int) -> Iterator[EntryItem]:
    if first <= upper[0]:  # DynamoDB refuses a range that is upside down
        places = EntryItem.place.between(_place(first, 0), _place(*upper))
        yield from EntryItem.by_actor.query(actor, places, scan_index_forward=False, limit=most)


def _of_all(first: date, upper: tuple[date, int], most: int) -> Iterator[EntryItem]:
    day, sequence = upper
    while day >= first:
        below = EntryItem.sequence <= sequence
        yield from EntryItem.query(day.isoformat(), below, consistent_read=True, scan_index_forward=False, limit=most)
        day, sequence = day - timedelta(days=1), _LAST_SEQUENCE


def _before(cursor: str) -> tuple[date, int]:
    """Return the highest place that the page behind the cursor can begin with."""
    found = _PLACE.fullmatch(place_of(cursor))
    if not found:
        raise wrong_cursor()
    try:
        return date.fromisoformat(found[1]), int(found[2]) - 1
    except ValueError as error:
        raise wrong_cursor() from error


def _place(day: date, sequence: int) -> str:
    """Return the entry's place as text that sorts as the chain does."""
    return f"{day.isoformat()}#{sequence:09}"


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return _NO_TIME
