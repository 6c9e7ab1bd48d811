"""Login codes: what belongs to one request, how much a phone and an address may ask for, and the puzzle that makes a flood dear."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address, ip_network

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_CODES = 1_000_000
_PREFIX_OF_A_HOME = 64


@dataclass(frozen=True)
class LoginCodeLimits:
    """How long a login code lives, how often it may be guessed, how many may be asked for, and from when on with a challenge.

    A phone's hour is one of the clock, as SMS operators count it. What is kept is for addresses that logged in with the phone before.
    """

    lifetime_seconds: int = 300
    attempts: int = 5
    per_phone_minute: int = 1
    per_phone_hour: int = 5
    per_phone_day: int = 10
    kept_per_hour: int = 2
    kept_per_day: int = 3
    per_address_hour: int = 600
    challenge_after_phone_day: int = 3
    challenge_after_address_hour: int = 100

    @property
    def strangers_per_hour(self) -> int:
        """How many of a phone's codes in an hour may be asked for from addresses that never logged in with it."""
        return max(1, self.per_phone_hour - self.kept_per_hour)

    @property
    def strangers_per_day(self) -> int:
        """The same in a day."""
        return max(1, self.per_phone_day - self.kept_per_day)


@dataclass(frozen=True)
class LoginGuessLimits:
    """How many wrong guesses all codes of a phone have in a day without a challenge, and an address in an hour at all."""

    challenge_after_phone_day: int = 20
    per_address_hour: int = 300


class Guess(StrEnum):
    """What became of a guess."""

    RIGHT = "right"
    WRONG = "wrong"
    UNPROVEN = "unproven"  # not looked at: it needs a proof first


@dataclass(frozen=True)
class Challenge:
    """A puzzle for one phone: find a nonce so that SHA-256 of salt and nonce, one after the other, begins with so many zero bits."""

    salt: str
    bits: int
    expires_at: datetime

    def is_solved_by(self, nonce: str) -> bool:
        """Tell whether the nonce is an answer; whether it comes in time is another question."""
        digest = hashlib.sha256(f"{self.salt}{nonce}".encode(errors="surrogatepass")).digest()
        return int.from_bytes(digest) >> (len(digest) * 8 - self.bits) == 0


@dataclass(frozen=True)
class Receipt:
    """A code was sent: which request it belongs to, and from when on whoever asked may have the next."""

    request_id: str
    next_code_at: datetime


def draw_id() -> str:
    """Return an id that nobody can foresee."""
    return secrets.token_hex(16)


def code_of(phone_fingerprint: str, request_id: str) -> str:
    """Return the six digits of a request. They follow from the fingerprint, so they can be sent again and are kept nowhere."""
    drawn = hmac.new(phone_fingerprint.encode(), f"request:{request_id}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(drawn) % _CODES:06}"


def login_code_digest(phone_fingerprint: str, code: str) -> str:
    """Return the mark under which a code is kept; without the fingerprint, which is stored nowhere, it cannot be guessed back."""
    return hmac.new(phone_fingerprint.encode(), code.encode(), hashlib.sha256).hexdigest()


def counted_address(address: str) -> str:
    """Return what is counted as one address: of IPv6 the network of a home, whose machines choose the rest as they like."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return address if known.version == 4 else str(ip_network((known, _PREFIX_OF_A_HOME), strict=False).network_address)


def end_of_clock_hour(moment: datetime) -> datetime:
    """Return when the clock's hour is over; Shanghai and UTC agree on it."""
    return moment.replace(minute=0, second=0, microsecond=0) + HOUR


def operator_takes_again(sent: Sequence[datetime], limits: LoginCodeLimits, now: datetime) -> datetime:
    """Return when the operator takes a code for the phone again that it has just refused as one too many; `sent` is newest first."""
    of_the_day = [at for at in sent if at > now - DAY]
    if len(of_the_day) >= limits.per_phone_day:
        return of_the_day[limits.per_phone_day - 1] + DAY
    return end_of_clock_hour(now)
