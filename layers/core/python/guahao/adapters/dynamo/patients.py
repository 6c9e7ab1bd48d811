"""Patients in the accounts table, each beside its user and the user's roster, and registered in the person's ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pynamodb.attributes import ListAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from guahao.adapters.dynamo.account_item import AccountItem
from guahao.adapters.dynamo.base import connection, store_unavailable, use_table
from guahao.adapters.dynamo.ledgers import LedgerItem, ledger_unmoved, read_ledger, read_ledgers
from guahao.adapters.dynamo.patient_item import PATIENT_PREFIX, PatientItem, patient_key
from guahao.domain.booking.ledger import Ledger
from guahao.domain.people.patients import Patient
from guahao.domain.people.roster import Roster
from guahao.domain.versions import VersionConflict

_ROSTER = "roster"


class RosterItem(AccountItem, discriminator="roster"):
    version = NumberAttribute()
    patients: ListAttribute[Any] = ListAttribute(of=UnicodeAttribute)

    @classmethod
    def from_domain(cls, roster: Roster) -> RosterItem:
        """Return the roster's item, with the next version."""
        return cls(roster.user_id, _ROSTER, version=roster.version + 1, patients=list(roster.patients))

    def to_domain(self) -> Roster:
        """Return the roster of the item."""
        return Roster(self.owner, tuple(self.patients), int(self.version))


class DynamoPatients:
    """The store of patients; see `ports.people.patients.PatientStore` for what each method promises."""

    def __init__(self, table_name: str) -> None:
        use_table(AccountItem, table_name)

    def get(self, user_id: str, patient_id: str) -> Patient | None:
        try:
            return PatientItem.get(user_id, patient_key(patient_id), consistent_read=True).to_domain()
        except PatientItem.DoesNotExist:
            return None

    def of_user(self, user_id: str, after: str | None = None) -> Iterator[Patient]:
        start = {"owner": {"S": user_id}, "item": {"S": patient_key(after)}} if after else None
        items = PatientItem.query(user_id, PatientItem.item.startswith(PATIENT_PREFIX), consistent_read=True, last_evaluated_key=start)
        return (item.to_domain() for item in items)

    def roster(self, user_id: str) -> Roster:
        try:
            return RosterItem.get(user_id, _ROSTER, consistent_read=True).to_domain()
        except RosterItem.DoesNotExist:
            return Roster(user_id)

    def ledger(self, person: str) -> Ledger:
        return read_ledger(person)

    def ledgers(self, persons: Collection[str]) -> dict[str, Ledger]:
        return read_ledgers(persons)

    def add(self, patient: Patient, roster: Roster, ledger: Ledger) -> None:
        with _all_or_nothing() as transaction:
            transaction.save(PatientItem.from_domain(patient), condition=PatientItem.owner.does_not_exist())
            _save_roster(transaction, roster)
            _save_ledgers(transaction, [ledger])

    def change(self, before: Patient, after: Patient, ledgers: Sequence[Ledger]) -> None:
        with _all_or_nothing() as transaction:
            transaction.save(PatientItem.from_domain(after), condition=PatientItem.version == before.version)
            _save_ledgers(transaction, ledgers)

    def remove(self, patient: Patient, roster: Roster, ledger: Ledger) -> None:
        with _all_or_nothing() as transaction:
            transaction.delete(PatientItem.from_domain(patient), condition=PatientItem.version == patient.version)
            _save_roster(transaction, roster)
            _save_ledgers(transaction, [ledger])


@contextmanager
def _all_or_nothing() -> Iterator[TransactWrite]:
    """Open a transaction that raises VersionConflict if a condition fails or another transaction is writing the same items."""
    try:
        with TransactWrite(connection=connection()) as transaction:
            yield transaction
    except TransactWriteError as error:
        codes = {reason.code for reason in error.cancellation_reasons if reason}
        if codes & {"ConditionalCheckFailed", "TransactionConflict"}:
            raise VersionConflict from error
        raise store_unavailable() from error


def _save_roster(transaction: TransactWrite, roster: Roster) -> None:
    unmoved = RosterItem.version.does_not_exist() if roster.version == 0 else RosterItem.version == roster.version
    transaction.save(RosterItem.from_domain(roster), condition=unmoved)


def _save_ledgers(transaction: TransactWrite, ledgers: Sequence[Ledger]) -> None:
    for ledger in ledgers:
        item, unmoved = LedgerItem.from_domain(ledger), ledger_unmoved(ledger)
        if ledger.is_empty:
            transaction.delete(item, condition=unmoved)
        else:
            transaction.save(item, condition=unmoved)
