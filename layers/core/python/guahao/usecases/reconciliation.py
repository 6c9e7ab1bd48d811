"""Bringing to its end what fell through between two steps: a lost message, a provider or a hospital that never answered."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from guahao.domain.booking import Order
from guahao.domain.errors import BalanceTooLow, HospitalUnreachable, PaymentMismatch, ProviderUnavailable
from guahao.domain.order_states import Cause, OrderState
from guahao.domain.payment import PaymentState
from guahao.domain.time import shanghai_date
from guahao.ports.clock import Clock
from guahao.ports.orders import OrderIndex
from guahao.usecases.hospital_calls import HospitalCalls
from guahao.usecases.payment import Payments, Settlements
from guahao.usecases.pool_checks import PoolChecks
from guahao.usecases.repairs import Repairs

# What is younger is still on its way through streams and queues.
GRACE = timedelta(minutes=2)
# WeChat Pay gives nothing back after a year; whatever is older needs a person.
_REACH = timedelta(days=400)
# So long after a visit its hospital is told of it.
_HOSPITAL_REACH = timedelta(days=7)
_FIGURES = {
    Cause.HOLD_EXPIRED: "expiredHolds",
    Cause.PAID: "openPayments",
    Cause.PAYMENT_CLOSED: "openPayments",
    Cause.PAID_TOO_LATE: "refunds",
    Cause.REFUNDED: "refunds",
}
# Refunds take their time at the provider, and hospitals are away for hours: these end here by design.
_REPAIRED = ("expiredHolds", "openPayments", "numbersReturned", "numbersDropped")
_FOR_A_PERSON = ("failedRefunds", "balanceTooLow", "mismatches", "givenUp")
# A single failure may be the order's own fault, and each costs the time of a call.
_PATIENCE = 2


@dataclass(frozen=True)
class Reconciliation:
    """Does what is due and overdue, on orders and in pools. All of it is harmless when somebody else does it at the same moment."""

    index: OrderIndex
    payments: Payments
    settlements: Settlements
    calls: HospitalCalls
    pools: PoolChecks
    clock: Clock
    draw: Callable[[], float] = random.random

    def run(self, time: timedelta, grace: timedelta = GRACE) -> Mapping[str, int]:
        """Repair what has been due for longer than the grace, for so long a time, and return what was repaired and what remains."""
        begun_at = self.clock()
        pools = self.pools.run(begun_at + time / 4)
        repairs = _OrderRepairs(self.payments, self.settlements, self.calls, begun_at - grace)
        for order in self._walk(begun_at - grace):
            repairs.repair(order)
            if self.clock() >= begun_at + time:
                repairs.figures["outOfTime"] = 1
                break
        figures = {**repairs.figures, **pools, "remaining": repairs.figures["remaining"] + pools["remaining"]}
        return {**figures, "repaired": sum(figures[name] for name in _REPAIRED)}

    def _walk(self, until: datetime) -> Iterator[Order]:
        """Yield the unsettled orders, from one of an age drawn anew for each run to the youngest, then from the oldest on.

        Were it always the oldest first, those that nobody can help would take the time of all others, run after run.
        """
        start = until - GRACE * (_REACH / GRACE) ** self.draw()
        yield from self.index.unsettled(start, until)
        yield from self.index.unsettled(until - _REACH, start)


class _OrderRepairs(Repairs):
    """One run. Whoever has failed to answer so often as patience lasts is not asked again before the next."""

    def __init__(self, payments: Payments, settlements: Settlements, calls: HospitalCalls, due_at: datetime) -> None:
        super().__init__(*_FIGURES.values(), "hospitalCalls", *_FOR_A_PERSON, "remaining", "outOfTime")
        self._payments, self._settlements, self._calls = payments, settlements, calls
        self._due_at = due_at
        self._failures: Counter[str] = Counter()

    def repair(self, order: Order) -> None:
        """Do what is due on the order, each part whatever becomes of the others."""
        if order.state is OrderState.AWAITING_PAYMENT:
            if order.payment.state is PaymentState.OPEN:
                self._try("payments", order, lambda: self._payments.ask(order))
            if order.hold_until <= self._due_at:
                self._try("", order, lambda: self._payments.expire(order.order_id))
        elif order.payment.state in (PaymentState.OPEN, PaymentState.REFUNDING):
            self._try("payments", order, lambda: self._settlements.settle(order.order_id))
        if order.hospital_is_behind:
            self._tell(order)

    def _tell(self, order: Order) -> None:
        if order.date < shanghai_date(self._due_at - _HOSPITAL_REACH):
            self._try("", order, lambda: self._calls.give_up(order.order_id), "givenUp")
        else:
            self._try(f"hospital {order.hospital_code}", order, lambda: self._calls.tell(order.order_id), "hospitalCalls")

    def _try(self, who: str, order: Order, act: Callable[[], Order | bool], figure: str = "") -> None:
        """Do it and note what it brought about, unless who is needed for it is silent."""
        if self._failures[who] >= _PATIENCE:
            self.figures["remaining"] += 1
            return
        try:
            done = act()
            if isinstance(done, Order):
                self._note_change(order, done)
            elif done:
                self.note(figure, orderId=order.order_id)
        except PaymentMismatch:
            refunding = order.payment.state is PaymentState.REFUNDING
            self.note("failedRefunds" if refunding else "mismatches", orderId=order.order_id)
        except BalanceTooLow:
            self.note("balanceTooLow", orderId=order.order_id)
        except (ProviderUnavailable, HospitalUnreachable):
            self._failures[who] += 1
            self.note_failure(orderId=order.order_id)
        except Exception:  # noqa: BLE001 - one order that cannot be helped must not keep the others waiting
            self.note_failure(orderId=order.order_id)

    def _note_change(self, before: Order, after: Order) -> None:
        cause, paid_at = after.timeline[-1].cause, after.payment.paid_at
        if after.version == before.version or cause not in _FIGURES:
            return
        # The notification of money that came a moment ago is still on its way: whoever asks first repairs nothing.
        if cause is not Cause.PAID or (paid_at and paid_at <= self._due_at):
            self.note(_FIGURES[cause], orderId=after.order_id)
