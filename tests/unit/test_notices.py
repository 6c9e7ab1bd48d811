"""Notices: one SMS for each, with all that its reader needs."""

from __future__ import annotations

import pytest

from guahao.contracts.orders import NoticeKind
from guahao.domain.booking import Cause, Order, place
from guahao.domain.errors import Unavailable
from guahao.domain.gateway import HospitalRecord
from guahao.domain.payment import Trade, TradeState
from guahao.usecases.notices import Notices
from tests.builders import NOW, session, user
from tests.fakes.accounts import FakeAccounts
from tests.fakes.booking import FakeOrders
from tests.fakes.notices import FakeSentNotices, FakeSms
from tests.fakes.vault import FakeVault
from tests.unit.test_order_states import HOLD


class World:
    def __init__(self) -> None:
        self.orders, self.sms, vault = FakeOrders(), FakeSms(), FakeVault()
        accounts = FakeAccounts({"u1": user(sealed_phone=vault.seal("13800000001"))})
        self.notices = Notices(self.orders, accounts, FakeSentNotices(), self.sms, vault)
        order = place(session(), 7, order_id="o1", user_id="u1", patient_id="p1", patient_name="林三", now=NOW, hold=HOLD)
        paid = order.open_payment(NOW).pay(Trade("o1", TradeState.PAID, 5000, "t1", NOW), NOW)
        self.set(paid.registered(HospitalRecord("r1", NOW, "门诊楼一层1号窗")))

    def set(self, order: Order) -> None:
        self.orders.orders["o1"] = order

    def text(self, kind: NoticeKind = NoticeKind.PAID) -> str:
        self.notices.send("o1", kind)
        return self.sms.sent[-1][1]


def test_the_confirmation_names_patient_day_place_and_number() -> None:
    text = World().text()
    for part in ("林三", "03月05日上午", "协和医院心内科", "7号", "09:00", "门诊楼一层1号窗"):
        assert part in text


def test_each_notice_goes_out_once_to_the_account_that_booked() -> None:
    world = World()
    for _ in range(3):
        world.notices.send("o1", NoticeKind.PAID)
    assert [phone for phone, _ in world.sms.sent] == ["13800000001"]


def test_a_notice_that_could_not_be_sent_is_sent_by_the_next_try() -> None:
    world = World()
    world.sms.broken = True
    with pytest.raises(Unavailable):
        world.notices.send("o1", NoticeKind.PAID)
    world.sms.broken = False
    world.notices.send("o1", NoticeKind.PAID)
    assert len(world.sms.sent) == 1


def test_a_confirmation_that_comes_after_the_cancellation_is_not_sent() -> None:
    world = World()
    world.set(world.orders.orders["o1"].cancel(Cause.CANCELLED_BY_USER, NOW))
    world.notices.send("o1", NoticeKind.PAID)
    assert world.sms.sent == []
    world.notices.send("o1", NoticeKind.CANCELLED)
    assert len(world.sms.sent) == 1


@pytest.mark.parametrize(
    ("cause", "reason"),
    [(Cause.CANCELLED_BY_USER, "申请"), (Cause.HOLD_EXPIRED, "未在规定时间内支付"), (Cause.HOSPITAL_REFUSED, "医院")],
)
def test_a_cancellation_says_why_and_that_the_money_comes_back(cause: Cause, reason: str) -> None:
    world = World()
    world.set(world.orders.orders["o1"].cancel(cause, NOW))
    text = world.text(NoticeKind.CANCELLED)
    assert reason in text
    assert "全额退回" in text


def test_a_cancelled_order_that_nobody_paid_promises_no_money() -> None:
    world = World()
    order = place(session(), 7, order_id="o1", user_id="u1", patient_id="p1", patient_name="林三", now=NOW, hold=HOLD)
    world.set(order.cancel(Cause.HOLD_EXPIRED, NOW))
    assert "退回" not in world.text(NoticeKind.CANCELLED)
