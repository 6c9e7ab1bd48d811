"""What patients of suspended schedules are offered, in memory."""

from __future__ import annotations

from guahao.domain.hospitals.suspensions import Offer


class FakeOffers:
    def __init__(self) -> None:
        self.offers: dict[str, Offer | None] = {}

    def put(self, schedule_id: str, offer: Offer | None) -> None:
        self.offers.setdefault(schedule_id, offer)

    def get(self, schedule_id: str) -> Offer | None:
        return self.offers.get(schedule_id)
