"""Where a request came from."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from guahao.runtime import settings

_Networks = tuple[IPv4Network | IPv6Network, ...]


def trusted_proxies() -> str:
    """Return the networks, with commas, of the proxies that this deployment believes."""
    return settings.text("TRUSTED_PROXIES")


def source_address(event: dict[str, Any], headers: Mapping[str, str], proxies: str) -> str:
    """Return the address that a request came from: behind trusted proxies, networks with commas, the last one that none of them has.

    Each proxy adds the address that it was called from at the end of X-Forwarded-For; what stands before may be anybody's invention.
    """
    source: str = event["requestContext"].get("identity", {}).get("sourceIp", "")
    forwarded = [part.strip() for part in headers.get("x-forwarded-for", "").split(",")]
    if forwarded[-1] == source:  # the gateway adds it, too
        forwarded.pop()
    trusted = _networks(proxies)
    while forwarded and _is_in(source, trusted) and _address(forwarded[-1]):
        source = forwarded.pop()
    return source


@cache
def _networks(text: str) -> _Networks:
    return tuple(ip_network(part.strip()) for part in text.split(",") if part)


def _is_in(text: str, trusted: _Networks) -> bool:
    address = _address(text)
    return address is not None and any(address in network for network in trusted)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
