"""What the use cases need to remember of suspended sessions."""

from __future__ import annotations

from typing import Protocol

from guahao.domain.suspensions import Offer


class Offers(Protocol):
    """What patients of suspended sessions are offered instead, kept for as long as an SMS could still ask for it."""

    def put(self, schedule_id: str, offer: Offer | None) -> None:
        """Note the offer to the session's patients, or that there is none, unless either was noted before."""
        ...

    def get(self, schedule_id: str) -> Offer | None:
        """Return the offer that was noted first, None if there is none."""
        ...
