"""A world in which nothing repairs anything: what reconciliation makes up for elsewhere must not happen at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.errors import Unavailable
from guahao.domain.payment.payment import PaymentState
from guahao.usecases.payment.settlements import Settlements
from tests.simulation.faults import Faults
from tests.simulation.invariants import Books
from tests.simulation.world import World


class Unrepaired(World):
    """Loses no message, and no call fails: processes die, stop on the way, come twice and in any order. Pools are nobody's care here."""

    def join(self) -> None:
        self.rates = replace(self.rates, fail=0.0)
        self.faults = Faults(self.rng, self.processes, self.rates)
        # Whether a slow refund is done is asked by reconciliation alone.
        self.queues.loss, self.provider.refunds_take_time = 0.0, False
        super().join()
        self.settlements = _Persistent(self.payments)
        self.reconciliation = self.daily = _Nothing()  # type: ignore[assignment]

    def books(self) -> Books:
        return replace(super().books(), offered={}, left={})


class _Persistent(Settlements):
    """Comes again for a payment whose opening may still be on the way, which is left to reconciliation elsewhere."""

    def settle(self, order_id: str) -> Order:
        order = super().settle(order_id)
        if order.state is OrderState.CANCELLED and order.payment.state is PaymentState.OPEN:
            raise Unavailable("The payment may still be opened.")
        return order


class _Nothing:
    """Stands where repairs would be."""

    def run(self, *arguments: object) -> Mapping[str, int]:
        return {}
