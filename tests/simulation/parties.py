"""The parties outside the platform, and the index behind it, with habits of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import cycle
from random import Random
from typing import Any

from guahao.contracts.partner_calls import Registration
from guahao.domain.booking.bookable import BookableSchedule
from guahao.domain.booking.orders import Order
from guahao.domain.errors import HospitalRefused
from guahao.domain.hospitals.hospital_access import HospitalAccess
from guahao.domain.hospitals.partner_calls import HospitalRecord
from guahao.domain.payment.payment import RefundState
from guahao.domain.payment.refund_numbers import refund_of
from guahao.ports.booking.number_pool import Take
from tests.fakes.booking import FakeOrders, FakePool
from tests.fakes.clock import FakeClock
from tests.fakes.orders import FakeOrderIndex
from tests.fakes.partners import FakePartnerSystem
from tests.fakes.payment import FakePaymentProvider

LAG = timedelta(seconds=10)
POOL_LIFE = timedelta(minutes=10)


class ChoosyHospital(FakePartnerSystem):
    """Hospitals that will not have some of the orders, `refused` being those, and stay with that."""

    def __init__(self, rng: Random, refuses: float) -> None:
        super().__init__()
        self.refused: set[str] = set()
        self._rng, self._share = rng, refuses

    def register(self, setting: HospitalAccess, registration: Registration) -> HospitalRecord:
        order_id = registration.order_id
        if not self.down and order_id not in self.orders and self._will_not_have(order_id):
            raise HospitalRefused("The hospital will not have this order.")
        return super().register(setting, registration)

    def _will_not_have(self, order_id: str) -> bool:
        if self._rng.random() < self._share:
            self.refused.add(order_id)
        return order_id in self.refused


class SlowProvider(FakePaymentProvider):
    """A provider that closes refunds or leaves them to a person, whose part `settle_refunds` does; its books can always be read."""

    def fail_refunds(self) -> None:
        """Stop those refunds that are in processing, in turn for good and until a person helps."""
        on_their_way = [number for number, refund in self._refunds.items() if refund.state is RefundState.PROCESSING]
        for number, state in zip(on_their_way, cycle((RefundState.CLOSED, RefundState.ABNORMAL)), strict=False):
            self.stop_refund(number, state)

    def has_refunded(self, refund_no: str) -> bool:
        """Tell whether the refund has come to its end."""
        return any(refund_of(number) == refund_no and refund.state is RefundState.DONE for number, refund in self._refunds.items())

    def paid_at(self, trade_no: str) -> datetime | None:
        """Return when the trade was paid, None if it was not."""
        return self._opened[trade_no].trade.paid_at if trade_no in self._opened else None


class ExpiringPool(FakePool):
    """Pools that end ten minutes after they were built, as those of Redis do, if what they say of the schedule is no longer so.

    The others stay, so that a number that is missing in one stays missing.
    """

    def __init__(self, facts: Callable[[str], BookableSchedule | None]) -> None:
        super().__init__()
        self._facts, self._built_at = facts, dict[str, datetime]()

    def take(self, schedule_id: str, order_id: str, now: datetime) -> Take:
        there, built_at = self.schedules.get(schedule_id), self._built_at.get(schedule_id, now)
        if there and now >= built_at + POOL_LIFE and not self.down and there != self._facts(schedule_id):
            self._forget(schedule_id)
        if schedule_id not in self.schedules:
            self._built_at[schedule_id] = now  # whoever is told so builds it
        return super().take(schedule_id, order_id, now)


class LaggingIndex:
    """An index that finds what orders were some seconds ago, unless all is calm, and reads them as they are."""

    def __init__(self, store: FakeOrders, clock: FakeClock, is_calm: Callable[[], bool]) -> None:
        self._now, self._seen, self._clock, self._is_calm = store, FakeOrders(), clock, is_calm
        self._index, self._seen_at = FakeOrderIndex(self._seen), clock()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._index, name)

        def call(*arguments: Any) -> Any:
            self._look()
            found = method(*arguments)
            return map(self._read, list(found)) if isinstance(found, Iterator) else found

        return call

    def read(self, order_ids: Iterable[str]) -> Iterator[Order]:
        return FakeOrderIndex(self._now).read(order_ids)

    def _look(self) -> None:
        if self._is_calm() or self._clock() - self._seen_at >= LAG:
            self._seen.orders, self._seen_at = dict(self._now.orders), self._clock()

    def _read(self, found: Order | str) -> Order | str:
        return self._now.orders[found.order_id] if isinstance(found, Order) else found
