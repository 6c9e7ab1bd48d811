"""The store of hospitals' contracts, in DynamoDB with KMS and in the fake."""

from __future__ import annotations

from dataclasses import replace

import pytest

from guahao.adapters.aws.vault import KmsVault
from guahao.adapters.dynamo.gateway import DynamoHospitalSettings, HospitalSettingItem
from guahao.domain.gateway import HospitalSetting
from guahao.ports.gateway import HospitalSettings
from tests.fakes.hospital_settings import FakeHospitalSettings

SETTING = HospitalSetting("1000", "http://127.0.0.1:1/api", "ab" * 32)


@pytest.fixture
def dynamo(aws: dict[str, str]) -> DynamoHospitalSettings:
    return DynamoHospitalSettings(aws["HOSPITAL_SETTINGS_TABLE"], KmsVault(aws["VAULT_KEY"], aws["FINGERPRINT_KEY"]))


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest) -> HospitalSettings:
    if request.param == "fake":
        return FakeHospitalSettings()
    settings: HospitalSettings = request.getfixturevalue("dynamo")
    return settings


def test_a_contract_comes_back_as_it_was_last_put(store: HospitalSettings) -> None:
    for setting in (SETTING, replace(SETTING, locked=True, key="cd" * 32)):
        store.put(setting)
        assert store.get("1000") == setting


def test_a_contract_is_found_under_its_own_code_only(store: HospitalSettings) -> None:
    store.put(replace(SETTING, hospital_code="20001"))
    assert store.get("2000") is None


def test_the_key_is_stored_sealed(dynamo: DynamoHospitalSettings) -> None:
    dynamo.put(SETTING)
    assert SETTING.key not in str(HospitalSettingItem.get("1000").attribute_values)
