"""The rules of the payment port, on WeChat Pay's adapter against the simulator and on the fake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from guahao.domain.errors import NotificationRefused, PaymentMismatch, ProviderUnavailable
from guahao.domain.payment.bills import BillEntry
from guahao.domain.payment.payment import RefundState, TradeState
from guahao.domain.time import shanghai_date
from tests.payment_worlds import SOON, World, fake_world, simulated_world


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with simulated_world(tmp_path_factory.mktemp("wechat")) as made:
        yield made


@pytest.fixture(params=["fake", "wechat"])
def world(request: pytest.FixtureRequest) -> World:
    made: World = fake_world() if request.param == "fake" else request.getfixturevalue("simulated")
    return made


def test_an_opened_trade_waits_for_its_payment(world: World) -> None:
    trade_no = world.opened()
    found = world.provider.query(trade_no)
    assert (found.trade_no, found.state, found.amount_fen, found.transaction_id) == (trade_no, TradeState.UNPAID, None, None)


def test_opening_twice_gives_a_fresh_code_for_the_same_trade(world: World) -> None:
    trade_no, expires_at = uuid4().hex, datetime.now(UTC) + SOON
    codes = {world.provider.open(trade_no, 1, "挂号费", expires_at) for _ in range(2)}
    assert len(codes) == 2
    assert all(code.startswith("weixin://") for code in codes)
    world.pay(trade_no)


def test_a_trade_whose_end_has_passed_when_it_is_opened_can_be_paid_for_a_minute(world: World) -> None:
    trade_no = uuid4().hex
    world.provider.open(trade_no, 1, "挂号费", datetime.now(UTC) - SOON)
    world.pay(trade_no)
    assert world.provider.query(trade_no).state is TradeState.PAID


def test_a_trade_number_is_not_reused_for_another_amount(world: World) -> None:
    trade_no = world.opened(5000)
    with pytest.raises(PaymentMismatch):
        world.provider.open(trade_no, 5001, "挂号费", datetime.now(UTC) + SOON)


def test_a_trade_never_opened_is_unknown(world: World) -> None:
    assert world.provider.query(uuid4().hex).state is TradeState.UNKNOWN


def test_a_paid_trade_carries_amount_transaction_and_time(world: World) -> None:
    found = world.provider.query(world.paid(12345))
    assert (found.state, found.amount_fen) == (TradeState.PAID, 12345)
    assert found.transaction_id
    assert found.paid_at is not None
    assert abs(datetime.now(UTC) - found.paid_at) < timedelta(seconds=10)


def test_a_paid_trade_is_not_opened_again(world: World) -> None:
    trade_no = world.paid()
    with pytest.raises(PaymentMismatch):
        world.provider.open(trade_no, 5000, "挂号费", datetime.now(UTC) + SOON)


def test_a_closed_trade_cannot_be_paid_or_opened(world: World) -> None:
    trade_no = world.opened()
    world.provider.close(trade_no)
    assert world.provider.query(trade_no).state is TradeState.CLOSED
    with pytest.raises((ValueError, httpx.HTTPStatusError)):
        world.pay(trade_no)
    with pytest.raises(PaymentMismatch):
        world.provider.open(trade_no, 5000, "挂号费", datetime.now(UTC) + SOON)


def test_closing_twice_or_what_was_never_opened_is_no_error(world: World) -> None:
    trade_no = world.opened()
    for _ in range(2):
        world.provider.close(trade_no)
    world.provider.close(uuid4().hex)


def test_a_paid_trade_is_not_closed(world: World) -> None:
    trade_no = world.paid()
    with pytest.raises(PaymentMismatch):
        world.provider.close(trade_no)
    assert world.provider.query(trade_no).state is TradeState.PAID


def test_a_refund_gives_the_whole_amount_back_once(world: World) -> None:
    trade_no, refund_no = world.paid(), uuid4().hex
    assert world.provider.refund_state(refund_no) is None
    for _ in range(2):
        assert world.provider.refund(trade_no, refund_no, 5000, 5000, "退号") is RefundState.DONE
    assert world.provider.refund_state(refund_no) is RefundState.DONE
    assert world.provider.query(trade_no).state is TradeState.REFUNDING
    with pytest.raises(PaymentMismatch):
        world.provider.refund(trade_no, uuid4().hex, 5000, 5000, "退号")


def test_a_refund_may_take_its_time(world: World) -> None:
    trade_no, refund_no = world.paid(), uuid4().hex
    world.set_refunds_take_time(True)
    try:
        assert world.provider.refund(trade_no, refund_no, 5000, 5000, "退号") is RefundState.PROCESSING
        assert world.provider.refund_state(refund_no) is RefundState.PROCESSING
    finally:
        world.set_refunds_take_time(False)
    assert world.provider.refund(trade_no, refund_no, 5000, 5000, "退号") is RefundState.DONE


def test_parts_are_refunded_under_numbers_of_their_own_up_to_what_was_paid(world: World) -> None:
    trade_no = world.paid(5000)
    world.set_parts_at_once(True)
    for number in (f"{trade_no}P1", f"{trade_no}P1", f"{trade_no}P2"):
        assert world.provider.refund(trade_no, number, 2000, 5000, "替诊") is RefundState.DONE
    with pytest.raises(PaymentMismatch):
        world.provider.refund(trade_no, f"{trade_no}P3", 1001, 5000, "替诊")
    with pytest.raises(PaymentMismatch):
        world.provider.refund(trade_no, f"{trade_no}P1", 1000, 5000, "替诊")
    assert world.provider.refund(trade_no, f"{trade_no}P3", 1000, 5000, "替诊") is RefundState.DONE
    world.set_parts_at_once(False)


def test_parts_are_asked_for_a_minute_apart(world: World) -> None:
    trade_no = world.paid(5000)
    assert world.provider.refund(trade_no, f"{trade_no}P1", 2000, 5000, "替诊") is RefundState.DONE
    with pytest.raises(ProviderUnavailable):
        world.provider.refund(trade_no, f"{trade_no}R", 3000, 5000, "替诊")
    assert world.provider.refund_state(f"{trade_no}R") is None
    assert world.provider.refund(trade_no, f"{trade_no}P1", 2000, 5000, "替诊") is RefundState.DONE


@pytest.mark.parametrize("amount_fen", [4999, 5001])
def test_a_refund_of_another_total_is_refused(world: World, amount_fen: int) -> None:
    trade_no = world.paid(5000)
    with pytest.raises(PaymentMismatch):
        world.provider.refund(trade_no, uuid4().hex, amount_fen, amount_fen, "退号")
    assert world.provider.query(trade_no).state is TradeState.PAID


def test_what_was_not_paid_is_not_refunded(world: World) -> None:
    for trade_no in (world.opened(), uuid4().hex):
        with pytest.raises(PaymentMismatch):
            world.provider.refund(trade_no, uuid4().hex, 5000, 5000, "退号")


def test_the_bill_of_a_day_has_its_payments_and_refunds_to_the_fen(world: World) -> None:
    kept, returned, refund_no = world.paid(12345), world.paid(7), uuid4().hex
    world.opened()
    world.provider.refund(returned, refund_no, 7, 7, "退号")
    numbers = {trade_no: world.provider.query(trade_no).transaction_id or "" for trade_no in (kept, returned)}
    assert set(world.billed(kept, returned)) == {
        BillEntry(kept, 12345, "", numbers[kept]),
        BillEntry(returned, 7, "", numbers[returned]),
        BillEntry(returned, 7, refund_no, numbers[returned]),
    }


def test_the_bill_tells_a_refund_on_its_way(world: World) -> None:
    trade_no = world.paid()
    world.set_refunds_take_time(True)
    try:
        world.provider.refund(trade_no, uuid4().hex, 5000, 5000, "退号")
        assert [entry.is_processing for entry in world.billed(trade_no)] == [False, True]
    finally:
        world.set_refunds_take_time(False)


def test_a_description_may_hold_what_sets_the_texts_of_a_bill_apart(world: World) -> None:
    trade_no = uuid4().hex
    world.provider.open(trade_no, 100, "内科,`专家", datetime.now(UTC) + SOON)
    world.pay(trade_no)
    assert [entry.amount_fen for entry in world.billed(trade_no)] == [100]


@pytest.mark.parametrize("description", ["协" * 200, "a" + "协" * 200, "𠮷" * 100, "x" * 200])
def test_a_visit_of_any_name_can_be_paid_and_paid_back(world: World, description: str) -> None:
    """WeChat Pay counts 127 bytes of a description and takes no half character."""
    trade_no = uuid4().hex
    world.provider.open(trade_no, 100, description, datetime.now(UTC) + SOON)
    world.pay(trade_no)
    assert world.provider.refund(trade_no, f"{trade_no}R", 100, 100, "退" * 80) is RefundState.DONE


def test_a_day_without_trades_has_an_empty_bill(world: World) -> None:
    assert list(world.provider.bill(date(2020, 1, 1))) == []


def test_a_bill_that_is_not_written_yet_is_asked_for_again(world: World) -> None:
    world.paid()
    world.set_bill_late(True)
    try:
        with pytest.raises(ProviderUnavailable):
            world.provider.bill(shanghai_date(datetime.now(UTC)))
    finally:
        world.set_bill_late(False)


def test_a_notification_tells_of_the_paid_trade(world: World) -> None:
    trade_no = world.paid(700)
    headers, body = world.notification(trade_no)
    assert world.provider.read_notification(headers, body, datetime.now(UTC)) == world.provider.query(trade_no)


def test_a_notification_is_read_whatever_the_case_of_its_headers(world: World) -> None:
    trade_no = world.paid()
    headers, body = world.notification(trade_no)
    for spelled in (str.lower, str.upper):
        changed = {spelled(name): value for name, value in headers.items()}
        assert world.provider.read_notification(changed, body, datetime.now(UTC)).trade_no == trade_no


@pytest.mark.parametrize("seconds", [-310, 310])
def test_a_notification_more_than_five_minutes_away_is_refused(world: World, seconds: int) -> None:
    headers, body = world.notification(world.paid())
    with pytest.raises(NotificationRefused):
        world.provider.read_notification(headers, body, datetime.now(UTC) + timedelta(seconds=seconds))


def test_a_changed_or_unsigned_notification_is_refused(world: World) -> None:
    headers, body = world.notification(world.paid())
    for given, text in ((headers, body + " "), ({}, body), (headers, "")):
        with pytest.raises(NotificationRefused):
            world.provider.read_notification(given, text, datetime.now(UTC))


def test_a_provider_that_is_down_is_unavailable_and_recovers(world: World) -> None:
    trade_no = world.opened()
    world.set_down(True)
    try:
        for call in (
            lambda: world.provider.open(uuid4().hex, 1, "挂号费", datetime.now(UTC) + SOON),
            lambda: world.provider.query(trade_no),
            lambda: world.provider.close(trade_no),
            lambda: world.provider.refund(trade_no, "refund-1", 5000, 5000, "退号"),
            lambda: world.provider.refund_state("refund-1"),
            lambda: world.provider.bill(date(2020, 1, 1)),
        ):
            with pytest.raises(ProviderUnavailable):
                call()
    finally:
        world.set_down(False)
    assert world.provider.query(trade_no).state is TradeState.UNPAID
