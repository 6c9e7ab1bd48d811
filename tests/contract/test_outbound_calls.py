"""A call on a hospital goes to the address that was checked and to the owner of the name, and ends in time, whatever comes back."""

from __future__ import annotations

import socket
import ssl
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import repeat
from threading import Thread

import pytest

from guahao.adapters.hospital.outbound import ANSWER_LIMIT_BYTES, system_addresses
from guahao.adapters.hospital.partner_system import SignedPartnerSystem
from guahao.domain.errors import HospitalUnreachable
from guahao.domain.hospitals.hospital_access import HospitalAccess
from guahao.domain.hospitals.signing import sign
from tests.certificates import Authority
from tests.contract.test_hospital_system import registration
from tests.simulators import Reply, server

pytestmark = pytest.mark.slow

NAME = "his.hospital.example"
RECORD = b'{"recordId":"R1","checkInAt":"2025-12-01T08:00:00+08:00","checkInPlace":"window 1"}'
OK = b"HTTP/1.1 200 OK\r\n"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


class Names:
    """A resolver for one name that leads here, and counts."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        return ["127.0.0.1"]


def setting_of(url: str, name: str = NAME) -> HospitalAccess:
    return HospitalAccess("1000", url.replace("127.0.0.1", name), "key")


@contextmanager
def talking(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """Accept one connection, let the function talk there until the other side has gone, and give the URL."""

    def answer() -> None:
        connection, _ = listening.accept()
        with connection, suppress(OSError):
            talk(connection)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()


def test_the_certificate_and_the_host_are_those_of_the_name_at_the_address_that_was_checked(authority: Authority) -> None:
    heard: list[Mapping[str, str]] = []
    named: list[str | None] = []

    def take(_: str, headers: Mapping[str, str], __: bytes) -> Reply:
        heard.append(headers)
        return 200, {}, RECORD

    tls, names = authority.server(NAME), Names()
    tls.sni_callback = lambda _, name, __: named.append(name)
    with server(take, tls) as url:
        setting = setting_of(url)
        record = SignedPartnerSystem(any_address=True, resolve=names, trust=authority.trust()).register(setting, registration())
    assert record.record_id == "R1"
    assert names.asked == named == [NAME]
    assert [headers["Host"] for headers in heard] == [setting.api_url.removeprefix("https://")]


@pytest.mark.parametrize("of", ["another.hospital.example", "127.0.0.1"])
def test_a_certificate_for_another_name_is_not_trusted(authority: Authority, of: str) -> None:
    with server(lambda *_: (200, {}, RECORD), authority.server(of)) as url:
        system = SignedPartnerSystem(any_address=True, resolve=Names(), trust=authority.trust())
        with pytest.raises(HospitalUnreachable) as failure:
            system.register(setting_of(url), registration())
    assert isinstance(failure.value.__cause__, ssl.SSLCertVerificationError)


def test_a_certificate_of_an_unknown_authority_is_not_trusted(authority: Authority) -> None:
    with server(lambda *_: (200, {}, RECORD), authority.server(NAME)) as url, pytest.raises(HospitalUnreachable) as failure:
        SignedPartnerSystem(any_address=True, resolve=Names()).register(setting_of(url), registration())
    assert isinstance(failure.value.__cause__, ssl.SSLCertVerificationError)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_inside_is_not_followed(authority: Authority, status: int) -> None:
    calls: list[str] = []

    def inside(path: str, *_: object) -> Reply:
        calls.append(path)
        return 200, {}, RECORD

    with server(inside) as target, server(lambda *_: (status, {"Location": f"{target}/orders"}, b""), authority.server(NAME)) as url:
        system = SignedPartnerSystem(any_address=True, resolve=Names(), trust=authority.trust())
        with pytest.raises(HospitalUnreachable, match=str(status)):
            system.register(setting_of(url), registration())
    assert calls == []


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with server(lambda *_: (200, {}, RECORD)) as url:
        assert SignedPartnerSystem(any_address=True).register(setting_of(url, "127.0.0.1"), registration()).record_id == "R1"


def test_the_next_address_of_a_name_is_tried_when_one_takes_no_connection() -> None:
    with server(lambda *_: (200, {}, RECORD)) as url:
        system = SignedPartnerSystem(any_address=True, resolve=lambda *_: ["127.0.0.2", "127.0.0.1"])
        assert system.register(setting_of(url), registration()).record_id == "R1"


def test_the_system_knows_the_addresses_of_a_name_or_none() -> None:
    assert "127.0.0.1" in system_addresses("localhost", 443)
    assert system_addresses(f"{'a' * 64}.invalid", 443) == []


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1000\r\n" + b" " * 0x1000 + b"\r\n"),
        (OK + b"\r\n", b" " * 4096),
        (OK + f"Content-Length: {10 * ANSWER_LIMIT_BYTES}\r\n\r\n".encode(), b" " * 4096),
    ],
    ids=["in chunks", "until the end", "of a given length"],
)
def test_an_answer_without_end_is_cut_off_at_its_limit(head: bytes, piece: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(head)
        for endless in repeat(piece):
            connection.sendall(endless)

    with talking(talk) as url, pytest.raises(HospitalUnreachable, match="longer than 64 KiB"):
        SignedPartnerSystem(any_address=True).register(setting_of(url, "127.0.0.1"), registration())


def test_an_answer_that_is_not_http_is_not_in_the_error() -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(1 << 16)
        connection.sendall(b"110101199003077758\r\n\r\n")

    with talking(talk) as url, pytest.raises(HospitalUnreachable) as failure:
        SignedPartnerSystem(any_address=True, resolve=Names()).register(setting_of(url), registration())
    shown = "".join(traceback.format_exception(failure.value))
    assert "BadStatusLine" in shown
    assert "110101199003077758" not in shown


@pytest.mark.parametrize(
    "head", [b"", b"HTTP/1.1 1", OK + b"X: ", OK + b"Content-Length: 50000\r\n\r\n"], ids=["nothing", "status", "header", "body"]
)
def test_an_answer_that_trickles_in_is_given_up(head: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(head)
        connection.settimeout(0.01)
        heard = True
        while heard:  # never silent for as long as a time-out of the socket's own
            connection.sendall(head[-1:])
            with suppress(TimeoutError):
                heard = bool(connection.recv(65536))

    with talking(talk) as url, pytest.raises(HospitalUnreachable):
        SignedPartnerSystem(any_address=True, timeout_seconds=(3, 0.3)).register(setting_of(url, "127.0.0.1"), registration())


def test_a_handshake_that_never_ends_is_given_up() -> None:
    def talk(connection: socket.socket) -> None:
        while connection.recv(65536):
            pass

    system = SignedPartnerSystem(any_address=True, timeout_seconds=(3, 0.1), resolve=Names())
    with talking(talk) as url, pytest.raises(HospitalUnreachable):
        system.register(setting_of(url.replace("http:", "https:")), registration())


def test_a_part_of_an_answer_is_no_answer() -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(OK + f"Content-Length: {len(RECORD) + 1}\r\n\r\n".encode() + RECORD)
        while connection.recv(65536):
            pass

    with talking(talk) as url, pytest.raises(HospitalUnreachable, match="in time"):
        SignedPartnerSystem(any_address=True, timeout_seconds=(3, 0.3)).register(setting_of(url, "127.0.0.1"), registration())


class Partner:
    """A hospital that knows one key and notes what it was called with."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.calls: list[Mapping[str, str]] = []

    def __call__(self, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        self.calls.append(headers)
        right = sign(self.key, "POST", path, headers["X-Timestamp"], headers["X-Nonce"], body)
        return (200, {}, RECORD) if headers["X-Signature"] == right else (401, {}, b"{}")


@pytest.mark.parametrize(("known", "calls"), [("new", 1), ("old", 2)])
def test_while_two_keys_hold_a_hospital_may_know_either(known: str, calls: int) -> None:
    partner = Partner(known)
    with server(partner) as url:
        setting = replace(setting_of(url, "127.0.0.1"), key="new", previous_key="old", previous_key_until=NOW + timedelta(hours=1))
        SignedPartnerSystem(clock=lambda: NOW, any_address=True).register(setting, registration())
    assert len({call["X-Nonce"] for call in partner.calls}) == len(partner.calls) == calls


@pytest.mark.parametrize("until", [None, NOW])
def test_a_former_key_signs_nothing_when_its_time_is_over(until: datetime | None) -> None:
    partner = Partner("old")
    with server(partner) as url:
        setting = replace(setting_of(url, "127.0.0.1"), key="new", previous_key="old", previous_key_until=until)
        with pytest.raises(HospitalUnreachable, match="401"):
            SignedPartnerSystem(clock=lambda: NOW, any_address=True).register(setting, registration())
    assert len(partner.calls) == 1


def test_every_repeat_of_a_call_has_the_name_of_the_first() -> None:
    partner = Partner("key")
    with server(partner) as url:
        system, setting = SignedPartnerSystem(any_address=True), setting_of(url, "127.0.0.1")
        for _ in range(2):
            system.register(setting, registration(order_id="o1"))
            system.record_payment(setting, "R1", "o1", 5000)
            system.record_cancellation(setting, "R1", "o1", "cancelledByUser")
    names = [call["X-Idempotency-Key"] for call in partner.calls]
    assert names == ["o1/registration", "o1/payment", "o1/cancellation"] * 2
