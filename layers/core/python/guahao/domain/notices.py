"""The wording of SMS to patients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guahao.domain.booking import Order
from guahao.domain.identity import Identity
from guahao.domain.order_states import Cause
from guahao.domain.payment import PaymentState
from guahao.domain.sessions import HalfDay
from guahao.domain.time import SHANGHAI

if TYPE_CHECKING:
    from guahao.domain.suspensions import Offer

_HALF_DAYS = {HalfDay.MORNING: "上午", HalfDay.AFTERNOON: "下午"}
_REASONS = {
    Cause.CANCELLED_BY_USER: "已按您的申请取消",
    Cause.HOLD_EXPIRED: "因未在规定时间内支付，已取消",
    Cause.HOSPITAL_REFUSED: "未被医院接受，已取消",
}
_REPAYING = (PaymentState.PAID, PaymentState.REFUNDING, PaymentState.REFUNDED)


def paid(order: Order) -> str:
    """Return the confirmation of a paid order, with time and place of check-in if the hospital has named them."""
    text = f"【挂号平台】预约成功：{_visit(order)}，{order.number}号。"
    if order.record:
        moment = order.record.check_in_at.astimezone(SHANGHAI)
        text += f"请于{moment:%H:%M}前到{order.record.check_in_place}取号。"
    return f"{text}退号截止{order.quit_until.astimezone(SHANGHAI):%m月%d日%H:%M}。"


def cancelled(order: Order) -> str:
    """Return the news of a cancelled order, why it was cancelled and what becomes of the money."""
    reason = _REASONS.get(order.cancelled_for or Cause.BOOKED, "已取消")
    return f"【挂号平台】您的预约{reason}：{_visit(order)}，{order.number}号。{_refund(order)}"


def suspended(order: Order, offer: Offer | None) -> str:
    """Return the news that the doctor will not come, what becomes of the money and what can be booked instead."""
    news = f"【挂号平台】停诊通知：{_visit(order)}{order.title}{order.doctor_name}停诊，您的{order.number}号已取消。"
    return f"{news}{_refund(order)}{_instead(offer)}"


def _instead(offer: Offer | None) -> str:
    if offer is None:
        return "该科室近期暂无其他余号，请留意后续放号，或选择其他科室、医院。"
    session = f"{offer.date:%m月%d日}{_HALF_DAYS[offer.half_day]}{offer.title}{offer.doctor_name}"
    return f"同科室{session}尚有余号，如需就诊，请登录平台进入该科室重新预约。"


def _refund(order: Order) -> str:
    return "挂号费将原路全额退回。" if order.payment.state in _REPAYING else ""


def identity_approved(_: Identity) -> str:
    """Return the news of an approved identity and what it opens."""
    return "【挂号平台】您的实名认证已通过，现在可以预约挂号。"


def identity_rejected(identity: Identity) -> str:
    """Return the news of a rejected identity, why it was rejected and what to do next."""
    return f"【挂号平台】您的实名认证未通过，原因：{identity.reason.rstrip('。.')}。请核对姓名、证件号码和证件照片后重新提交。"


def _visit(order: Order) -> str:
    day = f"{order.date:%m月%d日}{_HALF_DAYS[order.half_day]}"
    return f"{order.patient_name}，{day}，{order.hospital_name}{order.department_name}"
