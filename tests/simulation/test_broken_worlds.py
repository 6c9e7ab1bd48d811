"""The simulation finds what it is there for: each of these worlds is broken in one place, and its stories show it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import count
from typing import Any

import pytest

from guahao.domain.booking.ledger import Ledger, Rung
from guahao.domain.booking.order_changes import Effect
from guahao.domain.booking.order_states import NumberState, OrderState
from guahao.domain.booking.orders import Number, Order
from guahao.domain.booking.refunds import Refund
from guahao.domain.booking.unpaid import Tally
from guahao.domain.hospitals.partner_calls import HospitalRecord
from guahao.domain.payment.payment import RefundState
from guahao.domain.statistics.statistics import Mark
from guahao.usecases.booking.order_changed import OrderChanges
from guahao.usecases.booking.orders import find
from guahao.usecases.hospitals.partner_calls import PartnerCalls
from guahao.usecases.payment.payment import Payments
from guahao.usecases.payment.settlements import Settlements
from guahao.usecases.statistics.statistics import Counting
from tests.fakes.booking import FakePool
from tests.fakes.notices import FakeSentNotices
from tests.fakes.orders import FakeOrderIndex
from tests.fakes.statistics import FakeStatistics
from tests.simulation.broken_numbers import (
    ForgivesUnpaidEnds,
    NeverComesInStep,
    PassesLimitsTogether,
    SellsBelowTheTotal,
    SellsWhatTheHospitalRefused,
)
from tests.simulation.broken_substitutions import (
    AsksForAHigherFee,
    ForgetsWhoBooksMeanwhile,
    KeepsTheDifference,
    PromisesTheUnheard,
    TellsAtOnce,
    WaivesUnheard,
)
from tests.simulation.queues import StreamedOrders
from tests.simulation.story import story
from tests.simulation.unrepaired import Unrepaired
from tests.simulation.world import World

MOST_SEEDS = 1000


class HastyOrders(StreamedOrders):
    """Places an order without looking whether its number is free."""

    def place(self, order: Order, ledger: Ledger, tally: Tally | None = None) -> None:
        self.numbers.put(order.visit.schedule_id, Number(order.visit.number, NumberState.FREE))
        super().place(order, ledger, tally)


class SellsTwice(World):
    orders_type = HastyOrders


class ForgetfulOrders(StreamedOrders):
    """Writes a changed order over whatever is there."""

    def move(self, before: Order, after: Order, ledger: Ledger | None = None, tally: Tally | None = None) -> None:
        super().move(self.orders[before.order_id], after, ledger, tally)


class OverwritesChanges(World):
    orders_type = ForgetfulOrders


class LeakyOrders(StreamedOrders):
    """Cancels without telling the person's ledger."""

    def move(self, before: Order, after: Order, ledger: Ledger | None = None, tally: Tally | None = None) -> None:
        super().move(before, after, None, tally)


class KeepsLedgersFull(World):
    orders_type = LeakyOrders


class EagerStatistics(FakeStatistics):
    """Counts without looking what the order was counted as since it was read."""

    def count(self, before: Mark | None, after: Mark) -> None:
        self.marked_orders.pop(after.order_id, None)
        if before:
            self.marked_orders[after.order_id] = before
        super().count(before, after)


class CountsLateChanges(World):
    statistics_type = EagerStatistics


class DeafClaims(FakeSentNotices):
    """Grants every claim."""

    def claim(self, subject: str, kind: str, now: datetime) -> bool:
        self.claimed[subject, kind] = now
        return True


class TellsTwice(World):
    claims_type = DeafClaims


class RefundsUnderNewNumbers(World):
    """Asks for each refund under a number of its own, of a provider that gives back what it is asked for."""

    def join(self) -> None:
        numbers, refund = count(), self.provider.refund

        def refund_again(trade_no: str, refund_no: str, *about: Any) -> RefundState:
            return refund(trade_no, f"{refund_no}{next(numbers)}", *about)

        self.provider.refund = refund_again  # type: ignore[method-assign]
        self.provider._has_left = lambda *_: True  # type: ignore[method-assign]
        super().join()


class SleepsThroughReconciliation(World):
    """Has no reconciliation that looks at orders."""

    def join(self) -> None:
        super().join()
        self.reconciliation = replace(self.reconciliation, index=_Blind(self.orders))


class _Blind(FakeOrderIndex):
    def outstanding(self, after: datetime, before: datetime) -> Iterator[Order]:
        return iter(())

    def ids(self, state: OrderState, first: date, last: date) -> Iterator[tuple[str, str]]:
        return iter(())


class ForgetsTheHospital(World):
    """Tells hospitals of no cancellation."""

    def join(self) -> None:
        super().join()
        self.changes = _WithoutCancellations(self.changes.outbox, self.changes.pool, self.changes.clock)
        self.reconciliation = replace(self.reconciliation, index=_Blind(self.orders))


class _WithoutCancellations(OrderChanges):
    def _do(self, effect: Effect, order: Order) -> None:
        if effect is not Effect.NOTIFY_HOSPITAL or order.cancelled_for is None:
            super()._do(effect, order)


class RefusesForTheHospital(World):
    """Takes a number that the hospital still counts as its former owner's for one that it will not give."""

    def join(self) -> None:
        super().join()
        self.calls = _Impatient(**vars(self.calls))


class _Impatient(PartnerCalls):
    def _register_after_former(self, order: Order, setting: Any) -> HospitalRecord:
        return self._register(order, setting)


class ForgetsFreedNumbers(World):
    """Gives no freed number back to the pool, and never compares the two."""

    def join(self) -> None:
        super().join()
        self.changes = replace(self.changes, pool=FakePool())
        self.reconciliation = replace(self.reconciliation, pools=replace(self.reconciliation.pools, pools=FakePool()))


class ForgetsToAskTheProvider(Unrepaired):
    """Ends holds without asking whether somebody has paid."""

    def join(self) -> None:
        super().join()
        self.holds = replace(self.holds, payments=_Incurious(**vars(self.payments)))


class _Incurious(Payments):
    def refresh(self, order: Order) -> Order:
        return order


class RefundsOnCredit(World):
    """Notes refunds that nobody has made."""

    def join(self) -> None:
        super().join()
        self.settlements = _Hopeful(self.payments)


class _Hopeful(Settlements):
    def _refund(self, order: Order, refund: Refund) -> bool:
        return True


class CountsOnce(World):
    """Counts each order as what it was first; a recount makes up for it."""

    def join(self) -> None:
        super().join()
        self.counting = _Content(**vars(self.counting))


class _Content(Counting):
    def count(self, order_id: str) -> bool:
        return bool(self.statistics.marks([find(self.orders, order_id)])) or super().count(order_id)


class WaitsForever(World):
    """Notes no visit as missed."""

    def join(self) -> None:
        super().join()
        self.missed = replace(self.missed, index=_Blind(self.orders))


class TakesSilenceForProof(World):
    """Notes visits as missed at hospitals that report nobody."""

    def join(self) -> None:
        super().join()
        self.no_shows = replace(self.no_shows, policy=replace(self.policy, no_show_attendance_percent=0))


class ForgivesMissedVisits(World):
    """Lets people book whatever they have missed."""

    def join(self) -> None:
        self.policy = replace(self.policy, no_shows=(Rung(count=1, days=30, banned_days=30),))
        super().join()
        self.booking = replace(self.booking, policy=replace(self.policy, no_shows=()))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("world", "finding"),
    [
        (SellsTwice, "numbers: number "),
        (OverwritesChanges, " was lost, "),
        (KeepsLedgersFull, "too many"),
        (CountsLateChanges, "a recount "),
        (TellsTwice, "was sent 2 times"),
        (RefundsUnderNewNumbers, "fen went back"),
        (SleepsThroughReconciliation, "settled:"),
        (ForgetsTheHospital, "hospitals:"),
        (RefusesForTheHospital, "refused by a hospital that never did"),
        (ForgetsFreedNumbers, "can be sold"),
        (ForgetsToAskTheProvider, " and was paid at "),
        (RefundsOnCredit, "before the provider had done so"),
        (CountsOnce, " and counted as "),
        (WaitsForever, "still waits for its patient"),
        (TakesSilenceForProof, "patients of its schedule having come"),
        (ForgivesMissedVisits, "while its person was banned"),
        (SellsWhatTheHospitalRefused, "instead of closed"),
        (ForgivesUnpaidEnds, "after too many unpaid ends"),
        (PassesLimitsTogether, " was placed "),
        (SellsBelowTheTotal, "more than its total of "),
        (NeverComesInStep, "its total leaves"),
        (ForgetsWhoBooksMeanwhile, ", its schedule "),
        (TellsAtOnce, "were lost"),
        (AsksForAHigherFee, " and costs "),
        (KeepsTheDifference, "the provider took"),
        (WaivesUnheard, " and its payment none"),
        (PromisesTheUnheard, "NoticeKind.PAID"),
    ],
)
def test_a_broken_world_is_found_out(world: type[World], finding: str) -> None:
    for seed in range(MOST_SEEDS):
        with story(seed, world) as told:
            told.tell()
            if any(finding in wrong for wrong in told.wrong()):
                return
    raise AssertionError(f"{world.__name__} was not found out in {MOST_SEEDS} stories")
