"""Where the platform may send a call to a hospital: to the public internet, and nowhere that a name only pretends to be."""

from __future__ import annotations

from dataclasses import replace
from threading import Event

import pytest

from guahao.adapters.hospital.partner_system import SignedPartnerSystem
from guahao.domain.errors import HospitalUnreachable, Invalid
from guahao.domain.hospitals.hospital_access import HospitalAccess, is_public, require_api_url
from tests.contract.test_hospital_system import registration

SETTING = HospitalAccess("1000", "https://his.hospital.example/api", "key")

NOT_PUBLIC = [
    pytest.param("10.0.0.1", id="private A"),
    pytest.param("172.16.0.1", id="private B"),
    pytest.param("192.168.1.1", id="private C"),
    pytest.param("127.0.0.1", id="loopback"),
    pytest.param("127.255.255.254", id="loopback's end"),
    pytest.param("0.0.0.0", id="unspecified"),
    pytest.param("0.1.2.3", id="this network"),
    pytest.param("169.254.169.254", id="metadata"),
    pytest.param("169.254.170.2", id="credentials of containers"),
    pytest.param("100.64.0.1", id="carrier's NAT"),
    pytest.param("100.100.100.200", id="metadata elsewhere"),
    pytest.param("192.0.0.192", id="special assignments"),
    pytest.param("192.0.2.1", id="documentation"),
    pytest.param("192.88.99.1", id="relays of 6to4"),
    pytest.param("198.18.0.1", id="benchmarks"),
    pytest.param("224.0.0.1", id="multicast"),
    pytest.param("239.255.255.255", id="multicast's end"),
    pytest.param("240.0.0.1", id="reserved"),
    pytest.param("255.255.255.255", id="broadcast"),
    pytest.param("::1", id="loopback 6"),
    pytest.param("::", id="unspecified 6"),
    pytest.param("fd00:ec2::254", id="metadata 6"),
    pytest.param("fc00::1", id="private 6"),
    pytest.param("fe80::1", id="link-local 6"),
    pytest.param("fe80::1%eth0", id="link-local 6 with its link"),
    pytest.param("fec0::1", id="site-local 6"),
    pytest.param("ff02::1", id="multicast 6"),
    pytest.param("::ffff:127.0.0.1", id="mapped loopback"),
    pytest.param("::ffff:169.254.169.254", id="mapped metadata"),
    pytest.param("::ffff:8.8.8.8", id="mapped public"),
    pytest.param("::127.0.0.1", id="compatible loopback"),
    pytest.param("64:ff9b::7f00:1", id="NAT64 loopback"),
    pytest.param("64:ff9b:1::a00:1", id="local NAT64"),
    pytest.param("2002:7f00:1::", id="6to4 loopback"),
    pytest.param("2002:a9fe:a9fe::1", id="6to4 metadata"),
    pytest.param("2001:0:4136:e378:8000:63bf:3fff:fdd2", id="Teredo"),
    pytest.param("2001:db8::1", id="documentation 6"),
    pytest.param("3fff::1", id="newer documentation 6"),
    pytest.param("100::1", id="discard 6"),
    pytest.param("5f00::1", id="segment routing"),
]
PUBLIC = ["8.8.8.8", "1.1.1.1", "223.5.5.5", "2606:4700:4700::1111", "2400:3200::1"]


class Names:
    """A resolver that knows what it is told, and counts."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append((host, port))
        return list(self.addresses)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("text", ["", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "8.8.8.8 ", "8.8.8"])
def test_what_is_no_ip_address_is_not_public(text: str) -> None:
    assert not is_public(text)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_a_name_that_leads_inside_is_not_called(address: str) -> None:
    with pytest.raises(HospitalUnreachable, match="not on the public internet"):
        SignedPartnerSystem(resolve=Names(address)).register(SETTING, registration())


def test_one_address_inside_among_public_ones_is_enough_to_refuse() -> None:
    names = Names("8.8.8.8", "2606:4700:4700::1111", "10.0.0.1")
    with pytest.raises(HospitalUnreachable, match="not on the public internet"):
        SignedPartnerSystem(resolve=names).register(SETTING, registration())
    assert names.asked == [("his.hospital.example", 443)]


def test_a_name_without_addresses_takes_no_connection() -> None:
    with pytest.raises(HospitalUnreachable, match="no connection"):
        SignedPartnerSystem(resolve=Names()).register(SETTING, registration())


def test_a_resolver_that_does_not_answer_is_not_waited_for() -> None:
    answered = Event()

    def resolve(_: str, __: int) -> list[str]:
        answered.wait()
        return ["8.8.8.8"]

    with pytest.raises(HospitalUnreachable, match="no connection"):
        SignedPartnerSystem(resolve=resolve, timeout_seconds=(0.05, 0.05)).register(SETTING, registration())
    answered.set()


@pytest.mark.parametrize("api_url", ["http://his.hospital.example", "https://user:secret@his.hospital.example", "https://[::1]/", ""])
def test_a_setting_with_another_address_than_settings_may_have_is_not_called(api_url: str) -> None:
    names = Names("8.8.8.8")
    with pytest.raises(HospitalUnreachable, match="correct its setting"):
        SignedPartnerSystem(resolve=names).register(replace(SETTING, api_url=api_url), registration())
    assert names.asked == []


@pytest.mark.parametrize(
    ("url", "parts", "authority"),
    [
        ("https://his.hospital.example", ("https", "his.hospital.example", 443, ""), "his.hospital.example"),
        ("https://his.hospital.example/", ("https", "his.hospital.example", 443, ""), "his.hospital.example"),
        ("https://HIS.hospital.example:443/a/b/", ("https", "HIS.hospital.example", 443, "/a/b"), "HIS.hospital.example"),
        ("https://xn--fiqs8s.example:8443/v1.0", ("https", "xn--fiqs8s.example", 8443, "/v1.0"), "xn--fiqs8s.example:8443"),
        ("https://8.8.8.8/x", ("https", "8.8.8.8", 443, "/x"), "8.8.8.8"),
        ("https://[2400:3200::1]:1024", ("https", "2400:3200::1", 1024, ""), "[2400:3200::1]:1024"),
    ],
)
def test_an_address_of_a_hospital_is_taken_apart(url: str, parts: tuple[str, str, int, str], authority: str) -> None:
    assert require_api_url(url) == parts
    assert require_api_url(url).authority == authority


@pytest.mark.parametrize(
    "url",
    [
        "",
        "his.hospital.example",
        "http://his.hospital.example",
        "ftp://his.hospital.example",
        "https://",
        "https:///orders",
        "https://user@his.hospital.example",
        "https://user:secret@his.hospital.example",
        "https://his.hospital.example@127.0.0.1",
        "https://his.hospital.example:22",
        "https://his.hospital.example:80",
        "https://his.hospital.example:1023",
        "https://his.hospital.example:65536",
        "https://his.hospital.example:",
        "https://his.hospital.example/a?b=c",
        "https://his.hospital.example/#a",
        "https://his.hospital.example/../admin",
        "https://his.hospital.example/a/./b",
        "https://his.hospital.example//a",
        "https://his.hospital.example/a b",
        "https://his.hospital.example\\@127.0.0.1",
        "https://his.hospital.example\n",
        " https://his.hospital.example",
        "https://his.hospital.example/%2e%2e",
        "https://医院.example",
        "https://his..example",
        "https://-his.example",
        "https://hospital",
        "https://localhost",
        "https://his.localhost",
        "https://his.local",
        "https://ip-10-0-0-1.ec2.INTERNAL",
        "https://his.hospital.example.",
        "https://127.0.0.1",
        "https://127.1",
        "https://2130706433",
        "https://0x7f.0.0.1",
        "https://0177.0.0.1",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]",
        "https://[::ffff:8.8.8.8]",
        "https://[fd00:ec2::254]",
        "https://[fe80::1%25eth0]",
        "https://[8.8.8.8]",
    ],
)
def test_any_other_address_is_refused(url: str) -> None:
    with pytest.raises(Invalid) as refusal:
        require_api_url(url)
    assert refusal.value.errors[0]["field"] == "apiUrl"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8085", "http://hospital:8085/api", "https://localhost:8085", "http://[::1]:8085", "http://a.local"]
)
def test_the_local_stack_may_call_any_host_and_by_http(url: str) -> None:
    assert require_api_url(url, any_address=True)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:22", "http://user@127.0.0.1:8085", "ftp://127.0.0.1", "http://", "http://127.0.0.1:8085/?a"]
)
def test_the_shape_of_an_address_is_the_same_everywhere(url: str) -> None:
    with pytest.raises(Invalid):
        require_api_url(url, any_address=True)
