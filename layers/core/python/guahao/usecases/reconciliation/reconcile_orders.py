"""Reconciliation of orders: finishing what a lost message, or a provider or hospital that never answered, left undone."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from guahao.domain.booking.order_states import Cause, OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.errors import BalanceTooLow, HospitalUnreachable, PaymentMismatch, ProviderUnavailable
from guahao.domain.payment.payment import PaymentState
from guahao.domain.time import shanghai_date
from guahao.ports.booking.order_index import OrderIndex
from guahao.ports.clock import Clock
from guahao.usecases.booking.number_pool_checks import PoolChecks
from guahao.usecases.hospitals.partner_calls import PartnerCalls
from guahao.usecases.payment.payment import Payments
from guahao.usecases.payment.settlements import Settlements
from guahao.usecases.reconciliation.out_of_step import OutOfStep
from guahao.usecases.reconciliation.repairs import Repairs
from guahao.usecases.reconciliation.unconfirmed import UnconfirmedOrders

# Younger changes are still on their way through streams and queues.
GRACE = timedelta(minutes=2)
# Leaves a repair that begins late enough time before the function's own time-out.
RUN = timedelta(seconds=200)
# WeChat Pay refunds nothing after a year; whatever is older needs a person.
_REACH = timedelta(days=400)
# For so long after a visit its hospital is still told of it.
_HOSPITAL_REACH = timedelta(days=7)
_FIGURES = {
    Cause.HOLD_EXPIRED: "expiredHolds",
    Cause.PAID: "openPayments",
    Cause.PAYMENT_CLOSED: "openPayments",
    Cause.PAID_TOO_LATE: "refunds",
    Cause.REFUNDED: "refunds",
}
# Refunds and partner calls are not among them: they often take so long that finishing them here is normal, not a repair.
_REPAIRED = ("expiredHolds", "openPayments", "numbersReturned", "numbersDropped")
_UNCONFIRMED = ("cancelledUnconfirmed", "unconfirmedOrders")
_FOR_A_PERSON = ("failedRefunds", "balanceTooLow", "mismatches", "givenUp")
# More than one, because a failure may be the order's own fault; few, because each failure costs the time of a call.
_PATIENCE = 2


@dataclass(frozen=True)
class Reconciliation:
    """Does what is due and overdue, on orders, schedules and pools. All is harmless when somebody else does it at the same moment."""

    index: OrderIndex
    payments: Payments
    settlements: Settlements
    calls: PartnerCalls
    unconfirmed: UnconfirmedOrders
    pools: PoolChecks
    schedules: OutOfStep
    clock: Clock
    draw: Callable[[], float] = random.random

    def run(self, grace_seconds: int, time: timedelta = RUN) -> Mapping[str, int]:
        """Repair what has been due for longer than the grace, for `time` at most, and return what was repaired and what remains."""
        begun_at, grace = self.clock(), timedelta(seconds=grace_seconds)
        schedules = self.schedules.run(begun_at + time / 8)
        pools = self.pools.run(begun_at + time / 4)
        repairs = _OrderRepairs(self.payments, self.settlements, self.calls, self.unconfirmed, begun_at - grace)
        for order in self._walk(begun_at - grace):
            repairs.repair(order)
            if self.clock() >= begun_at + time:
                repairs.figures["outOfTime"] = 1
                break
        remaining = sum(each["remaining"] for each in (repairs.figures, pools, schedules))
        figures = {**repairs.figures, **pools, **schedules, "remaining": remaining}
        return {**figures, "repaired": sum(figures[name] for name in _REPAIRED)}

    def _walk(self, until: datetime) -> Iterator[Order]:
        """Yield the outstanding orders from a random age to the youngest, then from the oldest to that age.

        If each run began with the oldest, orders that nobody can repair would use up the time of every run.
        """
        start = until - GRACE * (_REACH / GRACE) ** self.draw()
        yield from self.index.outstanding(start, until)
        yield from self.index.outstanding(until - _REACH, start)


class _OrderRepairs(Repairs):
    """The repairs of one run. A provider or hospital that failed to answer `_PATIENCE` times is not called again in this run."""

    def __init__(
        self, payments: Payments, settlements: Settlements, calls: PartnerCalls, unconfirmed: UnconfirmedOrders, due_at: datetime
    ) -> None:
        super().__init__(*_FIGURES.values(), "partnerCalls", *_UNCONFIRMED, *_FOR_A_PERSON, "remaining", "outOfTime")
        self._payments, self._settlements, self._calls = payments, settlements, calls
        self._unconfirmed = unconfirmed
        self._due_at = due_at
        self._failures: Counter[str] = Counter()

    def repair(self, order: Order) -> None:
        """Do what is due on the order; a part that fails does not stop the others."""
        waits = order.state is OrderState.AWAITING_PAYMENT
        if waits and order.visit.fee_fen:
            silent = order.payment.state is PaymentState.OPEN and not self._try("payments", order, lambda: self._payments.refresh(order))
            if order.hold_until <= self._due_at:
                self._try("", order, lambda: self._payments.expire(order.order_id, silent))
        elif waits or order.owes_difference or order.payment.state in (PaymentState.OPEN, PaymentState.REFUNDING):
            self._try("payments", order, lambda: self._settlements.settle(order.order_id))
        if order.hospital_is_behind:
            self._notify_hospital(order)
        # Only now, because the hospital may just have answered.
        if order.is_unconfirmed:
            self._try("", order, lambda: self._unconfirmed.cancel_overdue(order), "cancelledUnconfirmed")
            self._try("", order, lambda: self._unconfirmed.is_long(order), "unconfirmedOrders")

    def _notify_hospital(self, order: Order) -> None:
        if order.visit.date < shanghai_date(self._due_at - _HOSPITAL_REACH):
            self._try("", order, lambda: self._calls.give_up(order.order_id), "givenUp")
        else:
            self._try(f"hospital {order.visit.hospital_code}", order, lambda: self._calls.notify_hospital(order.order_id), "partnerCalls")

    def _try(self, who: str, order: Order, act: Callable[[], Order | bool], figure: str = "") -> bool:
        """Do it and note what it brought about, unless who is needed for it is silent; return whether they answered."""
        if self._failures[who] >= _PATIENCE:
            self.figures["remaining"] += 1
            return False
        try:
            done = act()
            if isinstance(done, Order):
                self._note_change(order, done)
            elif done:
                self.note(figure, orderId=order.order_id)
        except PaymentMismatch:
            refunding = order.owes_difference or order.payment.state is PaymentState.REFUNDING
            self.note("failedRefunds" if refunding else "mismatches", orderId=order.order_id)
        except BalanceTooLow:
            self.note("balanceTooLow", orderId=order.order_id)
        except (ProviderUnavailable, HospitalUnreachable):
            self._failures[who] += 1
            self.note_failure(orderId=order.order_id)
            return False
        except Exception:  # noqa: BLE001 - one order that cannot be helped must not keep the others waiting
            self.note_failure(orderId=order.order_id)
        return True

    def _note_change(self, before: Order, after: Order) -> None:
        cause, paid_at = after.timeline[-1].cause, after.payment.paid_at
        if after.payment.returned_fen > before.payment.returned_fen and cause is not Cause.REFUNDED:
            self.note(_FIGURES[Cause.REFUNDED], orderId=after.order_id)
            return
        if after.version == before.version or cause not in _FIGURES:
            return
        # A payment of a moment ago is no repair: its notification is still on its way.
        if cause is not Cause.PAID or (paid_at and paid_at <= self._due_at):
            self.note(_FIGURES[cause], orderId=after.order_id)
