"""Suspensions: cancelling the orders of a schedule that will not take place."""

from __future__ import annotations

from dataclasses import dataclass

from guahao.domain.booking.bookable import ScheduleState
from guahao.domain.catalog.booking_rule import days_on_sale, sale_ends_at
from guahao.domain.catalog.schedules import Schedule
from guahao.domain.hospitals.suspensions import Offer, alternatives, offer_of
from guahao.ports.booking.number_pool import NumberPool
from guahao.ports.booking.orders import Orders
from guahao.ports.catalog.catalog import Catalog, FreeNumbers
from guahao.ports.clock import Clock
from guahao.ports.hospitals.partners import NumberItems
from guahao.ports.notices.offers import Offers
from guahao.usecases.booking.number_pool import invalidate
from guahao.usecases.booking.orders import change_each

# Free numbers are read for so many schedules at once: the first often suffice, and each pool that is not built costs a read.
_SCHEDULES_AT_ONCE = 50


@dataclass(frozen=True)
class SuspendedSchedules:
    """Cancels the orders of suspended schedules; refunds, partner calls and SMS follow from each order's change."""

    catalog: Catalog
    numbers: NumberItems
    pool: NumberPool
    free_numbers: FreeNumbers
    offers: Offers
    orders: Orders
    clock: Clock

    def cancel_orders(self, schedule_id: str) -> None:
        """Cancel all orders of the schedule and make sure that nobody books it again.

        A run that was killed is finished by the next one: a number names its order until the order is cancelled.
        """
        suspended = self.catalog.schedule(schedule_id)
        if suspended is None or suspended.state is not ScheduleState.SUSPENDED:
            return  # it was removed when nobody had a number any more; what has its id now is another schedule
        invalidate(self.pool, [schedule_id])
        self.numbers.fit(schedule_id, 0)
        # Read only now: no order can get a withdrawn number, so every order that was faster is found here.
        booked = [number.order_id for number in self.numbers.of(schedule_id) if number.order_id]
        if booked:
            # Stored once, before the first patient is told, so that all patients are told the same.
            self.offers.put(schedule_id, self._nearest(suspended))
            change_each(self.orders, booked, lambda order: order.cancel_with_schedule(self.clock()))

    def _nearest(self, suspended: Schedule) -> Offer | None:
        """Return the nearest schedule of the same department that can be booked now, None if there is none."""
        hospital = self.catalog.hospital(suspended.hospital_code)
        if hospital is None or not hospital.open_to_patients:
            return None
        now = self.clock()
        first, last = days_on_sale(hospital.booking_rule, now)
        schedules = self.catalog.schedules(suspended.hospital_code, suspended.department_code, first, last)
        candidates = alternatives(suspended, (s for s in schedules if now < sale_ends_at(s, hospital.booking_rule)))
        for start in range(0, len(candidates), _SCHEDULES_AT_ONCE):
            some = candidates[start : start + _SCHEDULES_AT_ONCE]
            free = self.free_numbers.free_of([schedule.schedule_id for schedule in some])
            if found := next((schedule for schedule in some if free[schedule.schedule_id]), None):
                return offer_of(found)
        return None
