"""Hospitals' contracts as administrators keep them, each change in one transaction with its audit entry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import islice

from pynamodb.transactions import TransactWrite

from guahao.adapters.dynamo.audit_log import DynamoAuditLog, WritesRefused
from guahao.adapters.dynamo.base import use_table
from guahao.adapters.dynamo.gateway import DIRECTORY, HospitalSettingItem
from guahao.domain.audit_log import Deed
from guahao.domain.hospital_settings import HospitalContract
from guahao.ports.hospital_settings import ContractMoved, ContractPage

# Read at once while looking for what fits.
_AT_ONCE = 100


class DynamoHospitalContracts:
    """The store of contracts; see `ports.hospital_settings.HospitalContracts` for what each method promises."""

    def __init__(self, table_name: str, log: DynamoAuditLog) -> None:
        use_table(HospitalSettingItem, table_name)
        self._log = log

    def get(self, hospital_code: str) -> HospitalContract | None:
        try:
            return _contract(HospitalSettingItem.get(hospital_code, consistent_read=True))
        except HospitalSettingItem.DoesNotExist:
            return None

    def find(self, text: str, limit: int, cursor: str | None) -> ContractPage:
        start = {"directory": {"S": DIRECTORY}, "hospital_code": {"S": cursor}} if cursor else None
        # Sorted out here, which reads as much as a filter there would: that one may not look at the code, a key of the index.
        read = HospitalSettingItem.by_code.query(DIRECTORY, page_size=_AT_ONCE, last_evaluated_key=start)
        # One more than asked tells whether there is a next page.
        found = list(islice((contract for contract in map(_contract, read) if contract.fits(text)), limit + 1))
        return ContractPage(found[:limit], found[limit - 1].hospital_code if len(found) > limit else None)

    def add(self, contract: HospitalContract, deed: Deed, now: datetime) -> None:
        absent = HospitalSettingItem.hospital_code.does_not_exist()
        self._write(deed, now, lambda transaction: transaction.save(_item(contract), condition=absent))

    def move(self, before: HospitalContract, after: HospitalContract, deed: Deed, now: datetime) -> None:
        unmoved = HospitalSettingItem.version == before.version
        self._write(deed, now, lambda transaction: transaction.save(_item(after), condition=unmoved))

    def remove(self, before: HospitalContract, deed: Deed, now: datetime) -> None:
        unmoved = HospitalSettingItem.version == before.version
        self._write(deed, now, lambda transaction: transaction.delete(_item(before), condition=unmoved))

    def _write(self, deed: Deed, now: datetime, write: Callable[[TransactWrite], None]) -> None:
        try:
            self._log.append_with(deed, now, write)
        except WritesRefused as refusal:
            raise ContractMoved from refusal


def _item(contract: HospitalContract) -> HospitalSettingItem:
    return HospitalSettingItem(**vars(contract) | {"sealed_previous_key": contract.sealed_previous_key or None})


def _contract(item: HospitalSettingItem) -> HospitalContract:
    return HospitalContract(
        hospital_code=item.hospital_code,
        name=item.name,
        api_url=item.api_url,
        contact_name=item.contact_name,
        sealed_contact_phone=item.sealed_contact_phone,
        masked_contact_phone=item.masked_contact_phone,
        sealed_key=item.sealed_key,
        created_at=item.created_at,
        sealed_previous_key=item.sealed_previous_key or "",
        previous_key_until=item.previous_key_until,
        locked=item.locked,
        lock_reason=item.lock_reason,
        locked_at=item.locked_at,
        version=int(item.version),
    )
