"""Persons' ledgers in the accounts table: each belongs to its person and so to no account."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from pynamodb.attributes import ListAttribute, MapAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from guahao.adapters.dynamo.account_item import AccountItem
from guahao.domain.ledger import Booked, Ledger

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
        """Return the map that keeps the booking."""
        return cls(
            order_id=booked.order_id,
            patient_id=booked.patient_id,
            date=booked.date.isoformat(),
            hospital_code=booked.hospital_code,
            department_code=booked.department_code,
        )

    def to_domain(self) -> Booked:
        """Return the booking that the map keeps."""
        return Booked(self.order_id, self.patient_id, date.fromisoformat(self.date), self.hospital_code, self.department_code)


class LedgerItem(AccountItem, discriminator="ledger"):
    """A person's ledger; apart from any patient's record, so that editing the one never disturbs the other."""

    version = NumberAttribute()
    patients: MapAttribute[str, str] = MapAttribute(default=dict)
    bookings: ListAttribute[BookedMap] = ListAttribute(of=BookedMap)

    @classmethod
    def from_domain(cls, ledger: Ledger) -> LedgerItem:
        """Return the item that keeps the ledger, one version on.

        A first version is drawn, so that no ledger which was removed and written anew passes for the one that was read before.
        """
        return cls(
            f"{_PREFIX}{ledger.person}",
            _LEDGER,
            version=(ledger.version or secrets.randbits(_FIRST_VERSION_BITS)) + 1,
            patients=dict(ledger.patients),
            bookings=[BookedMap.from_domain(booked) for booked in ledger.bookings],
        )

    def to_domain(self) -> Ledger:
        """Return the ledger that the item keeps."""
        bookings = tuple(booked.to_domain() for booked in self.bookings)
        return Ledger(self.owner.removeprefix(_PREFIX), self.patients.as_dict(), bookings, int(self.version))


def read_ledger(person: str) -> Ledger:
    """Return the person's ledger as last written."""
    try:
        return LedgerItem.get(f"{_PREFIX}{person}", _LEDGER, consistent_read=True).to_domain()
    except LedgerItem.DoesNotExist:
        return Ledger(person)


def ledger_unmoved(ledger: Ledger) -> Condition:
    """Return the condition that nobody has written the ledger since it was read."""
    return LedgerItem.version.does_not_exist() if ledger.version == 0 else LedgerItem.version == ledger.version
