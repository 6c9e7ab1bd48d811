"""A hospital's own system over HTTP, every call signed with the hospital's key."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from urllib.parse import quote

from pydantic import BaseModel, ValidationError
from urllib3 import PoolManager, Timeout
from urllib3.exceptions import HTTPError, LocationValueError
from urllib3.util import parse_url

from guahao.contracts.hospital import CancellationRecord, PaymentRecord, Registration, RegistrationAnswer
from guahao.domain.errors import HospitalRefused, HospitalUnreachable
from guahao.domain.gateway import HospitalRecord, HospitalSetting
from guahao.domain.signing import sign
from guahao.ports.gateway import HospitalSystem

TIMEOUT_SECONDS = (3.0, 5.0)
ANSWER_LIMIT_BYTES = 64 * 1024

# A no to the order itself. Any other 4xx is about the call (a key, a clock, an address), and no reason to cancel a patient's order.
_REFUSALS = {409, 422}


class SignedHospitalSystem(HospitalSystem):
    """Hospitals' systems as the product calls them; redirects are not followed and an answer has a limited size."""

    def __init__(
        self,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        nonce: Callable[[], str] = lambda: secrets.token_hex(16),
        timeout_seconds: tuple[float, float] = TIMEOUT_SECONDS,
    ) -> None:
        self._clock = clock
        self._nonce = nonce
        connect, read = timeout_seconds
        self._http = PoolManager(timeout=Timeout(connect=connect, read=read), retries=False)

    def register(self, setting: HospitalSetting, registration: Registration) -> HospitalRecord:
        """Tell the hospital of a booked number and return its record."""
        answer = self._post(setting, "/orders", registration)
        try:
            record = RegistrationAnswer.model_validate_json(answer)
        except ValidationError as error:
            raise HospitalUnreachable("The hospital's answer is not a record of the order.") from error
        return HospitalRecord(record.record_id, record.check_in_at.astimezone(UTC), record.check_in_place)

    def record_payment(self, setting: HospitalSetting, record_id: str, order_id: str, amount_fen: int) -> None:
        """Tell the hospital that its record is paid."""
        self._post(setting, f"/orders/{quote(record_id, safe='')}/payment", PaymentRecord(order_id=order_id, amount_fen=amount_fen))

    def record_cancellation(self, setting: HospitalSetting, record_id: str, order_id: str, reason: str) -> None:
        """Tell the hospital that its record is cancelled."""
        self._post(setting, f"/orders/{quote(record_id, safe='')}/cancellation", CancellationRecord(order_id=order_id, reason=reason))

    def _post(self, setting: HospitalSetting, path: str, message: BaseModel) -> bytes:
        body = message.model_dump_json(by_alias=True).encode()
        try:
            url = parse_url(setting.api_url.rstrip("/") + path)
            if url.scheme not in ("http", "https"):
                raise LocationValueError(f"{setting.api_url!r} is not an HTTP address.")
            response = self._http.urlopen(
                "POST",
                url.url,
                body=body,
                headers=self._headers(setting, url.request_uri, body),
                redirect=False,
                preload_content=False,
            )
            with closing(response):
                answer = response.read(ANSWER_LIMIT_BYTES + 1, decode_content=False)
        except HTTPError as error:
            raise HospitalUnreachable("The hospital's system does not answer.") from error
        if response.status in _REFUSALS:
            raise HospitalRefused(f"The hospital refused the order with the answer {response.status}.")
        if not 200 <= response.status < 300:
            raise HospitalUnreachable(f"The hospital's system answered {response.status}.")
        if len(answer) > ANSWER_LIMIT_BYTES:
            raise HospitalUnreachable("The hospital's answer is longer than 64 KiB.")
        return answer

    def _headers(self, setting: HospitalSetting, path_and_query: str, body: bytes) -> dict[str, str]:
        timestamp, nonce = str(int(self._clock().timestamp())), self._nonce()
        return {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "X-Hospital-Code": setting.hospital_code,
            "X-Timestamp": timestamp,
            "X-Nonce": nonce,
            "X-Signature": sign(setting.key, "POST", path_and_query, timestamp, nonce, body),
        }
