"""Ledgers in the accounts table; each belongs to a person and to no account."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import date
from typing import Any

from pynamodb.attributes import BooleanAttribute, ListAttribute, MapAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.expressions.condition import Condition

from guahao.adapters.dynamo.account_item import AccountItem
from guahao.domain.booking.ledger import Booked, Ledger, NoShow
from guahao.domain.booking.unpaid import UnpaidEnd

_PREFIX = "person#"
_LEDGER = "ledger"
_FIRST_VERSION_BITS = 48


class BookedMap(MapAttribute[str, Any]):
    order_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    date = UnicodeAttribute()
    hospital_code = UnicodeAttribute()
    department_code = UnicodeAttribute()

    @classmethod
    def from_domain(cls, booked: Booked) -> BookedMap:
        """Return the booking's map."""
        return cls(
            order_id=booked.order_id,
            patient_id=booked.patient_id,
            date=booked.date.isoformat(),
            hospital_code=booked.hospital_code,
            department_code=booked.department_code,
        )

    def to_domain(self) -> Booked:
        """Return the booking of the map."""
        return Booked(self.order_id, self.patient_id, date.fromisoformat(self.date), self.hospital_code, self.department_code)


class NoShowMap(MapAttribute[str, Any]):
    order_id = UnicodeAttribute()
    missed_on = UnicodeAttribute()
    noted_on = UnicodeAttribute()
    pardoned = BooleanAttribute()

    @classmethod
    def from_domain(cls, no_show: NoShow) -> NoShowMap:
        """Return the missed visit's map."""
        return cls(
            order_id=no_show.order_id,
            missed_on=no_show.missed_on.isoformat(),
            noted_on=no_show.noted_on.isoformat(),
            pardoned=no_show.pardoned,
        )

    def to_domain(self) -> NoShow:
        """Return the missed visit of the map."""
        return NoShow(self.order_id, date.fromisoformat(self.missed_on), date.fromisoformat(self.noted_on), self.pardoned)


class UnpaidEndMap(MapAttribute[str, Any]):
    order_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    at = UTCDateTimeAttribute()

    def to_domain(self) -> UnpaidEnd:
        """Return the unpaid end that the map keeps."""
        return UnpaidEnd(self.order_id, self.user_id, self.at)


class LedgerItem(AccountItem, discriminator="ledger"):
    """A person's ledger, apart from any patient's record, so that a change of one never conflicts with the other."""

    version = NumberAttribute()
    patients: MapAttribute[str, str] = MapAttribute(default=dict)
    bookings: ListAttribute[BookedMap] = ListAttribute(of=BookedMap)
    no_shows: ListAttribute[NoShowMap] = ListAttribute(of=NoShowMap, default=list)
    unpaid_ends: ListAttribute[UnpaidEndMap] = ListAttribute(of=UnpaidEndMap, default=list)
    proven_by = UnicodeAttribute(null=True)
    verified_name = UnicodeAttribute(null=True)

    @classmethod
    def from_domain(cls, ledger: Ledger) -> LedgerItem:
        """Return the ledger's item, with the next version.

        The first version is random, so that a ledger which was removed and written anew is not taken for the old one.
        """
        return cls(
            f"{_PREFIX}{ledger.person}",
            _LEDGER,
            version=(ledger.version or secrets.randbits(_FIRST_VERSION_BITS)) + 1,
            patients=dict(ledger.patients),
            bookings=[BookedMap.from_domain(booked) for booked in ledger.bookings],
            no_shows=[NoShowMap.from_domain(no_show) for no_show in ledger.no_shows],
            unpaid_ends=[UnpaidEndMap(**end._asdict()) for end in ledger.unpaid_ends],
            proven_by=ledger.proven_by or None,
            verified_name=ledger.verified_name or None,
        )

    def to_domain(self) -> Ledger:
        """Return the ledger of the item."""
        bookings = tuple(booked.to_domain() for booked in self.bookings)
        no_shows = tuple(no_show.to_domain() for no_show in self.no_shows)
        ends = tuple(end.to_domain() for end in self.unpaid_ends)
        person, patients = self.owner.removeprefix(_PREFIX), self.patients.as_dict()
        return Ledger(person, patients, bookings, int(self.version), no_shows, ends, self.proven_by or "", self.verified_name or "")


def read_ledger(person: str) -> Ledger:
    """Return the person's ledger as last written."""
    try:
        return LedgerItem.get(f"{_PREFIX}{person}", _LEDGER, consistent_read=True).to_domain()
    except LedgerItem.DoesNotExist:
        return Ledger(person)


def read_ledgers(persons: Collection[str]) -> dict[str, Ledger]:
    """Return the persons' ledgers as last written, a hundred per request."""
    keys = [(f"{_PREFIX}{person}", _LEDGER) for person in set(persons)]
    found = [item.to_domain() for item in LedgerItem.batch_get(keys, consistent_read=True)] if keys else []
    return {person: Ledger(person) for person in persons} | {ledger.person: ledger for ledger in found}


def ledger_unmoved(ledger: Ledger) -> Condition:
    """Return the condition that the ledger has not changed since it was read."""
    return LedgerItem.version.does_not_exist() if ledger.version == 0 else LedgerItem.version == ledger.version
