"""Selling numbers: take one, hold it for an order, give it back."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from guahao.domain.booking import Order, order_id_of, place
from guahao.domain.calendar import calendar_of
from guahao.domain.errors import DomainError, NotFound, NumberSoldOut, PoolUnavailable, SessionClosed, Unavailable
from guahao.domain.ledger import BookingPolicy
from guahao.domain.order_states import NumberState, OrderState
from guahao.domain.sessions import BookableSession
from guahao.domain.time import shanghai_date
from guahao.ports.booking import (
    LedgerMoved,
    NumberPool,
    NumberTaken,
    OrderExists,
    OrderFilter,
    OrderPage,
    Orders,
    Outcome,
    ReadBooker,
    ReadNumbers,
    ReadSessions,
)
from guahao.ports.clock import Clock
from guahao.usecases.changes import ROUNDS, change, find_own


@dataclass(frozen=True)
class _Request:
    """One intention to book: repeating it, with the same key, is the same order."""

    user_id: str
    patient_id: str
    schedule_id: str
    idempotency_key: str

    @property
    def order_id(self) -> str:
        return order_id_of(self.user_id, self.idempotency_key)


@dataclass(frozen=True)
class Booking:
    """Orders as their user sees them."""

    orders: Orders
    pool: NumberPool
    read_booker: ReadBooker
    read_sessions: ReadSessions
    read_numbers: ReadNumbers
    clock: Clock
    policy: BookingPolicy
    hold: timedelta
    choose: Callable[[Sequence[int]], int] = secrets.choice

    def book(self, user_id: str, patient_id: str, schedule_id: str, idempotency_key: str) -> Order:
        """Hold one number of the session for the patient, or raise the refusal that fits and leave nothing behind.

        The pool decides who tries which number; the store decides who gets it. Without the pool it is only slower.
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
        return find_own(self.orders, user_id, order_id)

    def list(self, user_id: str, text: str, patient_id: str, state: str | None, limit: int, cursor: str | None) -> OrderPage:
        """Return a page of the user's own orders, newest first; `text` is part of the hospital's, department's or doctor's name."""
        wanted = OrderFilter(text.strip(), patient_id, OrderState(state) if state else None)
        return self.orders.of_user(user_id, wanted, limit, cursor)

    def calendar(self, user_id: str, order_id: str) -> str:
        """Return the visit of the user's own order as an iCalendar entry."""
        return calendar_of(find_own(self.orders, user_id, order_id), self.clock())

    def cancel(self, user_id: str, order_id: str) -> Order:
        """Cancel the user's own order before its quit deadline; what was paid goes back."""
        find_own(self.orders, user_id, order_id)
        return change(self.orders, order_id, lambda order: order.cancel_by_user(self.clock()))

    def _through_pool(self, request: _Request) -> Order:
        schedule_id, order_id = request.schedule_id, request.order_id
        # A pool may be wrong about many numbers after its server came back from the past; each wrong one costs a round.
        for _ in range(ROUNDS * ROUNDS):
            take = self.pool.take(schedule_id, order_id, self.clock())
            if take.outcome is Outcome.UNBUILT or take.session is None:
                [epoch] = self.pool.epochs([schedule_id])
                self.pool.build(self._session(schedule_id), self.read_numbers(schedule_id), epoch)
                continue
            if take.outcome is Outcome.SHUT:
                take.session.require_bookable(self.clock())
                raise SessionClosed("Booking for this session has just opened or ended. Look at the session again.", rule="sessionOpen")
            if take.outcome is Outcome.SOLD_OUT:
                raise _sold_out()
            if take.outcome is Outcome.MINE and self.orders.get(order_id):
                raise OrderExists
            try:
                order = self._place(request, take.session, take.number)
            except NumberTaken:
                self.pool.discard(schedule_id, take.number, order_id)
            except (DomainError, OrderExists):
                self.pool.give_back(schedule_id, take.number, order_id)
                raise
            else:
                self.pool.confirm(schedule_id, take.number)
                return order
        raise Unavailable("Too many are booking this session at once. Send the same request again.")

    def _without_pool(self, request: _Request) -> Order:
        if self.orders.get(request.order_id):
            return self._existing(request)
        session = self._session(request.schedule_id)
        session.require_bookable(self.clock())
        # Each lost round is a number that somebody else got, so the rounds end with the numbers.
        for _ in range(session.total + ROUNDS):
            free = [n.number for n in self.read_numbers(request.schedule_id) if n.state is NumberState.FREE]
            if not free:
                raise _sold_out()
            try:
                return self._place(request, session, self.choose(free))
            except NumberTaken:
                continue
            except OrderExists:
                return self._existing(request)
        raise Unavailable("Too many are booking this session at once. Send the same request again.")

    def _place(self, request: _Request, session: BookableSession, number: int) -> Order:
        for _ in range(ROUNDS):
            booker = self.read_booker(request.user_id, request.patient_id)
            if booker.user is None or booker.patient is None:
                raise NotFound("There is no such patient in this account. Register the patient first.", rule="ownPatient")
            booker.user.require_may_book()
            ledger = self.orders.ledger(booker.patient.person)
            if not ledger.knows(booker.patient):
                continue  # removed, or become another person, since it was read
            now = self.clock()
            order = place(session, number, order_id=request.order_id, patient=booker.patient, now=now, hold=self.hold)
            try:
                self.orders.place(order, ledger.add(order, self.policy, shanghai_date(now)))
            except LedgerMoved:
                continue
            return order
        raise Unavailable("This patient is being booked for by many at once. Send the same request again.")

    def _existing(self, request: _Request) -> Order:
        order = self.orders.get(request.order_id)
        if order is None:
            # The same request, sent twice at once, is just being written by its twin.
            raise Unavailable("This booking is being made. Send the same request again.")
        return order.require_request(request.schedule_id, request.patient_id)

    def _session(self, schedule_id: str) -> BookableSession:
        session = self.read_sessions([schedule_id]).get(schedule_id)
        if session is None:
            raise NotFound("There is no such session.")
        return session


def _sold_out() -> NumberSoldOut:
    return NumberSoldOut("Every number of this session is taken. Choose another session.", rule="numbersFree")
