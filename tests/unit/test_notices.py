"""Notices: one SMS for each, with all that its reader needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product
from string import Formatter

import pytest

from guahao.contracts.messages import IdentityNotice, IdentityNoticeKind, NoticeKind, OrderNotice, SmsMessage
from guahao.domain.booking.bookable import HalfDay
from guahao.domain.booking.order_states import Cause
from guahao.domain.booking.orders import Order, place
from guahao.domain.booking.substitutions import Substitute, substitute
from guahao.domain.errors import Unavailable
from guahao.domain.hospitals.partner_calls import HospitalRecord
from guahao.domain.hospitals.suspensions import Offer
from guahao.domain.notices import notices
from guahao.domain.notices.wording import WORDING, Template, Text
from guahao.domain.payment.payment import Trade, TradeState
from guahao.domain.people.accounts import IdentityState, Language
from tests.builders import AT_VISIT, NOW, VISIT, patient, schedule
from tests.killing import Killer, deaths
from tests.unit.noticing import World, an_identity
from tests.unit.test_order_states import HOLD


def test_the_confirmation_names_patient_day_place_and_number() -> None:
    text = World().text()
    for part in ("林三", "03月05日上午", "协和医院心内科", "7号", "09:00", "门诊楼一层1号窗"):
        assert part in text


def test_each_notice_goes_out_once_to_the_account_that_booked() -> None:
    world = World()
    world.send()
    with pytest.raises(Unavailable):  # who has the claim may still fail
        world.send()
    world.clock.advance(minutes=1)
    for _ in range(2):
        world.send()
    assert [phone for phone, _ in world.sms.sent] == ["13800000001"]


def test_a_repeat_of_a_notice_whose_sending_fails_sends_it() -> None:
    world = World()
    plain = world.sms.send

    def fail(phone: str, text: Text) -> None:
        world.sms.send = plain  # type: ignore[method-assign]
        with pytest.raises(Unavailable):
            world.send()
        raise Unavailable("The operator does not answer.")

    world.sms.send = fail  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        world.send()
    world.send()
    assert len(world.sms.sent) == 1


def test_a_notice_that_could_not_be_sent_is_sent_by_the_next_try() -> None:
    world = World()
    world.sms.broken = True
    with pytest.raises(Unavailable):
        world.send()
    world.sms.broken = False
    world.send()
    assert len(world.sms.sent) == 1


def test_a_notice_that_is_refused_for_good_is_not_sent_again() -> None:
    world = World()
    world.sms.refusing = True
    world.send()
    world.sms.refusing = False
    world.clock.advance(minutes=2)
    world.send()
    assert world.sms.sent == []


def test_a_confirmation_that_comes_after_the_cancellation_is_not_sent() -> None:
    world = World()
    world.set(world.orders.orders["o1"].cancel(Cause.CANCELLED_BY_USER, NOW))
    world.send()
    assert world.sms.sent == []
    world.send(NoticeKind.CANCELLED)
    assert len(world.sms.sent) == 1


@pytest.mark.parametrize(
    ("cause", "reason"),
    [(Cause.CANCELLED_BY_USER, "申请"), (Cause.HOSPITAL_REFUSED, "未被医院接受"), (Cause.HOSPITAL_SILENT, "医院未确认")],
)
def test_a_cancellation_says_why_and_that_the_money_comes_back(cause: Cause, reason: str) -> None:
    world = World()
    world.set(world.orders.orders["o1"].cancel(cause, NOW))
    text = world.text(NoticeKind.CANCELLED)
    assert reason in text
    assert "退回全额挂号费" in text


def test_a_cancelled_order_that_nobody_paid_promises_no_money() -> None:
    world = World()
    order = place(schedule(), 7, order_id="o1", patient=patient(), now=NOW, hold=HOLD)
    world.set(order.cancel(Cause.HOLD_EXPIRED, NOW))
    text = world.text(NoticeKind.CANCELLED)
    assert "未在规定时间内支付" in text
    assert "退回" not in text


def suspended_text(offer: Offer | None, order: Order | None = None) -> str:
    world = World()
    world.set((order or world.orders.orders["o1"]).cancel(Cause.SCHEDULE_SUSPENDED, NOW))
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
        "退回全额挂号费",
        "可约03月06日下午副主任医师林九",
    ):
        assert part in text


def test_a_suspension_without_another_schedule_says_so() -> None:
    text = suspended_text(None)
    assert "暂无其他余号" in text
    assert "退回全额挂号费" in text


def test_a_suspended_order_that_nobody_paid_promises_no_money() -> None:
    assert "退回" not in suspended_text(None, place(schedule(), 7, order_id="o1", patient=patient(), now=NOW, hold=HOLD))


def test_only_the_notice_of_a_suspension_looks_for_an_offer() -> None:
    world = World()
    del world.offers.offers
    world.send()
    world.set(world.orders.orders["o1"].cancel(Cause.CANCELLED_BY_USER, NOW))
    world.send(NoticeKind.CANCELLED)
    assert len(world.sms.sent) == 2


@pytest.mark.parametrize(
    "message",
    [
        OrderNotice(order_id="o1", kind=NoticeKind.PAID),
        IdentityNotice(user_id="u1", submission_id="s1", kind=IdentityNoticeKind.REJECTED),
    ],
)
def test_every_kind_of_notice_is_read_from_the_queue_as_it_was_sent(message: OrderNotice | IdentityNotice) -> None:
    assert SmsMessage.model_validate_json(message.model_dump_json(by_alias=True)).root == message


def test_no_template_has_values_in_english_that_it_lacks_in_chinese() -> None:
    def fields(language: Language, template: Template) -> set[str | None]:
        return {field for _, field, _, _ in Formatter().parse(WORDING[language][template])} - {None}

    for template in Template:
        assert fields(Language.CHINESE, template) >= fields(Language.ENGLISH, template)


def in_every_state(offer: Offer | None) -> Iterator[Callable[[Language], Text]]:
    """Yield every notice that there is about an order."""
    bare = place(schedule(), 7, order_id="o1", patient=patient(), now=NOW, hold=HOLD)
    paid = bare.open_payment(NOW).pay(Trade("o1", TradeState.PAID, 5000, "t1", NOW), NOW)
    for order, quit_until in product((paid, paid.with_record(HospitalRecord("r1", AT_VISIT, "门诊楼一层1号窗"))), (NOW, NOW + HOLD)):
        order = replace(order, quit_until=quit_until)
        yield from (partial(notices.paid, order, NOW), partial(notices.reminder, order, NOW))
    yield from (
        partial(notices.waiting, order)
        for order in (paid, place(schedule(fee_fen=0), 7, order_id="o1", patient=patient(), now=NOW, hold=HOLD))
    )
    for order, cause in product((bare, paid), (Cause.CANCELLED_BY_USER, Cause.HOSPITAL_REFUSED)):
        yield partial(notices.cancelled, order.cancel(cause, NOW))
    free = place(schedule(fee_fen=0), 7, order_id="o1", patient=patient(), now=NOW, hold=HOLD)
    yield from (partial(notices.cancelled, order.cancel_unconfirmed(NOW)) for order in (free, paid))
    late = bare.open_payment(NOW).cancel(Cause.HOLD_EXPIRED, NOW)
    for order in (late, late.pay(Trade("o1", TradeState.PAID, 5000, "t1", NOW), NOW)):
        yield partial(notices.cancelled, order)
    for order, other in product((bare, paid), (None, offer)):
        yield partial(notices.suspended, order.cancel(Cause.SCHEDULE_SUSPENDED, NOW), other)
    who = Substitute("林九", "副主任医师", 3000, AT_VISIT)
    for order, now in product((bare, paid), (NOW, AT_VISIT)):
        yield partial(notices.substituted, substitute(order, who, NOW, timedelta(minutes=10)), now)
    for identity in (an_identity().decide(True, "", "auditor", NOW), an_identity().decide(False, "照片不清晰。", "auditor", NOW)):
        yield partial(notices.identity_approved if identity.state is IdentityState.APPROVED else notices.identity_rejected, identity)


@pytest.mark.parametrize("language", Language)
def test_every_notice_fills_its_template_exactly(language: Language) -> None:
    """An operator that words them itself refuses a value too few, and one may refuse a value too many."""
    offer = Offer("s2", VISIT + timedelta(days=1), HalfDay.AFTERNOON, "副主任医师", "林九")
    texts = [write(language) for write in in_every_state(offer)]
    assert {text.template for text in texts} == set(Template) - {Template.LOGIN_CODE}
    for text in texts:
        assert set(text.values) == {field for _, field, _, _ in Formatter().parse(WORDING[language][text.template])} - {None}
        assert all(text.values.values())


def test_who_chose_english_is_written_to_in_english() -> None:
    world = World()
    world.change_language(Language.ENGLISH)
    assert world.text() == "【挂号平台】Booked: 林三 5 Mar am 协和医院 心内科 no.7, by 09:00 at 门诊楼一层1号窗"


def on_the_eve(world: World) -> None:
    """Let it be six in the evening in Shanghai before the morning of the visit."""
    world.clock.now = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


def test_a_reminder_says_who_when_and_where_with_which_number() -> None:
    world = World()
    on_the_eve(world)
    text = world.text(NoticeKind.REMINDER)
    for part in ("就诊提醒", "林三", "03月05日上午", "协和医院心内科", "主任医师林一", "7号", "09:00", "门诊楼一层1号窗"):
        assert part in text


def test_a_day_is_reminded_of_once_however_often_it_is_asked() -> None:
    world = World()
    on_the_eve(world)
    for _ in range(3):
        world.send(NoticeKind.REMINDER)
        world.clock.advance(minutes=1)
    assert len(world.sms.sent) == 1


@pytest.mark.parametrize("moment", [datetime(2026, 3, 3, 15, 59, tzinfo=UTC), datetime(2026, 3, 4, 16, 0, tzinfo=UTC)])
def test_a_reminder_that_comes_on_another_day_of_shanghai_is_not_sent(moment: datetime) -> None:
    world = World()
    world.clock.now = moment
    world.send(NoticeKind.REMINDER)
    assert world.sms.sent == []


def test_nobody_is_reminded_of_what_is_not_paid_or_cancelled_or_over() -> None:
    world = World()
    on_the_eve(world)
    paid = world.orders.orders["o1"]
    unpaid = place(schedule(), 7, order_id="o1", patient=patient(), now=NOW, hold=HOLD)
    for order in (unpaid, paid.cancel(Cause.CANCELLED_BY_USER, NOW), paid.check_in(AT_VISIT)):
        world.set(order)
        world.send(NoticeKind.REMINDER)
    assert world.sms.sent == []


def test_a_reminder_killed_anywhere_is_sent_once_at_most_by_all_that_follow() -> None:
    worlds: list[World] = []

    def run(killer: Killer) -> None:
        world = World()
        on_the_eve(world)
        worlds.append(world)
        watched = {name: killer.watch(getattr(world.notices, name)) for name in ("orders", "accounts", "sent", "sms", "vault")}
        replace(world.notices, **watched).send(OrderNotice(order_id="o1", kind=NoticeKind.REMINDER))

    for _ in deaths(run):
        world = worlds[-1]
        for _ in range(2):
            world.clock.advance(minutes=1)
            world.send(NoticeKind.REMINDER)
        assert len(world.sms.sent) <= 1


def test_an_afternoon_is_reminded_of_on_its_day_and_not_before() -> None:
    world = World()
    paid = world.orders.orders["o1"]
    world.set(replace(paid, visit=replace(paid.visit, half_day=HalfDay.AFTERNOON)))
    on_the_eve(world)
    world.send(NoticeKind.REMINDER)
    assert world.sms.sent == []
    world.clock.now = datetime(2026, 3, 5, 0, 0, tzinfo=UTC)
    assert "03月05日下午" in world.text(NoticeKind.REMINDER)


def test_no_text_names_a_time_that_has_passed() -> None:
    world = World()
    world.clock.now = AT_VISIT
    text = world.text()
    for past in ("09:00", "退号截止03月"):
        assert past not in text
    assert "已过退号时间" in text
