"""Patients' ledgers in the accounts table."""

from __future__ import annotations

from datetime import date
from typing import Any

from pynamodb.attributes import ListAttribute, MapAttribute, NumberAttribute, UnicodeAttribute

from guahao.adapters.dynamo.account_item import AccountItem
from guahao.domain.ledger import Booked, Ledger


class BookedMap(MapAttribute[str, Any]):
    order_id = UnicodeAttribute()
    date = UnicodeAttribute()
    hospital_code = UnicodeAttribute()
    department_code = UnicodeAttribute()


class LedgerItem(AccountItem, discriminator="ledger"):
    """A patient's ledger; apart from the patient's record, so that editing the one never disturbs the other."""

    version = NumberAttribute()
    bookings: ListAttribute[BookedMap] = ListAttribute(of=BookedMap)

    @classmethod
    def from_domain(cls, ledger: Ledger) -> LedgerItem:
        maps = [
            BookedMap(order_id=b.order_id, date=b.date.isoformat(), hospital_code=b.hospital_code, department_code=b.department_code)
            for b in ledger.bookings
        ]
        return cls(owner=ledger.user_id, item=ledger_key(ledger.patient_id), version=ledger.version + 1, bookings=maps)

    def to_domain(self, patient_id: str) -> Ledger:
        bookings = tuple(Booked(b.order_id, date.fromisoformat(b.date), b.hospital_code, b.department_code) for b in self.bookings)
        return Ledger(self.owner, patient_id, bookings, int(self.version))


def ledger_key(patient_id: str) -> str:
    """Return the key of a patient's ledger among the items of its owner."""
    return f"ledger#{patient_id}"
