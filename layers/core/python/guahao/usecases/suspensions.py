"""Ending what was booked in a session that will not be held."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from guahao.domain.catalog import Schedule, days_on_sale
from guahao.domain.errors import DomainError
from guahao.domain.sessions import ScheduleState
from guahao.domain.suspensions import Offer, alternatives, offer_of
from guahao.ports.booking import NumberPool, Orders
from guahao.ports.catalog import Catalog, FreeNumbers
from guahao.ports.clock import Clock
from guahao.ports.gateway import NumberItems
from guahao.ports.suspensions import Offers
from guahao.usecases.changes import change
from guahao.usecases.pools import forget

# So many sessions are asked for their free numbers at once. The first often suffice, and a pool that is not built costs a read of its own.
_SESSIONS_AT_ONCE = 50


@dataclass(frozen=True)
class SuspendedSessions:
    """Cancels the orders of suspended sessions; the refund, the hospital's books and the SMS follow from each order's change."""

    catalog: Catalog
    numbers: NumberItems
    pool: NumberPool
    free_numbers: FreeNumbers
    offers: Offers
    orders: Orders
    clock: Clock

    def clear(self, schedule_id: str) -> None:
        """Cancel all that is booked in the session and see that nothing is booked again.

        A run that is killed anywhere is finished by the next one: a number names its order until that is cancelled.
        """
        suspended = self.catalog.schedule(schedule_id)
        if suspended is None or suspended.state is not ScheduleState.SUSPENDED:
            return  # removed when nobody had a number any more; what was published under its id since is another session
        forget(self.pool, [schedule_id])
        self.numbers.fit(schedule_id, 0)
        # Only now: the store places no order on a withdrawn number, so whoever was faster is read here and nobody comes later.
        booked = [number.order_id for number in self.numbers.of(schedule_id) if number.order_id]
        if booked:
            # Noted before the first patient is told, and once, so that all are told the same.
            self.offers.put(schedule_id, self._nearest(suspended))
            self._cancel(booked)

    def _nearest(self, suspended: Schedule) -> Offer | None:
        """Return the session of the same department that comes nearest to the suspended one and can be booked now."""
        hospital = self.catalog.hospital(suspended.hospital_code)
        if hospital is None or not hospital.open_to_patients:
            return None
        now = self.clock()
        first, last = days_on_sale(hospital.booking_rule, now)
        sessions = self.catalog.schedules(suspended.hospital_code, suspended.department_code, first, last)
        candidates = alternatives(suspended, sessions, now)
        for start in range(0, len(candidates), _SESSIONS_AT_ONCE):
            some = candidates[start : start + _SESSIONS_AT_ONCE]
            free = self.free_numbers.free_of([session.schedule_id for session in some])
            if found := next((session for session in some if free[session.schedule_id]), None):
                return offer_of(found)
        return None

    def _cancel(self, order_ids: Iterable[str]) -> None:
        """Cancel each of the orders, whatever becomes of the others, then raise what went wrong."""
        failures = []
        for order_id in order_ids:
            try:
                change(self.orders, order_id, lambda order: order.cancel_with_session(self.clock()))
            except DomainError as failure:
                failures.append(failure)
        if failures:
            raise ExceptionGroup(f"{len(failures)} orders of a suspended session are not cancelled yet", failures)
