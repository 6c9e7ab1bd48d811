"""Partner systems over HTTP; every call is signed with the hospital's key."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from ssl import SSLContext
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from guahao.adapters.hospital.outbound import Outbound, Resolve, system_addresses
from guahao.contracts.partner_calls import CancellationRecord, PaymentRecord, Registration, RegistrationAnswer
from guahao.domain.errors import HospitalRefused, HospitalUnreachable, Invalid
from guahao.domain.hospitals.hospital_access import HospitalAccess, require_api_url
from guahao.domain.hospitals.partner_calls import HospitalRecord
from guahao.domain.hospitals.signing import sign
from guahao.ports.hospitals.partners import PartnerSystem

TIMEOUT_SECONDS = (3.0, 5.0)

# A refusal of the order itself. Any other 4xx is about the call (key, clock, address) and no reason to cancel the order.
_REFUSALS = {409, 422}
_UNKNOWN_KEY = 401


class SignedPartnerSystem(PartnerSystem):
    """The partner systems that the platform calls: by https on the public internet, or anywhere if `any_address` is set."""

    def __init__(
        self,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        nonce: Callable[[], str] = lambda: secrets.token_hex(16),
        timeout_seconds: tuple[float, float] = TIMEOUT_SECONDS,
        *,
        any_address: bool = False,
        resolve: Resolve = system_addresses,
        trust: SSLContext | None = None,
    ) -> None:
        self._clock = clock
        self._nonce = nonce
        self._any_address = any_address
        connect, answer = timeout_seconds
        self._outbound = Outbound(any_address=any_address, connect_seconds=connect, answer_seconds=answer, resolve=resolve, trust=trust)

    def register(self, setting: HospitalAccess, registration: Registration) -> HospitalRecord:
        """Tell the hospital about a booked number and return its record."""
        answer = self._post(setting, "/orders", registration, f"{registration.order_id}/registration")
        try:
            record = RegistrationAnswer.model_validate_json(answer)
        except ValidationError as error:
            raise HospitalUnreachable("The hospital's answer is not a record of the order.") from error
        return HospitalRecord(record.record_id, record.check_in_at.astimezone(UTC), record.check_in_place)

    def record_payment(self, setting: HospitalAccess, record_id: str, order_id: str, amount_fen: int) -> None:
        """Tell the hospital that its record is paid."""
        message = PaymentRecord(order_id=order_id, amount_fen=amount_fen)
        self._post(setting, f"/orders/{quote(record_id, safe='')}/payment", message, f"{order_id}/payment")

    def record_cancellation(self, setting: HospitalAccess, record_id: str, order_id: str, reason: str) -> None:
        """Tell the hospital that its record is cancelled."""
        message = CancellationRecord(order_id=order_id, reason=reason)
        self._post(setting, f"/orders/{quote(record_id, safe='')}/cancellation", message, f"{order_id}/cancellation")

    def _post(self, setting: HospitalAccess, path: str, message: BaseModel, name: str) -> bytes:
        try:
            url = require_api_url(setting.api_url, any_address=self._any_address)
        except Invalid as error:
            raise HospitalUnreachable(
                f"{setting.hospital_code} has no address to call: an administrator must correct its setting."
            ) from error
        body = message.model_dump_json(by_alias=True).encode()
        for key in setting.keys(self._clock()):
            headers = self._headers(setting.hospital_code, key, url.path + path, body)
            status, answer = self._outbound.post(url, url.path + path, {**headers, "X-Idempotency-Key": name}, body)
            if status != _UNKNOWN_KEY:
                break
        if status in _REFUSALS:
            raise HospitalRefused(f"The hospital refused the order with the answer {status}.")
        if not 200 <= status < 300:
            raise HospitalUnreachable(f"The hospital's system answered {status}.")
        return answer

    def _headers(self, hospital_code: str, key: str, path: str, body: bytes) -> dict[str, str]:
        timestamp, nonce = str(int(self._clock().timestamp())), self._nonce()
        return {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "X-Hospital-Code": hospital_code,
            "X-Timestamp": timestamp,
            "X-Nonce": nonce,
            "X-Signature": sign(key, "POST", path, timestamp, nonce, body),
        }
