"""Until when a hospital may confirm a paid order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from guahao.domain.booking.orders import Order
from guahao.domain.time import SHANGHAI


@dataclass(frozen=True)
class ConfirmationPolicy:
    """How long a paid order waits for its hospital: until a time on the visit's eve, or so many minutes after payment if that is later.

    It ends `minutes_before_end` of the half-day at the latest, but never within `least_minutes` of the payment. After `long_minutes`
    operators hear of it.
    """

    eve_time: time = time(20)
    minutes: int = 60
    minutes_before_end: int = 15
    least_minutes: int = 10
    long_minutes: int = 30

    def ends_at(self, order: Order, half_day_ends_at: datetime | None) -> datetime:
        """Return the moment from which a paid order without a record is cancelled; the end of its half-day may be unknown."""
        paid_at, eve = order.paid_since, order.visit.date - timedelta(days=1)
        usual = max(datetime.combine(eve, self.eve_time, SHANGHAI), paid_at + timedelta(minutes=self.minutes))
        latest = half_day_ends_at - timedelta(minutes=self.minutes_before_end) if half_day_ends_at else usual
        return max(min(usual, latest), paid_at + timedelta(minutes=self.least_minutes))

    def is_long(self, order: Order, now: datetime) -> bool:
        """Tell whether the order waits longer for its hospital than it should."""
        return order.is_unconfirmed and now > order.paid_since + timedelta(minutes=self.long_minutes)
