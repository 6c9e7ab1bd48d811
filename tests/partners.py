"""Hospitals' systems that call the functions of the gateway, each with a key of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from infra.functions import load_handler

from guahao.adapters.aws.vault import KmsVault
from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.hospital_access import DynamoHospitalAccess, HospitalSettingItem
from tests.functions import sample_event, signed


@dataclass
class Partner:
    """A hospital's system that signs with its key."""

    code: str
    key: str

    def is_locked(self) -> None:
        """Have the administrator lock the hospital."""
        HospitalSettingItem(self.code).update(actions=[HospitalSettingItem.locked.set(True)])

    def send(self, function: str, event: dict[str, Any]) -> tuple[int, Any]:
        """Return status and body of the answer to an event that is signed already."""
        answer = load_handler(function)(event, None)
        return answer["statusCode"], json.loads(answer["body"] or "null")

    def signs(self, function: str, case: str, *, at: datetime | None = None, nonce: str = "", **changes: Any) -> dict[str, Any]:
        """Return a sample event with these parts changed, and signed."""
        return signed({**sample_event(function, case), **changes}, at or utc_now(), code=self.code, key=self.key, nonce=nonce)

    def call(self, function: str, case: str, **changes: Any) -> tuple[int, Any]:
        return self.send(function, self.signs(function, case, **changes))

    def publishes_schedules(self, *items: dict[str, Any]) -> list[dict[str, Any]]:
        status, answer = self.call("partner_schedules", "publish", body=json.dumps({"items": items}))
        assert status == 200
        listed: list[dict[str, Any]] = answer["items"]
        return listed

    def schedules(self) -> list[dict[str, Any]]:
        query = {"queryStringParameters": {"limit": "100"}, "multiValueQueryStringParameters": {"limit": ["100"]}}
        status, page = self.call("partner_schedules", "list", **query)
        assert status == 200
        listed: list[dict[str, Any]] = page["items"]
        return listed

    def publishes_all(self) -> None:
        assert self.call("partner_hospital", "publish")[0] == 200
        assert self.call("partner_departments", "publish")[0] == 200


def new_partner(aws: dict[str, str], code: str) -> Partner:
    """Return the system of a hospital that the platform has just made a setting with."""
    vault, key = KmsVault(aws["VAULT_KEY"], aws["FINGERPRINT_KEY"]), uuid4().hex * 2
    DynamoHospitalAccess(aws["HOSPITAL_SETTINGS_TABLE"], vault)
    item = HospitalSettingItem(code)
    # As much of a setting as the gateway reads.
    told = [HospitalSettingItem.api_url.set("https://hospital.example"), HospitalSettingItem.sealed_key.set(vault.seal(key))]
    item.update(actions=[*told, HospitalSettingItem.locked.set(False)])
    return Partner(code, key)
