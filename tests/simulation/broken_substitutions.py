"""Worlds in which substitutions go wrong, for `test_broken_worlds`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from guahao.contracts.messages import QueueMessage, Substitution
from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.payment.payment import PaymentState
from guahao.usecases.payment.settlements import Settlements
from tests.simulation.queues import Queues, StreamedOrders
from tests.simulation.unrepaired import Unrepaired
from tests.simulation.world import World


class _Hasty(Queues):
    def send(self, message: QueueMessage, delay_seconds: int = 0) -> None:
        if not (isinstance(message, Substitution) and delay_seconds):
            super().send(message, delay_seconds)


class ForgetsWhoBooksMeanwhile(World):
    """Looks for orders at the moment of a substitution only."""

    def join(self) -> None:
        self.queues = _Hasty(**vars(self.queues))
        super().join()


class TellsAtOnce(World):
    """Lets nobody take a substitution back, and takes every repeated notice for a new one."""

    def join(self) -> None:
        super().join()
        self.substituted = replace(self.substituted, unheard=timedelta())
        self.notices = replace(self.notices, sent=_Forgetful())


class _Forgetful:
    def claim(self, *_: Any) -> bool:
        return True

    def release(self, *_: Any) -> None:
        pass


class PromisesTheUnheard(World):
    """Tells of substitutes, in whatever SMS comes first, as if nobody could take them back."""

    def join(self) -> None:
        super().join()
        self.notices = replace(self.notices, orders=_Settled(self.notices.orders))


class _Settled:
    def __init__(self, orders: Any) -> None:
        self._orders = orders

    def get(self, order_id: str) -> Order | None:
        order: Order | None = self._orders.get(order_id)
        return order and replace(order, substitutions=tuple(replace(one, settles_at=one.at) for one in order.substitutions))


class _Dear(StreamedOrders):
    def move(self, before: Order, after: Order, *others: Any) -> None:
        if after.substitutions != before.substitutions:
            after = replace(after, visit=replace(after.visit, fee_fen=self.fee_fen(after)))
        super().move(before, after, *others)

    def fee_fen(self, order: Order) -> int:
        return order.visit.fee_fen + 100


class AsksForAHigherFee(World):
    orders_type = _Dear


class _Generous(StreamedOrders):
    def move(self, before: Order, after: Order, *others: Any) -> None:
        if after.substitutions != before.substitutions and not after.visit.fee_fen and after.payment.state is PaymentState.NONE:
            free = after.state is OrderState.AWAITING_PAYMENT
            after = replace(after.waive_fee(after.substitutions[-1].at), version=after.version) if free else after
        super().move(before, after, *others)


class WaivesUnheard(World):
    """Waives a fee that the doctor of before, who comes back, has again."""

    orders_type = _Generous


class KeepsTheDifference(Unrepaired):
    """Gives back what was paid for cancelled orders alone."""

    def join(self) -> None:
        super().join()
        self.settlements = _Greedy(self.payments)


class _Greedy(Settlements):
    def settle(self, order_id: str) -> Order:
        order = self.payments.orders.get(order_id)
        assert order
        return order if order.owes_difference else super().settle(order_id)
