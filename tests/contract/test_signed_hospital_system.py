"""How the platform and a hospital's system trust each other: signatures, single use, and answers that are not believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep

import httpx
import pytest

from guahao.adapters.hospital.outbound import ANSWER_LIMIT_BYTES
from guahao.adapters.hospital.partner_system import SignedPartnerSystem
from guahao.domain.errors import HospitalRefused, HospitalUnreachable
from guahao.domain.hospitals.hospital_access import HospitalAccess
from guahao.domain.hospitals.signing import verify
from tests.contract.test_hospital_system import KEY, registration
from tests.simulators import Reply, server, simulator

pytestmark = pytest.mark.slow

RECORD = b'{"recordId":"R1","checkInAt":"2025-12-01T08:00:00+08:00","checkInPlace":"window 1","more":1}'
SETTING = HospitalAccess("1000", "", KEY)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hospital")


@pytest.fixture(scope="module")
def url(state: Path) -> Iterator[str]:
    with simulator("hospital", state) as running:
        httpx.put(f"{running}/settings", json={"hospitalCode": "1000", "key": KEY}, trust_env=False).raise_for_status()
        yield running


def answering(status: int, headers: Mapping[str, str], body: bytes) -> Exception | None:
    """Return what the adapter makes of a hospital's answer."""
    with server(lambda *_: (status, headers, body)) as hospital:
        try:
            SignedPartnerSystem(any_address=True).register(replace(SETTING, api_url=hospital), registration())
        except (HospitalUnreachable, HospitalRefused) as error:
            return error
    return None


def test_a_call_is_signed_over_the_whole_path_of_the_hospital() -> None:
    calls: list[tuple[str, Mapping[str, str], bytes]] = []

    def take(path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        calls.append((path, headers, body))
        return 200, {}, RECORD

    with server(take) as hospital:
        system, setting = SignedPartnerSystem(any_address=True), replace(SETTING, api_url=f"{hospital}/guahao/v1/")
        record = system.register(setting, registration())
        system.record_payment(setting, "R/1 ?", "o1", 5000)
    assert (record.record_id, record.check_in_at) == ("R1", datetime(2025, 12, 1, tzinfo=UTC))
    assert [path for path, _, _ in calls] == ["/guahao/v1/orders", "/guahao/v1/orders/R%2F1%20%3F/payment"]
    for path, headers, body in calls:
        assert headers["X-Hospital-Code"] == "1000"
        verify(KEY, headers["X-Signature"], "POST", path, headers["X-Timestamp"], headers["X-Nonce"], body, datetime.now(UTC))
    assert calls[0][1]["X-Nonce"] != calls[1][1]["X-Nonce"]


@pytest.mark.parametrize("status", [409, 422])
def test_a_clear_no_is_a_refusal(status: int) -> None:
    assert isinstance(answering(status, {}, b"{}"), HospitalRefused)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 429, 500, 503])
def test_any_other_answer_is_no_reason_to_cancel_an_order(status: int) -> None:
    assert isinstance(answering(status, {}, b"{}"), HospitalUnreachable)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"{}",
        RECORD.replace(b"+08:00", b""),
        RECORD.replace(b"R1", b""),
        RECORD[:-1] + b" " * ANSWER_LIMIT_BYTES + b"}",
    ],
    ids=["nothing", "html", "empty", "time without offset", "no record id", "too long"],
)
def test_an_answer_that_is_no_record_is_not_believed(body: bytes) -> None:
    assert isinstance(answering(200, {}, body), HospitalUnreachable)


def test_a_redirect_is_not_followed() -> None:
    with server(lambda *_: (200, {}, RECORD)) as elsewhere:
        assert isinstance(answering(307, {"Location": f"{elsewhere}/orders"}, b""), HospitalUnreachable)


@pytest.mark.parametrize("api_url", ["http://127.0.0.1:1", "http://", "nonsense://hospital", ""])
def test_a_hospital_that_is_not_there_is_unreachable(api_url: str) -> None:
    with pytest.raises(HospitalUnreachable):
        SignedPartnerSystem(any_address=True).register(replace(SETTING, api_url=api_url), registration())


def test_an_answer_that_takes_too_long_is_given_up() -> None:
    def take(*_: object) -> Reply:
        sleep(1)
        return 200, {}, RECORD

    with server(take) as hospital, pytest.raises(HospitalUnreachable):
        SignedPartnerSystem(any_address=True, timeout_seconds=(0.2, 0.2)).register(replace(SETTING, api_url=hospital), registration())


def test_a_hospital_refuses_another_key_and_another_hospital(url: str) -> None:
    for setting in (HospitalAccess("1000", url, "some other key"), HospitalAccess("10001", url, KEY)):
        with pytest.raises(HospitalUnreachable, match="401"):
            SignedPartnerSystem(any_address=True).register(setting, registration())


def test_a_hospital_refuses_a_nonce_used_before(url: str) -> None:
    system, setting = SignedPartnerSystem(any_address=True, nonce=lambda: "the-same-nonce-twice"), replace(SETTING, api_url=url)
    system.register(setting, registration())
    with pytest.raises(HospitalUnreachable, match="401"):
        system.register(setting, registration())


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_hospital_refuses_a_clock_that_is_minutes_off(url: str, minutes: int) -> None:
    system = SignedPartnerSystem(any_address=True, clock=lambda: datetime.now(UTC) + timedelta(minutes=minutes))
    with pytest.raises(HospitalUnreachable, match="401"):
        system.register(replace(SETTING, api_url=url), registration())


def test_a_hospital_keeps_only_the_end_of_a_certificate_number(url: str, state: Path) -> None:
    asked = registration(certificate_number="110101199003071234")
    SignedPartnerSystem(any_address=True).register(replace(SETTING, api_url=url), asked)
    listed = httpx.get(f"{url}/orders", params={"hospitalCode": "1000"}, trust_env=False).json()
    assert next(order["certificateEnd"] for order in listed if order["orderId"] == asked.order_id) == "1234"
    files = [path for path in state.iterdir() if path.is_file()]
    assert files
    assert not any(b"110101199003071234" in path.read_bytes() for path in files)


def test_the_page_shows_the_orders_of_each_hospital(url: str) -> None:
    asked = registration(patient_name="<b>张三</b>")
    SignedPartnerSystem(any_address=True).register(replace(SETTING, api_url=url), asked)
    shown = httpx.get(url, trust_env=False).text
    assert asked.order_id in shown
    assert "<b>" not in shown


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/settings", {"hospitalCode": "a b", "key": "k"}),
        ("/settings", {"hospitalCode": "1000", "key": ""}),
        ("/faults", {"hospitalCode": "1000", "mode": "x"}),
    ],
)
def test_settings_and_switches_out_of_shape_are_refused(url: str, path: str, body: dict[str, str]) -> None:
    assert httpx.put(f"{url}{path}", json=body, trust_env=False).status_code == 400
