"""Offers as the use cases need them."""

from __future__ import annotations

from typing import Protocol

from guahao.domain.hospitals.suspensions import Offer


class Offers(Protocol):
    """The offers to patients of suspended schedules, kept for as long as an SMS may need them."""

    def put(self, schedule_id: str, offer: Offer | None) -> None:
        """Store the offer to the schedule's patients, or that there is none, unless one of the two was stored before."""
        ...

    def get(self, schedule_id: str) -> Offer | None:
        """Return the stored offer, None if there is none."""
        ...
