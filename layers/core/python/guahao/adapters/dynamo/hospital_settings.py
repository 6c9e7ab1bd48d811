"""Hospital settings as administrators change them, each change in one transaction with its audit entry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import islice

from pynamodb.transactions import TransactWrite

from guahao.adapters.dynamo.audit_log import DynamoAuditLog, WritesRefused
from guahao.adapters.dynamo.base import use_table
from guahao.adapters.dynamo.hospital_access import DIRECTORY, HospitalSettingItem
from guahao.domain.administration.audit_log import AuditEntry
from guahao.domain.hospitals.hospital_settings import HospitalSetting
from guahao.domain.versions import VersionConflict
from guahao.ports.pages import Page

# How many settings are read at once in a search.
_AT_ONCE = 100


class DynamoHospitalSettings:
    """The store of settings; see `ports.hospitals.hospital_settings.HospitalSettings` for what each method promises."""

    def __init__(self, table_name: str, log: DynamoAuditLog) -> None:
        use_table(HospitalSettingItem, table_name)
        self._log = log

    def get(self, hospital_code: str) -> HospitalSetting | None:
        try:
            return _setting(HospitalSettingItem.get(hospital_code, consistent_read=True))
        except HospitalSettingItem.DoesNotExist:
            return None

    def find(self, text: str, limit: int, cursor: str | None) -> Page[HospitalSetting]:
        start = {"directory": {"S": DIRECTORY}, "hospital_code": {"S": cursor}} if cursor else None
        # Filtered here, because DynamoDB's filter cannot use the code, a key of the index; it would read as much.
        read = HospitalSettingItem.by_code.query(DIRECTORY, page_size=_AT_ONCE, last_evaluated_key=start)
        # One more is read to know whether there is a next page.
        found = list(islice((setting for setting in map(_setting, read) if setting.fits(text)), limit + 1))
        return Page(found[:limit], found[limit - 1].hospital_code if len(found) > limit else None)

    def add(self, setting: HospitalSetting, entry: AuditEntry, now: datetime) -> None:
        absent = HospitalSettingItem.hospital_code.does_not_exist()
        self._write(entry, now, lambda transaction: transaction.save(_item(setting), condition=absent))

    def move(self, before: HospitalSetting, after: HospitalSetting, entry: AuditEntry, now: datetime) -> None:
        unmoved = HospitalSettingItem.version == before.version
        self._write(entry, now, lambda transaction: transaction.save(_item(after), condition=unmoved))

    def remove(self, before: HospitalSetting, entry: AuditEntry, now: datetime) -> None:
        unmoved = HospitalSettingItem.version == before.version
        self._write(entry, now, lambda transaction: transaction.delete(_item(before), condition=unmoved))

    def _write(self, entry: AuditEntry, now: datetime, write: Callable[[TransactWrite], None]) -> None:
        try:
            self._log.append_with(entry, now, write)
        except WritesRefused as refusal:
            raise VersionConflict from refusal


def _item(setting: HospitalSetting) -> HospitalSettingItem:
    return HospitalSettingItem(**vars(setting) | {"sealed_previous_key": setting.sealed_previous_key or None})


def _setting(item: HospitalSettingItem) -> HospitalSetting:
    return HospitalSetting(
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
