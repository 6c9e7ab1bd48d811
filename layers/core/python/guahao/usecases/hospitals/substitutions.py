"""Substitutions: the orders of a schedule that another doctor takes name that doctor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from guahao.domain.booking.bookable import ScheduleState
from guahao.domain.booking.substitutions import Substitute, substitute
from guahao.domain.catalog.booking_rule import half_day_begins_at
from guahao.domain.versions import VersionConflict, retry
from guahao.ports.booking.orders import Orders, ReadNumbers
from guahao.ports.catalog.catalog import Catalog
from guahao.ports.clock import Clock
from guahao.usecases.booking.orders import change_each


@dataclass(frozen=True)
class SubstitutedSchedules:
    """Has orders name the doctor of their schedule; SMS and what a lower fee pays back follow from each order's change."""

    catalog: Catalog
    read_numbers: ReadNumbers
    orders: Orders
    clock: Clock
    unheard: timedelta

    def follow(self, schedule_id: str) -> None:
        """Change all orders of the schedule that name another doctor than the catalogue; a run that was killed is finished by the next."""
        retry(lambda: self._follow(schedule_id), "This schedule")

    def _follow(self, schedule_id: str) -> None:
        schedule = self.catalog.schedule(schedule_id)
        hospital = self.catalog.hospital(schedule.hospital_code) if schedule else None
        if schedule is None or hospital is None or schedule.state is ScheduleState.SUSPENDED:
            return  # it was removed, or its orders are cancelled
        begins_at = half_day_begins_at(schedule, hospital.booking_rule)
        who = Substitute(schedule.doctor_name, schedule.title, schedule.fee_fen, begins_at)
        booked = [number.order_id for number in self.read_numbers(schedule_id) if number.order_id]
        change_each(self.orders, booked, lambda order: substitute(order, who, self.clock(), self.unheard))
        if self.catalog.schedule(schedule_id) != schedule:
            raise VersionConflict  # a later publication may have been overwritten: whoever writes last has read last
