"""Limits count the address that a request came from, never one that somebody only claims."""

from __future__ import annotations

import pytest

from guahao.runtime.addresses import source_address

PROXY, FARTHER_PROXY, CALLER, CLAIMED = "192.0.2.9", "192.0.2.10", "203.0.113.7", "198.51.100.1"


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        (CALLER, "", CALLER),
        (CALLER, CALLER, CALLER),
        (CALLER, CLAIMED, CALLER),
        (CALLER, f"{CLAIMED}, {CALLER}", CALLER),
        (CALLER, f"{CLAIMED}, {PROXY}", CALLER),
        (PROXY, CALLER, CALLER),
        (PROXY, f"{CALLER}, {PROXY}", CALLER),
        (PROXY, f"{CLAIMED}, {CALLER}, {PROXY}", CALLER),
        (PROXY, f"{CLAIMED}, {CALLER}, {FARTHER_PROXY}", CALLER),
        (PROXY, "2001:db8::1", "2001:db8::1"),
        (PROXY, "", PROXY),
        (PROXY, f"{CALLER}, unknown", PROXY),
    ],
)
def test_behind_trusted_proxies_the_address_that_they_were_called_from_counts(peer: str, forwarded: str, address: str) -> None:
    event = {"requestContext": {"identity": {"sourceIp": peer}}}
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    assert source_address(event, headers, "127.0.0.0/8, 192.0.2.0/24") == address
    if peer == CALLER:
        assert source_address(event, headers, "") == CALLER
