"""Which hospitals there are, by their settings."""

from __future__ import annotations

from guahao.adapters.dynamo.base import use_table
from guahao.adapters.dynamo.hospital_access import HospitalSettingItem


class DynamoHospitalCodes:
    """Knows the codes of hospitals, and nothing else of them."""

    def __init__(self, table_name: str) -> None:
        use_table(HospitalSettingItem, table_name)

    def knows(self, hospital_code: str) -> bool:
        """Tell whether there is a hospital with the code."""
        return HospitalSettingItem.count(hospital_code, consistent_read=True) > 0
