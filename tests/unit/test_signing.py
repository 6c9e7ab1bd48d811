"""The signature between hospitals and the platform."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from guahao.domain.errors import Unauthenticated
from guahao.domain.hospitals.signing import sign, verify

KEY = "s3cret-of-hospital-1000"
NOW = datetime(2025, 11, 23, 4, 0, tzinfo=UTC)
TIMESTAMP = "1763870400"
NONCE = "0123456789abcdef"
BODY = b'{"orderId":"o1"}'


def check(**changes: object) -> None:
    given: dict[str, object] = {
        "key": KEY,
        "signature": sign(KEY, "POST", "/orders?x=1", TIMESTAMP, NONCE, BODY),
        "method": "POST",
        "path_and_query": "/orders?x=1",
        "timestamp": TIMESTAMP,
        "nonce": NONCE,
        "body": BODY,
        "now": NOW,
    }
    verify(**(given | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", "/orders", BODY, "1b58dd0abae2b86d1907d4978802a0a42c74f4baabec3a0bf6feaa2000ef6fe8"),
        ("GET", "/api/gateway/departments?limit=20&cursor=a%2Fb", b"", "b449397b364bf9a4b67873f3d2c24aff1010bc0ee86eda3bdcd64be7aa78c364"),
        ("PUT", "/api/gateway/hospital", '{"name":"医院"}'.encode(), "0a8934ccb33ce41690769a42688c83d426e6155f1701acdac9bd97cdd0970100"),
    ],
)
def test_the_signature_is_the_one_that_other_implementations_compute(method: str, path: str, body: bytes, expected: str) -> None:
    assert sign(KEY, method, path, TIMESTAMP, NONCE, body) == expected


def test_a_genuine_request_is_accepted() -> None:
    check()


@pytest.mark.parametrize(
    "change",
    [
        {"key": "s3cret-of-hospital-10001"},
        {"method": "PUT"},
        {"path_and_query": "/orders?x=2"},
        {"path_and_query": "/orders"},
        {"timestamp": "1763870401"},
        {"nonce": "0123456789abcdeg"},
        {"body": BODY + b" "},
        {"body": b""},
    ],
)
def test_a_request_changed_in_any_part_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(Unauthenticated, match="does not fit"):
        check(**change)


@pytest.mark.parametrize("seconds", [-300, 300])
def test_a_request_five_minutes_away_is_still_accepted(seconds: int) -> None:
    check(now=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_request_more_than_five_minutes_away_is_refused(seconds: int) -> None:
    with pytest.raises(Unauthenticated, match="five minutes"):
        check(now=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("timestamp", ["", "now", "-1763870400", "1763870400.5", "１７６３８７０４００", "1763870400\n", "9" * 13])
def test_a_timestamp_that_is_no_whole_number_is_refused(timestamp: str) -> None:
    with pytest.raises(Unauthenticated, match="timestamp"):
        check(timestamp=timestamp)


@pytest.mark.parametrize("nonce", ["", "a" * 15, "a" * 65, "a" * 15 + "\n", "a" * 16 + "\n", "a b" * 6, "号" * 16])
def test_a_nonce_out_of_shape_is_refused(nonce: str) -> None:
    signature = sign(KEY, "POST", "/orders?x=1", TIMESTAMP, nonce, BODY)
    with pytest.raises(Unauthenticated, match="nonce"):
        check(nonce=nonce, signature=signature)


@pytest.mark.parametrize("nonce", ["a" * 16, "Z" * 64, "a-b_c.d:e/f+g=h~i"])
def test_a_nonce_of_16_to_64_visible_characters_is_accepted(nonce: str) -> None:
    check(nonce=nonce, signature=sign(KEY, "POST", "/orders?x=1", TIMESTAMP, nonce, BODY))


def test_a_signature_in_upper_case_is_refused() -> None:
    with pytest.raises(Unauthenticated, match="lower-case"):
        check(signature=sign(KEY, "POST", "/orders?x=1", TIMESTAMP, NONCE, BODY).upper())


@pytest.mark.parametrize("signature", ["", "号" * 64, "0" * 63])
def test_a_signature_out_of_shape_is_refused(signature: str) -> None:
    with pytest.raises(Unauthenticated, match="signature"):
        check(signature=signature)
