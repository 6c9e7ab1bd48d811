"""What the use cases need to send login codes, to take them, and to make a flood dear."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from guahao.domain.people.login_codes import Challenge, Guess, LoginCodeLimits, LoginGuessLimits


class LoginCodes(Protocol):
    """The short memory of login codes: each belongs to one request of one account, and is known by its digest only.

    Each address is counted as it is given. A memory that does not answer raises `Unavailable`.
    """

    def lives(self, user_id: str, request_id: str, now: datetime) -> bool:
        """Tell whether the request's code can still be used."""
        ...

    def issue(
        self, user_id: str, request_id: str, digest: str, address: str, limits: LoginCodeLimits, now: datetime, *, known: bool, proven: bool
    ) -> datetime | None:
        """Count an SMS, keep the request's code for its whole lifetime from now, and return when the same address may ask again.

        A code that lives keeps the guesses that it has. Raises TooMany with the limit that heals last, or returns None where only a proof
        is missing; both leave everything as it was.
        """
        ...

    def withdraw(self, user_id: str, request_id: str, sent_at: datetime, *, first: bool) -> None:
        """Take back the SMS of that moment, which was not sent; the code dies if it was its first."""
        ...

    def sent(self, user_id: str, now: datetime) -> list[datetime]:
        """Return when SMS were sent to the phone within a day, newest first, those of used codes among them."""
        ...

    def check(
        self, user_id: str, request_id: str, digest: str, address: str, limits: LoginGuessLimits, now: datetime, *, proven: bool
    ) -> Guess:
        """Tell whether this is the request's living code, or raise TooMany if the address has guessed wrong too often.

        A right guess uses the code up, and its SMS count no more; wrong ones kill it at the limit and count for the phone.
        """
        ...


class Challenges(Protocol):
    """The short memory of challenges."""

    def keep(self, user_id: str, challenge: Challenge, now: datetime) -> None:
        """Keep the challenge for the account until it expires."""
        ...

    def take(self, user_id: str, salt: str, now: datetime) -> Challenge | None:
        """Return the account's living challenge, once."""
        ...
