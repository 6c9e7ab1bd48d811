"""Notices: one SMS for each, with all that its reader needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from guahao.contracts.identity import IdentityNoticeKind, IdentityNoticeMessage
from guahao.contracts.notices import SmsMessage
from guahao.contracts.orders import NoticeKind, NoticeMessage
from guahao.domain.accounts import IdentityState
from guahao.domain.booking import Order, place
from guahao.domain.errors import Unavailable
from guahao.domain.gateway import HospitalRecord
from guahao.domain.identity import Identity
from guahao.domain.order_states import Cause
from guahao.domain.payment import Trade, TradeState
from guahao.domain.sessions import HalfDay
from guahao.domain.suspensions import Offer
from guahao.usecases.notices import Notices
from tests.builders import NOW, VISIT, patient, session, user
from tests.fakes.accounts import FakeAccounts
from tests.fakes.booking import FakeOrders
from tests.fakes.identity import FakeIdentities
from tests.fakes.notices import FakeSentNotices, FakeSms
from tests.fakes.suspensions import FakeOffers
from tests.fakes.vault import FakeVault
from tests.unit.test_order_states import HOLD


class World:
    def __init__(self) -> None:
        self.orders, self.sms, vault = FakeOrders(), FakeSms(), FakeVault()
        accounts = FakeAccounts({"u1": user(sealed_phone=vault.seal("13800000001"))})
        self.identities = FakeIdentities(accounts)
        self.offers = FakeOffers()
        self.notices = Notices(self.orders, self.identities, accounts, FakeSentNotices(), self.offers, self.sms, vault)
        order = place(session(), 7, order_id="o1", patient=patient(), now=NOW, hold=HOLD)
        paid = order.open_payment(NOW).pay(Trade("o1", TradeState.PAID, 5000, "t1", NOW), NOW)
        self.set(paid.registered(HospitalRecord("r1", NOW, "门诊楼一层1号窗")))

    def set(self, order: Order) -> None:
        self.orders.orders["o1"] = order

    def send(self, kind: NoticeKind = NoticeKind.PAID) -> None:
        self.notices.send(NoticeMessage(order_id="o1", kind=kind))

    def text(self, kind: NoticeKind = NoticeKind.PAID) -> str:
        self.send(kind)
        return self.sms.sent[-1][1]

    def decide(self, approved: bool, reason: str = "") -> Identity:
        """Put a decided identity of the user into its store."""
        identity = an_identity().decide(approved, reason, "auditor", NOW)
        self.identities.identities["u1"] = identity
        return identity

    def tell(self, identity: Identity) -> None:
        """Ask for the notice of the decision on the identity."""
        kind = IdentityNoticeKind(identity.state.value)
        self.notices.send(IdentityNoticeMessage(user_id=identity.user_id, submission_id=identity.submission_id, kind=kind))


def an_identity() -> Identity:
    return Identity("u1", "s1", "林三", patient().certificate, "photos/u1/p/s1.png", NOW)


def test_the_confirmation_names_patient_day_place_and_number() -> None:
    text = World().text()
    for part in ("林三", "03月05日上午", "协和医院心内科", "7号", "09:00", "门诊楼一层1号窗"):
        assert part in text


def test_each_notice_goes_out_once_to_the_account_that_booked() -> None:
    world = World()
    for _ in range(3):
        world.send()
    assert [phone for phone, _ in world.sms.sent] == ["13800000001"]


def test_a_notice_that_could_not_be_sent_is_sent_by_the_next_try() -> None:
    world = World()
    world.sms.broken = True
    with pytest.raises(Unavailable):
        world.send()
    world.sms.broken = False
    world.send()
    assert len(world.sms.sent) == 1


def test_a_confirmation_that_comes_after_the_cancellation_is_not_sent() -> None:
    world = World()
    world.set(world.orders.orders["o1"].cancel(Cause.CANCELLED_BY_USER, NOW))
    world.send()
    assert world.sms.sent == []
    world.send(NoticeKind.CANCELLED)
    assert len(world.sms.sent) == 1


@pytest.mark.parametrize(
    ("cause", "reason"),
    [(Cause.CANCELLED_BY_USER, "申请"), (Cause.HOSPITAL_REFUSED, "医院")],
)
def test_a_cancellation_says_why_and_that_the_money_comes_back(cause: Cause, reason: str) -> None:
    world = World()
    world.set(world.orders.orders["o1"].cancel(cause, NOW))
    text = world.text(NoticeKind.CANCELLED)
    assert reason in text
    assert "全额退回" in text


def test_a_cancelled_order_that_nobody_paid_promises_no_money() -> None:
    world = World()
    order = place(session(), 7, order_id="o1", patient=patient(), now=NOW, hold=HOLD)
    world.set(order.cancel(Cause.HOLD_EXPIRED, NOW))
    text = world.text(NoticeKind.CANCELLED)
    assert "未在规定时间内支付" in text
    assert "退回" not in text


def suspended_text(offer: Offer | None, order: Order | None = None) -> str:
    world = World()
    world.set((order or world.orders.orders["o1"]).cancel(Cause.SESSION_SUSPENDED, NOW))
    world.offers.put("s1", offer)
    return world.text(NoticeKind.CANCELLED)


def test_a_suspension_names_the_visit_the_money_and_what_can_be_booked_instead() -> None:
    text = suspended_text(Offer("s2", VISIT + timedelta(days=1), HalfDay.AFTERNOON, "副主任医师", "林九"))
    for part in (
        "停诊",
        "林三",
        "03月05日上午",
        "协和医院心内科",
        "主任医师林一",
        "7号",
        "挂号费将原路全额退回",
        "03月06日下午副主任医师林九",
        "预约",
    ):
        assert part in text


def test_a_suspension_without_another_session_says_so() -> None:
    text = suspended_text(None)
    assert "暂无其他余号" in text
    assert "全额退回" in text


def test_a_suspended_order_that_nobody_paid_promises_no_money() -> None:
    assert "退回" not in suspended_text(None, place(session(), 7, order_id="o1", patient=patient(), now=NOW, hold=HOLD))


def test_only_the_notice_of_a_suspension_looks_for_an_offer() -> None:
    world = World()
    del world.offers.offers
    world.send()
    world.set(world.orders.orders["o1"].cancel(Cause.CANCELLED_BY_USER, NOW))
    world.send(NoticeKind.CANCELLED)
    assert len(world.sms.sent) == 2


def test_an_approval_says_that_booking_is_open() -> None:
    world = World()
    world.tell(world.decide(approved=True))
    assert [phone for phone, _ in world.sms.sent] == ["13800000001"]
    assert "已通过" in world.sms.sent[0][1]


def test_a_rejection_says_why_and_what_to_do_next() -> None:
    world = World()
    world.tell(world.decide(approved=False, reason="照片不清晰。"))
    assert "未通过，原因：照片不清晰。请" in world.sms.sent[0][1]
    assert "重新提交" in world.sms.sent[0][1]


@pytest.mark.parametrize("approved", [True, False])
def test_a_decision_is_told_once(approved: bool) -> None:
    world = World()
    decided = world.decide(approved)
    for _ in range(3):
        world.tell(decided)
    assert len(world.sms.sent) == 1


def test_each_rejection_is_told_even_of_two_submissions_in_a_row() -> None:
    world = World()
    world.tell(world.decide(approved=False))
    again = replace(an_identity(), submission_id="s2").decide(False, "", "auditor", NOW)
    world.identities.identities["u1"] = again
    world.tell(again)
    assert len(world.sms.sent) == 2


def test_a_decision_that_could_not_be_told_is_told_by_the_next_try() -> None:
    world = World()
    decided = world.decide(approved=True)
    world.sms.broken = True
    with pytest.raises(Unavailable):
        world.tell(decided)
    world.sms.broken = False
    world.tell(decided)
    assert len(world.sms.sent) == 1


@pytest.mark.parametrize("since", [{"submission_id": "s2"}, {"state": IdentityState.UNDER_REVIEW}, {"state": IdentityState.APPROVED}])
def test_a_rejection_is_not_told_when_the_identity_has_moved_on(since: dict[str, object]) -> None:
    world = World()
    rejected = world.decide(approved=False)
    world.identities.identities["u1"] = replace(rejected, **since)  # type: ignore[arg-type]
    world.tell(rejected)
    assert world.sms.sent == []


def test_nothing_is_told_of_an_identity_that_is_not_there() -> None:
    world = World()
    world.tell(an_identity().decide(True, "", "auditor", NOW))
    assert world.sms.sent == []


@pytest.mark.parametrize(
    "message",
    [
        NoticeMessage(order_id="o1", kind=NoticeKind.PAID),
        IdentityNoticeMessage(user_id="u1", submission_id="s1", kind=IdentityNoticeKind.REJECTED),
    ],
)
def test_every_kind_of_notice_is_read_from_the_queue_as_it_was_sent(message: NoticeMessage | IdentityNoticeMessage) -> None:
    assert SmsMessage.model_validate_json(message.model_dump_json(by_alias=True)).root == message
