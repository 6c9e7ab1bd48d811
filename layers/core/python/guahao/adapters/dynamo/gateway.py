"""Hospitals' contracts in DynamoDB, their keys sealed."""

from __future__ import annotations

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from guahao.adapters.dynamo.base import Item, use_table
from guahao.domain.gateway import HospitalSetting
from guahao.ports.vault import Vault


class HospitalSettingItem(Item):
    """One hospital's contract."""

    class Meta:
        table_name = ""

    hospital_code = UnicodeAttribute(hash_key=True)
    api_url = UnicodeAttribute()
    sealed_key = UnicodeAttribute()
    locked = BooleanAttribute()


class DynamoHospitalSettings:
    """The contracts; a key is readable only between here and the vault."""

    def __init__(self, table_name: str, vault: Vault) -> None:
        use_table(HospitalSettingItem, table_name)
        self._vault = vault

    def get(self, hospital_code: str) -> HospitalSetting | None:
        """Return the hospital's contract as last written."""
        try:
            item = HospitalSettingItem.get(hospital_code, consistent_read=True)
        except DoesNotExist:
            return None
        return HospitalSetting(item.hospital_code, item.api_url, self._vault.open(item.sealed_key), item.locked)

    def put(self, setting: HospitalSetting) -> None:
        """Store the contract over what is there, its key sealed."""
        item = HospitalSettingItem(
            setting.hospital_code, api_url=setting.api_url, sealed_key=self._vault.seal(setting.key), locked=setting.locked
        )
        item.save()
