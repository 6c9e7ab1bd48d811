"""Hospital access: the address of a hospital's system, and the keys that both sides sign with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from guahao.domain.errors import Invalid

_CODE = re.compile(r"[0-9A-Za-z_-]{1,32}", re.ASCII)

# Only the scheme before the host, nothing after the path; an address that libraries read differently does not match.
_API_URL = re.compile(
    r"(?P<scheme>https?)://(?:\[(?P<v6>[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)\]|(?P<name>[0-9A-Za-z.-]{1,253}))(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?:/[\w~-][\w.~-]*)*)/?",
    re.ASCII,
)
_PORTS = {"http": 80, "https": 443}
_PUBLIC_NAME = re.compile(
    r"(?:[0-9a-z](?:[0-9a-z-]{0,61}[0-9a-z])?\.)+(?!(?:internal|local|localhost)$)[a-z][0-9a-z-]{0,62}", re.ASCII | re.IGNORECASE
)

# Other IPv6 addresses are local, multicast, reserved, or IPv4 addresses in disguise.
_GLOBAL_UNICAST = ip_network("2000::/3")
# Python versions differ on `is_global` for these: special assignments, 6to4 and its relays, multicast, Teredo, documentation.
_NOT_PUBLIC = [ip_network(n) for n in ("192.0.0.0/24", "192.88.99.0/24", "224.0.0.0/4", "2001::/23", "2002::/16", "3fff::/20")]


@dataclass(frozen=True)
class HospitalAccess:
    """The part of a hospital's setting that signing and calls need; no log may show the key.

    After a change of the key the old key stays valid for a time, so that the hospital can change its own side.
    """

    hospital_code: str
    api_url: str
    key: str
    locked: bool = False
    previous_key: str = ""
    previous_key_until: datetime | None = None

    def keys(self, now: datetime) -> list[str]:
        """Return the keys that are valid now, the present one first."""
        overlaps = self.previous_key and self.previous_key_until and now < self.previous_key_until
        return [self.key, self.previous_key] if overlaps else [self.key]

    def __repr__(self) -> str:
        return f"HospitalAccess({self.hospital_code!r}, {self.api_url!r}, key=…, locked={self.locked})"


def is_hospital_code(text: str) -> bool:
    """Tell whether the text could be a hospital's code: 1 to 32 letters, digits, hyphens and underscores."""
    return _CODE.fullmatch(text) is not None


class ApiUrl(NamedTuple):
    """The address of a hospital's system; the path has no slash at its end."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Host and port in the form of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def require_api_url(url: str, *, any_address: bool = False) -> ApiUrl:
    """Return the parts of an address that a hospital may have, or raise Invalid.

    The address is https, with a public name or IP address, on port 443 or 1024 and above. With `any_address`, for the local stack, http and
    any host are allowed. A public name may still resolve to an address that `is_public` refuses, so each call must check it again.
    """
    found = _API_URL.fullmatch(url)
    if found is None or (found["scheme"] == "http" and not any_address):
        raise _refused("https://NAME/PATH, without user, query or fragment")
    host, usual = found["v6"] or found["name"], _PORTS[found["scheme"]]
    port = int(found["port"] or usual)
    if port != usual and not 1024 <= port <= 65535:
        raise _refused(f"port {usual}, or one from 1024 to 65535")
    if not any_address and not is_public(host) and not _PUBLIC_NAME.fullmatch(host):
        raise _refused("a name or an address of the public internet")
    return ApiUrl(found["scheme"], host, port, found["path"])


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to the public internet, in any notation."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if ip.version == 6 and ip not in _GLOBAL_UNICAST:
        return False
    return ip.is_global and not any(ip in network for network in _NOT_PUBLIC)


def _refused(reason: str) -> Invalid:
    return Invalid("The platform cannot call a hospital at this address.", [{"field": "apiUrl", "reason": reason}])
