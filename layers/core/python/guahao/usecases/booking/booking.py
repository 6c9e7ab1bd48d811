"""Booking: taking a number, holding it for an order, and cancelling."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from guahao.domain.booking.bookable import BookableSchedule
from guahao.domain.booking.calendar import calendar_of
from guahao.domain.booking.ledger import BookingPolicy
from guahao.domain.booking.order_states import NumberState, OrderState
from guahao.domain.booking.orders import Order, order_id_of, place
from guahao.domain.booking.substitutions import as_shown
from guahao.domain.errors import DomainError, NotFound, NumberSoldOut, PoolUnavailable, ScheduleClosed, Unavailable
from guahao.domain.time import shanghai_date
from guahao.domain.versions import ROUNDS, VersionConflict, retry
from guahao.ports.booking.number_pool import NumberPool, Outcome
from guahao.ports.booking.orders import NumberTaken, OrderExists, OrderFilter, Orders, ReadBooker, ReadNumbers, ReadSchedules
from guahao.ports.clock import Clock
from guahao.ports.pages import Page
from guahao.usecases.booking.orders import change, find_own

if TYPE_CHECKING:
    from guahao.contracts.queries import OrdersQuery


@dataclass(frozen=True)
class _Request:
    """One request to book; the same key always gives the same order."""

    user_id: str
    patient_id: str
    schedule_id: str
    idempotency_key: str

    @property
    def order_id(self) -> str:
        return order_id_of(self.user_id, self.idempotency_key)


@dataclass(frozen=True)
class Booking:
    """Bookings and orders as their user sees them."""

    orders: Orders
    pool: NumberPool
    read_booker: ReadBooker
    read_schedules: ReadSchedules
    read_numbers: ReadNumbers
    clock: Clock
    policy: BookingPolicy
    hold: timedelta
    choose: Callable[[Sequence[int]], int] = secrets.choice

    def book(self, user_id: str, patient_id: str, schedule_id: str, idempotency_key: str) -> Order:
        """Hold one number of the schedule for the patient and return the order; if that fails, raise why and leave nothing behind.

        The pool decides who tries which number, and the store decides who gets it. Without the pool booking is only slower.
        """
        request = _Request(user_id, patient_id, schedule_id, idempotency_key)
        try:
            return self._through_pool(request)
        except OrderExists:
            return self._existing(request)
        except PoolUnavailable:
            return self._without_pool(request)

    def get(self, user_id: str, order_id: str) -> Order:
        """Return the user's own order or raise NotFound."""
        return as_shown(find_own(self.orders, user_id, order_id), self.clock())

    def list(self, user_id: str, query: OrdersQuery) -> Page[Order]:
        """Return a page of the user's own orders, newest first; `text` is part of the name of the hospital, department or doctor."""
        wanted = OrderFilter(query.q.strip(), query.patient_id, OrderState(query.status) if query.status else None)
        page, now = self.orders.of_user(user_id, wanted, query.limit, query.cursor), self.clock()
        return replace(page, items=[as_shown(order, now) for order in page.items])

    def calendar(self, user_id: str, order_id: str) -> str:
        """Return the visit of the user's own order as an iCalendar entry."""
        return calendar_of(find_own(self.orders, user_id, order_id), self.clock())

    def cancel(self, user_id: str, order_id: str) -> Order:
        """Cancel the user's own order before its quit deadline; a payment is refunded."""
        find_own(self.orders, user_id, order_id)
        return change(self.orders, order_id, lambda order: order.cancel_by_user(self.clock()))

    def _through_pool(self, request: _Request) -> Order:
        schedule_id, order_id = request.schedule_id, request.order_id
        # A pool that was restored to an older state may be wrong about many numbers, and each wrong one costs a round.
        for _ in range(ROUNDS * ROUNDS):
            take = self.pool.take(schedule_id, order_id, self.clock())
            if take.outcome is Outcome.UNBUILT or take.schedule is None:
                [epoch] = self.pool.epochs([schedule_id])
                self.pool.build(self._schedule(schedule_id), self.read_numbers(schedule_id), epoch)
                continue
            if take.outcome is Outcome.SHUT:
                take.schedule.require_bookable(self.clock())
                raise ScheduleClosed("Booking for this schedule has just opened or ended. Load the schedule again.", rule="scheduleOpen")
            if take.outcome is Outcome.SOLD_OUT:
                raise _sold_out()
            if take.outcome is Outcome.MINE and self.orders.get(order_id):
                raise OrderExists
            try:
                order = self._place(request, take.schedule, take.number)
            except NumberTaken:
                self.pool.discard(schedule_id, take.number, order_id)
            except (DomainError, OrderExists):
                self.pool.give_back(schedule_id, take.number, order_id)
                raise
            else:
                self.pool.confirm(schedule_id, take.number)
                return order
        raise Unavailable("Too many are booking this schedule at once. Send the same request again.")

    def _without_pool(self, request: _Request) -> Order:
        if self.orders.get(request.order_id):
            return self._existing(request)
        schedule = self._schedule(request.schedule_id)
        schedule.require_bookable(self.clock())
        # Each lost round is a number that somebody else got, so the rounds end when no number is free.
        for _ in range(schedule.total + ROUNDS):
            free = [n.number for n in self.read_numbers(request.schedule_id) if n.state is NumberState.FREE]
            if not free:
                raise _sold_out()
            try:
                return self._place(request, schedule, self.choose(free))
            except NumberTaken:
                continue
            except OrderExists:
                return self._existing(request)
        raise Unavailable("Too many are booking this schedule at once. Send the same request again.")

    def _place(self, request: _Request, schedule: BookableSchedule, number: int) -> Order:
        def write() -> Order:
            booker = self.read_booker(request.user_id, request.patient_id)
            if booker.user is None or booker.patient is None:
                raise NotFound("There is no such patient in this account. Register the patient first.", rule="ownPatient")
            booker.user.require_may_book()
            booker.patient.require_certificate(schedule.date, self.policy)
            ledger = self.orders.ledger(booker.patient.person)
            if not ledger.knows(booker.patient):
                raise VersionConflict  # the patient was removed, or became another person, since it was read
            now = self.clock()
            order = place(schedule, number, order_id=request.order_id, patient=booker.patient, now=now, hold=self.hold)
            booked = ledger.add(order, self.policy, shanghai_date(now))
            tally = booker.tally.add(order, ledger, self.policy, now)
            self.orders.place(order, booked, tally if tally is not booker.tally else None)
            return order

        return retry(write, "This patient")

    def _existing(self, request: _Request) -> Order:
        order = self.orders.get(request.order_id)
        if order is None:
            # The same request was sent twice at once, and the other one is being written.
            raise Unavailable("This booking is being made. Send the same request again.")
        return as_shown(order.require_request(request.schedule_id, request.patient_id), self.clock())

    def _schedule(self, schedule_id: str) -> BookableSchedule:
        schedule = self.read_schedules([schedule_id]).get(schedule_id)
        if schedule is None:
            raise NotFound("There is no such schedule.")
        return schedule


def _sold_out() -> NumberSoldOut:
    return NumberSoldOut("Every number of this schedule is taken. Choose another schedule.", rule="numbersFree")
