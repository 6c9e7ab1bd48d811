"""Hospitals' contracts in DynamoDB, their keys sealed."""

from __future__ import annotations

from typing import Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.base import Item, use_table
from guahao.domain.gateway import HospitalSetting
from guahao.ports.vault import Vault

# The one partition of the index: there are some hundred hospitals, and a page of them is asked for by few.
DIRECTORY = "hospitals"


class ByCode(GlobalSecondaryIndex[Any]):
    """All contracts in the order of their codes."""

    class Meta:
        index_name = "by_code"
        projection = AllProjection()

    directory = UnicodeAttribute(hash_key=True)
    hospital_code = UnicodeAttribute(range_key=True)


class HospitalSettingItem(Item):
    """One hospital's contract."""

    class Meta:
        table_name = ""

    by_code = ByCode()

    hospital_code = UnicodeAttribute(hash_key=True)
    directory = UnicodeAttribute(default=DIRECTORY)
    version = NumberAttribute()
    name = UnicodeAttribute()
    api_url = UnicodeAttribute()
    contact_name = UnicodeAttribute()
    sealed_contact_phone = UnicodeAttribute()
    masked_contact_phone = UnicodeAttribute()
    sealed_key = UnicodeAttribute()
    sealed_previous_key = UnicodeAttribute(null=True)
    previous_key_until = UTCDateTimeAttribute(null=True)
    locked = BooleanAttribute()
    lock_reason = UnicodeAttribute()
    locked_at = UTCDateTimeAttribute(null=True)
    created_at = UTCDateTimeAttribute()


class DynamoHospitalSettings:
    """The contracts as the two systems use them; a key is readable only between here and the vault."""

    def __init__(self, table_name: str, vault: Vault) -> None:
        use_table(HospitalSettingItem, table_name)
        self._vault = vault

    def get(self, hospital_code: str) -> HospitalSetting | None:
        """Return the hospital's contract as last written; a previous key whose time is over is not unsealed any more."""
        try:
            item = HospitalSettingItem.get(hospital_code, consistent_read=True)
        except DoesNotExist:
            return None
        overlaps = item.sealed_previous_key and item.previous_key_until > utc_now()
        previous = (self._vault.open(item.sealed_previous_key), item.previous_key_until) if overlaps else ("", None)
        return HospitalSetting(item.hospital_code, item.api_url, self._vault.open(item.sealed_key), item.locked, *previous)
