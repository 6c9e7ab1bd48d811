"""Whom the gateway for hospitals believes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from guahao.domain.errors import Forbidden, Unauthenticated, Unavailable
from guahao.domain.hospitals.hospital_access import HospitalAccess
from guahao.domain.hospitals.signing import sign
from guahao.runtime.api import SignedRequest
from guahao.usecases.hospitals.partner_signatures import PartnerSignatures
from tests.builders import NOW
from tests.fakes.clock import FakeClock
from tests.fakes.hospital_settings import FakeHospitalAccess
from tests.fakes.partners import FakeNonces

CODE, KEY, OLD_KEY = "1000", "ab" * 32, "ef" * 32
SETTINGS = (HospitalAccess(CODE, "https://h.example", KEY), HospitalAccess("10001", "https://o.example", "cd" * 32))
TARGET, BODY = "/api/gateway/departments?cursor=a%2Fb&limit=2", b'{"items":[]}'


class Gate:
    """The gate and its memory; `request` signs what the hospital sends."""

    def __init__(self, *settings: HospitalAccess) -> None:
        self.clock, self.nonces = FakeClock(NOW), FakeNonces()
        self.access = PartnerSignatures(FakeHospitalAccess(*(settings or SETTINGS)), self.nonces, self.clock)

    def request(self, key: str = KEY, code: str = CODE, nonce: str = "0123456789abcdef", **changes: Any) -> SignedRequest:
        timestamp = str(int(self.clock().timestamp()))
        headers = {
            "x-hospital-code": code,
            "x-timestamp": timestamp,
            "x-nonce": nonce,
            "x-signature": sign(key, "PUT", TARGET, timestamp, nonce, BODY),
        }
        return SignedRequest("PUT", TARGET, headers, BODY)._replace(**changes)

    def refuses(self, request: SignedRequest) -> str:
        with pytest.raises(Unauthenticated) as refused:
            self.access.verify(request)
        assert not self.nonces.used
        return refused.value.detail


def test_a_hospital_is_known_by_its_signature() -> None:
    assert Gate().access.verify(Gate().request()) == CODE


@pytest.mark.parametrize(
    "change",
    [
        {"method": "DELETE"},
        {"path_and_query": "/api/gateway/departments"},
        {"path_and_query": "/api/gateway/departments?cursor=a%2Fc&limit=2"},
        {"path_and_query": "/api/gateway/schedules?cursor=a%2Fb&limit=2"},
        {"body": BODY + b" "},
        {"body": b""},
    ],
)
def test_a_request_changed_on_its_way_is_refused_and_its_nonce_is_still_good(change: dict[str, Any]) -> None:
    gate = Gate()
    gate.refuses(gate.request(**change))
    assert gate.access.verify(gate.request()) == CODE


@pytest.mark.parametrize("name", ["x-hospital-code", "x-timestamp", "x-nonce", "x-signature"])
def test_a_request_without_one_of_the_headers_is_refused(name: str) -> None:
    gate = Gate()
    gate.refuses(gate.request(headers={header: value for header, value in gate.request().headers.items() if header != name}))


@pytest.mark.parametrize("code", ["10001", "100", "10000", "1000 ", " 1000", "１０００", "", "1000/", "x" * 100])
def test_a_key_opens_the_gate_for_its_own_hospital_alone(code: str) -> None:
    gate = Gate()
    gate.refuses(gate.request(code=code))


def test_codes_are_told_apart_by_case() -> None:
    gate = Gate(HospitalAccess("Xa1", "https://h.example", KEY))
    gate.refuses(gate.request(code="xA1"))
    assert gate.access.verify(gate.request(code="Xa1")) == "Xa1"


@pytest.mark.parametrize("headers", [{}, {"x-timestamp": "1"}, {"x-nonce": "short"}, {"x-signature": "short"}])
def test_an_unknown_hospital_and_a_wrong_key_are_refused_alike(headers: dict[str, str]) -> None:
    gate = Gate()
    unknown, wrong = gate.request(code="9999"), gate.request(key="cd" * 32)
    assert gate.refuses(unknown._replace(headers={**unknown.headers, **headers})) == gate.refuses(
        wrong._replace(headers={**wrong.headers, **headers})
    )


def test_a_nonce_is_good_once_for_its_hospital() -> None:
    gate = Gate()
    assert gate.access.verify(gate.request()) == CODE
    with pytest.raises(Unauthenticated, match="nonce"):
        gate.access.verify(gate.request())
    assert gate.access.verify(gate.request(nonce="fedcba9876543210")) == CODE
    assert gate.access.verify(gate.request(key="cd" * 32, code="10001")) == "10001"


@pytest.mark.parametrize("seconds", [-301, 301])
def test_an_old_request_is_refused_and_one_of_tomorrow_too(seconds: int) -> None:
    gate = Gate()
    request = gate.request()
    gate.clock.advance(seconds=seconds)
    gate.refuses(request)


def test_without_a_memory_of_nonces_nobody_comes_in() -> None:
    gate = Gate()
    gate.nonces.down = True
    with pytest.raises(Unavailable):
        gate.access.verify(gate.request())


def test_a_locked_hospital_is_told_whom_to_speak_to_and_a_stranger_nothing() -> None:
    gate = Gate(replace(SETTINGS[0], locked=True))
    with pytest.raises(Forbidden, match="administrator"):
        gate.access.verify(gate.request())
    gate.refuses(gate.request(key="cd" * 32))


def test_after_a_change_of_the_key_both_are_good_until_the_overlap_ends() -> None:
    until = NOW + timedelta(hours=1)
    gate = Gate(replace(SETTINGS[0], previous_key=OLD_KEY, previous_key_until=until))
    assert gate.access.verify(gate.request(KEY, nonce="a" * 16)) == CODE
    assert gate.access.verify(gate.request(OLD_KEY, nonce="b" * 16)) == CODE
    gate.clock.now = until
    assert gate.access.verify(gate.request(KEY, nonce="c" * 16)) == CODE
    with pytest.raises(Unauthenticated):
        gate.access.verify(gate.request(OLD_KEY, nonce="d" * 16))


def test_an_empty_previous_key_opens_nothing() -> None:
    gate = Gate(replace(SETTINGS[0], previous_key_until=NOW + timedelta(hours=1)))
    gate.refuses(gate.request(""))


def test_keys_are_kept_out_of_every_text() -> None:
    text = repr(replace(SETTINGS[0], previous_key=OLD_KEY, previous_key_until=NOW))
    assert KEY not in text
    assert OLD_KEY not in text
