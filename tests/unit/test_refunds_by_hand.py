"""Money is noted as given back by hand only where the provider does not give it back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.booking.order_states import Cause
from guahao.domain.booking.orders import Order
from guahao.domain.errors import NotFound, OrderStateConflict, PaymentMismatch, ProviderUnavailable, Unavailable
from guahao.domain.payment.payment import Payment, PaymentState, RefundState
from guahao.domain.versions import VersionConflict
from guahao.usecases.payment.refunds_by_hand import RefundsByHand
from tests.builders import NOW
from tests.fakes.audit_log import FakeAuditLog
from tests.fakes.refunds_by_hand import FakeAuditedOrders
from tests.unit.paying import World

REASON = "退款失败，已线下转账"


class House(World):
    """A paid order, and the service where it is noted what was done by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.log = FakeAuditLog()
        self.service = FakeAuditedOrders(self.orders, self.log)
        self.pay()

    def note(self, order_id: str = "o1") -> Order:
        return RefundsByHand(self.payments, self.service).note("operator", order_id, REASON)

    def require_refused(self, error: type[Exception] = OrderStateConflict) -> None:
        before, entries = self.order, len(self.log.entries)
        with pytest.raises(error):
            self.note()
        assert (self.order, len(self.log.entries)) == (before, entries)


def failing(house: House) -> None:
    house.provider.refund_state = lambda _: RefundState.ABNORMAL  # type: ignore[method-assign]


def refused(house: House) -> None:
    """Have the provider know of no refund, as it does after a refusal."""


@pytest.mark.parametrize("refund", [failing, refused])
def test_money_given_back_by_hand_ends_the_refund_once_and_is_in_the_audit_log(refund: object) -> None:
    house = House()
    house.cancel()
    assert callable(refund)
    refund(house)
    house.clock.advance(days=3)
    noted = house.note()
    assert (noted.payment.state, noted.timeline[-1].cause, house.order) == (PaymentState.REFUNDED, Cause.REFUNDED_BY_HAND, noted)
    assert [entry.entry for entry in house.log.entries] == [AuditEntry("operator", Action.ORDER_REFUNDED_BY_HAND, "o1", REASON)]
    house.require_refused()
    house.settlements.settle("o1")
    assert house.provider.refunded_fen("o1") == 0


@pytest.mark.parametrize("refunds_take_time", [True, False])
def test_what_the_provider_gives_back_is_not_given_back_by_hand(refunds_take_time: bool) -> None:
    house = House()
    house.cancel()
    house.provider.refunds_take_time = refunds_take_time
    house.provider.refund("o1", house.order.refund_no, 5000, 5000, "退号")
    house.require_refused()


def test_nothing_is_noted_while_the_provider_cannot_be_asked() -> None:
    house = House()
    house.cancel()
    house.provider.down = True
    house.require_refused(ProviderUnavailable)


def test_nothing_is_given_back_by_hand_where_no_money_is_on_its_way_back() -> None:
    house = House()
    house.require_refused()
    with pytest.raises(NotFound):
        house.note("o2")


def test_money_that_fits_no_order_is_ended_by_hand() -> None:
    house = House()
    opened = next(step for step in house.order.timeline if step.payment is PaymentState.OPEN)
    unheard = replace(house.order, state=opened.state, payment=Payment(opened.payment))
    house.orders.orders["o1"] = unheard.cancel(Cause.HOLD_EXPIRED, NOW)
    house.require_refused()
    plain = house.provider.query
    house.provider.query = lambda trade_no: replace(plain(trade_no), amount_fen=1)  # type: ignore[method-assign]
    with pytest.raises(PaymentMismatch):
        house.settlements.settle("o1")
    assert house.note().payment.state is PaymentState.REFUNDED
    house.settlements.settle("o1")
    assert house.provider.refunded_fen("o1") == 0


@pytest.mark.parametrize("again", [False, True])
def test_a_refund_that_ends_meanwhile_is_looked_at_again(again: bool) -> None:
    house = House()
    house.cancel()
    move = house.service.move

    def beaten(before: Order, *_: object) -> None:
        if not again:
            house.service.move = move  # type: ignore[method-assign]
            house.orders.move(before, before.refunded(NOW))
        raise VersionConflict

    house.service.move = beaten  # type: ignore[method-assign]
    with pytest.raises(Unavailable if again else OrderStateConflict):
        house.note()
    assert house.log.entries == []
