"""Worlds that sell numbers wrongly or forgive who does not pay, for `test_broken_worlds`."""

from __future__ import annotations

from dataclasses import replace

from guahao.domain.booking.ledger import Ledger
from guahao.domain.booking.order_states import NumberState
from guahao.domain.booking.orders import Number, Order
from guahao.domain.booking.unpaid import Tally, UnpaidPolicy
from tests.fakes.catalog import FakeCatalog, FakeNumbers
from tests.simulation.parties import ChoosyHospital
from tests.simulation.queues import StreamedOrders
from tests.simulation.world import World


class ForgivesUnpaidEnds(World):
    """Lets accounts hold numbers and let them go as often as they like."""

    def join(self) -> None:
        super().join()
        self.booking = replace(self.booking, policy=replace(self.policy, unpaid=UnpaidPolicy(24, 99, 99, 99, 99, 99)))


class LooseTallies(StreamedOrders):
    """Writes a tally over whatever is there."""

    def place(self, order: Order, ledger: Ledger, tally: Tally | None = None) -> None:
        if tally:
            tally = replace(tally, version=self.tally(order.user_id).version)
        super().place(order, ledger, tally)


class PassesLimitsTogether(World):
    orders_type = LooseTallies


class CarelessOrders(StreamedOrders):
    """Frees the number of an order that the hospital refused."""

    def move(self, before: Order, after: Order, ledger: Ledger | None = None, tally: Tally | None = None) -> None:
        super().move(before, after, ledger, tally)
        if before.number_state is not NumberState.CLOSED and after.number_state is NumberState.CLOSED:
            self.numbers.put(after.visit.schedule_id, Number(after.visit.number, NumberState.FREE))


class SellsWhatTheHospitalRefused(World):
    orders_type = CarelessOrders

    def join(self) -> None:
        self.hospital = ChoosyHospital(self.rng, 0.3)
        super().join()


class FormerNumbers(FakeNumbers):
    """Withdraws what lies above the total and nothing else, however many are sold."""

    def fit(self, schedule_id: str, total: int, *, reopen: bool = True) -> bool:
        super().fit(schedule_id, total, reopen=reopen)
        self._withdrawn[schedule_id] = {n for n in self._numbers[schedule_id] if n > total}
        return True


class FormerOrders(StreamedOrders):
    def __init__(self) -> None:
        super().__init__()
        self.numbers = FormerNumbers()


class SellsBelowTheTotal(World):
    orders_type = FormerOrders


class NeverComesInStep(World):
    """Leaves schedules to their hospitals that patients have more of than the total."""

    def join(self) -> None:
        super().join()
        self.reconciliation = replace(self.reconciliation, schedules=replace(self.reconciliation.schedules, catalog=FakeCatalog()))
