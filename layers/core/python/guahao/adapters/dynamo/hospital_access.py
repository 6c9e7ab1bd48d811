"""Hospital settings in DynamoDB, with sealed keys."""

from __future__ import annotations

from typing import Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.base import Item, use_table
from guahao.domain.hospitals.hospital_access import HospitalAccess
from guahao.ports.vault import Vault

# The only partition of the index, because there are only some hundred hospitals and few requests for pages of them.
DIRECTORY = "hospitals"


class ByCode(GlobalSecondaryIndex[Any]):
    """All settings in the order of their codes."""

    class Meta:
        index_name = "by_code"
        projection = AllProjection()

    directory = UnicodeAttribute(hash_key=True)
    hospital_code = UnicodeAttribute(range_key=True)


class HospitalSettingItem(Item):
    """One hospital's setting."""

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


class DynamoHospitalAccess:
    """Hospital access from the settings; only this class and the vault see a readable key."""

    def __init__(self, table_name: str, vault: Vault) -> None:
        use_table(HospitalSettingItem, table_name)
        self._vault = vault

    def get(self, hospital_code: str) -> HospitalAccess | None:
        """Return the hospital's access as last written; a previous key is opened only while it is valid."""
        try:
            item = HospitalSettingItem.get(hospital_code, consistent_read=True)
        except DoesNotExist:
            return None
        overlaps = item.sealed_previous_key and item.previous_key_until > utc_now()
        previous = (self._vault.open(item.sealed_previous_key), item.previous_key_until) if overlaps else ("", None)
        return HospitalAccess(item.hospital_code, item.api_url, self._vault.open(item.sealed_key), item.locked, *previous)
