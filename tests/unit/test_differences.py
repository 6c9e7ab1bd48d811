"""A substitute's lower fee: the difference goes back, together with what a cancellation gives never more than was paid."""

from __future__ import annotations

import pytest

from guahao.domain.booking.order_states import Cause, OrderState
from guahao.domain.errors import ProviderUnavailable
from guahao.domain.payment.bills import BillEntry
from guahao.domain.payment.payment import PaymentState, RefundState
from guahao.domain.people.accounts import Language
from guahao.domain.time import shanghai_date
from tests.builders import NOW
from tests.killing import Killer, deaths
from tests.substituting import World

CHEAP = {"fee_fen": 3000}


def paid_world(fee_fen: int = 3000, doctor_name: str = "林二") -> World:
    world = World()
    world.pay(1)
    world.publish(doctor_name, fee_fen=fee_fen)
    return world


def cancel(world: World, n: int = 1) -> None:
    order = world.order(n)
    world.orders.move(order, order.cancel_by_user(world.clock()), world.orders.ledger(order.holder.person))
    world.follow()


def refunded(world: World) -> list[tuple[str, int]]:
    """Return every refund that the provider was asked for and did not close."""
    entries = world.provider.bill(shanghai_date(NOW))
    return sorted((e.refund_no, e.amount_fen) for e in entries if isinstance(e, BillEntry) and e.refund_no)


def test_a_lower_fee_pays_the_difference_back_once_it_cannot_be_taken_back() -> None:
    world = paid_world()
    assert (world.order().visit.fee_fen, world.order().charged_fen) == (3000, 5000)
    world.wait(minutes=9, seconds=59)
    assert refunded(world) == []
    world.wait(minutes=5)
    assert refunded(world) == [("o1P1", 2000)]
    assert (world.order().state, world.order().payment.returned_fen) == (OrderState.PAID, 2000)
    assert not world.order().outstanding
    assert "差价退回" in world.told()[0]


def test_who_paid_reads_why_money_comes_back() -> None:
    """It stays the same for each number: a repeat must have the same parameters."""
    world = paid_world()
    reasons: dict[str, str] = {}
    refund = world.provider.refund

    def note(trade_no: str, refund_no: str, amount_fen: int, total_fen: int, reason: str) -> RefundState:
        reasons[refund_no] = reason
        return refund(trade_no, refund_no, amount_fen, total_fen, reason)

    world.provider.refund = note  # type: ignore[method-assign]
    world.wait(minutes=30)
    cancel(world)
    world.wait(minutes=1)
    assert reasons == {"o1P1": "替诊退差价", "o1R": "退号退款"}


def test_a_higher_fee_is_not_asked_for() -> None:
    world = paid_world(fee_fen=9000)
    world.wait(minutes=30)
    assert (world.order().visit.fee_fen, refunded(world)) == (5000, [])


def test_a_full_refund_after_a_difference_gives_back_only_what_is_left() -> None:
    world = paid_world()
    world.wait(minutes=30)
    cancel(world)
    world.wait(minutes=1)
    assert refunded(world) == [("o1P1", 2000), ("o1R", 3000)]
    assert world.order().payment.state is PaymentState.REFUNDED


def test_a_cancellation_before_the_difference_is_asked_for_gives_all_back_at_once() -> None:
    world = paid_world()
    cancel(world)
    world.wait(minutes=30)
    assert refunded(world) == [("o1R", 5000)]


def test_what_remains_is_asked_for_a_minute_after_a_part() -> None:
    """WeChat Pay wants a minute between the parts of a trade."""
    world = paid_world()
    world.wait(minutes=10, seconds=2)
    assert refunded(world) == [("o1P1", 2000)]
    cancel(world)
    world.wait(seconds=20)
    assert world.order().payment.state is PaymentState.REFUNDING
    world.wait(minutes=2)
    assert refunded(world) == [("o1P1", 2000), ("o1R", 3000)]


def test_an_open_trade_is_paid_with_its_old_amount_and_the_difference_goes_back() -> None:
    world = World()
    world.open_payment(1)
    world.publish("林二", **CHEAP)
    assert world.checkout.state("u1", "o1").amount_fen == 5000
    world.wait(minutes=11)
    assert refunded(world) == []
    assert not world.order().owes_difference
    world.provider.pay("o1")
    world.payments.notified(*world.provider.notification("o1"))
    world.wait(seconds=1)
    assert (world.order().state, refunded(world)) == (OrderState.PAID, [("o1P1", 2000)])


def test_an_order_of_which_no_payment_was_opened_is_asked_for_the_lower_fee_once_that_cannot_be_taken_back() -> None:
    world = World()
    world.book(1)
    world.publish("林二", **CHEAP)
    assert (world.order().visit.fee_fen, world.checkout.state("u1", "o1").amount_fen) == (3000, 5000)
    world.wait(minutes=11)
    assert world.checkout.state("u1", "o1").amount_fen == 3000
    assert world.checkout.open("u1", "o1").amount_fen == 3000
    world.provider.pay("o1")
    world.payments.notified(*world.provider.notification("o1"))
    world.wait(minutes=30)
    assert (world.order().state, refunded(world)) == (OrderState.PAID, [])


@pytest.mark.parametrize(("fee_fen", "back"), [(3000, False), (0, False), (3000, True), (0, True)])
def test_a_trade_opened_while_the_substitute_is_unheard_asks_for_the_fee_of_before(fee_fen: int, back: bool) -> None:
    world = World()
    world.book(1)
    world.publish("林二", fee_fen=fee_fen)
    assert world.checkout.open("u1", "o1").amount_fen == 5000
    world.provider.pay("o1")
    world.payments.notified(*world.provider.notification("o1"))
    if back:
        world.publish("林一")
    world.wait(minutes=30)
    order = world.order()
    returned = [] if back else [("o1P1", 5000 - fee_fen)]
    assert (order.state, order.visit.fee_fen, refunded(world)) == (OrderState.PAID, 5000 if back else fee_fen, returned)


def test_each_lower_fee_gives_its_own_difference() -> None:
    world = paid_world(4000)
    world.wait(minutes=30)
    world.publish("林三七", fee_fen=4500)
    world.wait(minutes=30)
    world.publish("林四", fee_fen=1000)
    world.wait(minutes=30)
    cancel(world)
    world.wait(minutes=30)
    assert refunded(world) == [("o1P1", 1000), ("o1P2", 3000), ("o1R", 1000)]


def test_a_substitute_without_a_fee_gives_all_back_and_asks_nothing() -> None:
    world = World()
    world.pay(1)
    world.book(2)
    world.publish("林二", fee_fen=0)
    world.wait(minutes=30)
    assert (world.order(2).state, world.order(2).payment.state) == (OrderState.PAID, PaymentState.NONE)
    for n in (1, 2):
        cancel(world, n)
    world.wait(minutes=1)
    assert refunded(world) == [("o1P1", 5000)]
    assert (world.order(1).payment.state, world.order(2).payment.state) == (PaymentState.REFUNDED, PaymentState.NONE)
    assert not world.order(1).outstanding


def test_a_part_that_the_provider_closes_is_asked_for_again_under_a_new_number() -> None:
    world = World()
    world.provider.refunds_take_time = True
    world.pay(1)
    world.publish("林二", **CHEAP)
    world.wait(minutes=11)
    world.provider.stop_refund("o1P1", RefundState.CLOSED)
    world.clock.advance(minutes=1)
    world.settlements.settle("o1")
    assert refunded(world) == [("o1P1", 2000), ("o1P1-2", 2000)]
    world.provider.settle_refunds()
    cancel(world)
    world.wait(minutes=3)
    world.provider.settle_refunds()
    world.settlements.settle("o1")
    assert (world.provider.refunded_fen("o1"), world.order().payment.state) == (5000, PaymentState.REFUNDED)


def test_the_notification_of_a_part_ends_that_part_alone() -> None:
    world = World()
    world.provider.refunds_take_time = True
    world.pay(1)
    world.publish("林二", **CHEAP)
    world.wait(minutes=11)
    world.provider.settle_refunds()
    for _ in range(2):
        world.payments.notified(*world.provider.refund_notification("o1P1"))
    assert (world.order().state, world.order().payment.returned_fen, world.order().outstanding) == (OrderState.PAID, 2000, False)


def test_killed_anywhere_a_difference_and_the_rest_go_back_once() -> None:
    world = World()

    def run(killer: Killer) -> None:
        nonlocal world
        world = paid_world()
        world.deaf = True
        world.wait(minutes=11)
        watched = killer.watch(world.orders), killer.watch(world.provider)
        world.settlements_of(*watched).settle("o1")
        world.clock.advance(minutes=2)
        cancel(world)
        world.settlements_of(*watched).settle("o1")

    for _ in deaths(run):
        world.clock.advance(minutes=2)
        world.settlements.settle("o1")
        if world.order().state is OrderState.PAID:
            cancel(world)
        for _ in range(2):
            world.clock.advance(minutes=2)
            world.settlements.settle("o1")
        assert refunded(world) in ([("o1P1", 2000), ("o1R", 3000)], [("o1R", 5000)])


def test_an_order_owes_its_difference_until_it_is_back() -> None:
    """So reconciliation finds it, if its message is lost."""
    world = paid_world()
    world.provider.down = True
    world.deaf = True
    world.wait(minutes=30)
    assert world.order().outstanding
    world.provider.down = False
    world.settlements.settle("o1")
    assert not world.order().outstanding


def test_parts_are_never_asked_for_within_a_minute_of_another() -> None:
    world = paid_world()
    world.wait(minutes=10, seconds=2)
    with pytest.raises(ProviderUnavailable):
        world.provider.refund("o1", "o1P2", 1, 5000, "too soon")


def test_the_timeline_of_a_cancelled_order_ends_with_its_last_refund() -> None:
    world = paid_world()
    world.wait(minutes=30)
    cancel(world)
    world.wait(minutes=1)
    assert [step.cause for step in world.order().timeline][-2:] == [Cause.CANCELLED_BY_USER, Cause.REFUNDED]


@pytest.mark.parametrize("by", [Cause.CANCELLED_BY_USER, Cause.SCHEDULE_SUSPENDED])
@pytest.mark.parametrize(
    ("fee_fen", "wait", "words"), [(3000, 1, "退回全额挂号费"), (3000, 30, "退回余款"), (0, 1, "退回全额挂号费"), (0, 30, None)]
)
def test_a_cancellation_promises_what_still_comes_back_and_nothing_if_all_is_back(
    fee_fen: int, wait: int, words: str | None, by: Cause
) -> None:
    world = paid_world(fee_fen)
    world.wait(minutes=wait)
    order = world.order()
    world.orders.move(order, order.cancel(by, world.clock()), world.orders.ledger(order.holder.person))
    world.wait(minutes=5)
    [text] = world.told("取消")
    assert ("退回" in text) is (words is not None)
    assert (words or "") in text
    assert world.provider.refunded_fen("o1") == 5000


def test_a_cancellation_says_in_english_too_that_only_the_rest_comes_back() -> None:
    world = paid_world()
    user = world.accounts.users["u1"]
    world.accounts.change(user, user.with_language(Language.ENGLISH))
    world.wait(minutes=30)
    cancel(world)
    world.wait(minutes=5)
    assert [text.endswith(" Rest repaid.") for text in world.told("Cancelled")] == [True]
