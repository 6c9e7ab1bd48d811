"""Joins the calls to hospitals with their systems, once for each process."""

from __future__ import annotations

from functools import cache

from guahao.adapters.aws.clients import client
from guahao.adapters.aws.queues import postpone
from guahao.adapters.aws.vault import KmsVault
from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.gateway import DynamoHospitalSettings
from guahao.adapters.hospital.gateway import SignedHospitalSystem
from guahao.bootstrap.orders import order_store
from guahao.runtime import settings
from guahao.usecases.hospital_calls import HospitalCalls


@cache
def hospital_calls() -> HospitalCalls:
    """Return what tells hospitals of orders."""
    vault = KmsVault(settings.text("VAULT_KEY"), settings.text("FINGERPRINT_KEY"))
    hospital_settings = DynamoHospitalSettings(settings.text("HOSPITAL_SETTINGS_TABLE"), vault)
    system = SignedHospitalSystem(any_address=settings.text("HOSPITAL_ADDRESSES") == "any")
    return HospitalCalls(order_store(), hospital_settings, system, vault, utc_now)


def postpone_call(receipt_handle: str, seconds: int) -> None:
    """Let the message of a call that failed come again after so many seconds."""
    postpone(client("sqs"), settings.text("HOSPITAL_CALLS_QUEUE"), receipt_handle, seconds)
