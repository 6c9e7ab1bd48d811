"""The SMS for each notice: its template and values."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from guahao.domain.booking.bookable import HalfDay
from guahao.domain.booking.order_states import Cause
from guahao.domain.booking.orders import Order
from guahao.domain.notices.wording import HALF_DAYS, REFUNDS, Template, Text, text_of
from guahao.domain.payment.payment import PaymentState
from guahao.domain.people.accounts import Language
from guahao.domain.people.identity import Identity
from guahao.domain.time import SHANGHAI

if TYPE_CHECKING:
    from guahao.domain.hospitals.suspensions import Offer

# The templates without a refund, and with one.
_CANCELLED = {
    Cause.CANCELLED_BY_USER: (Template.CANCELLED_BY_USER, Template.CANCELLED_BY_USER_REFUNDED),
    Cause.HOLD_EXPIRED: (Template.HOLD_EXPIRED, Template.HOLD_EXPIRED_REFUNDED),
    Cause.HOSPITAL_REFUSED: (Template.HOSPITAL_REFUSED, Template.HOSPITAL_REFUSED_REFUNDED),
    Cause.HOSPITAL_SILENT: (Template.HOSPITAL_SILENT, Template.HOSPITAL_SILENT_REFUNDED),
}
# The templates after the quit deadline, and before it.
# The templates of an order without a fee, and of one with a fee.
_WAITING = (Template.WAITING, Template.WAITING_PAID)
_PAID = (Template.PAID_FINAL, Template.PAID)
_PAID_CHECK_IN = (Template.PAID_CHECK_IN_FINAL, Template.PAID_CHECK_IN)
_SUSPENDED = (Template.SUSPENDED, Template.SUSPENDED_REFUNDED)
_SUSPENDED_INSTEAD = (Template.SUSPENDED_INSTEAD, Template.SUSPENDED_INSTEAD_REFUNDED)
# The templates of an order whose fee stays, and of one that gets a part of it back; each after the quit deadline, and before it.
_SUBSTITUTED = (Template.SUBSTITUTED_FINAL, Template.SUBSTITUTED)
_SUBSTITUTED_CHEAPER = (Template.SUBSTITUTED_CHEAPER_FINAL, Template.SUBSTITUTED_CHEAPER)
_REPAYING = (PaymentState.PAID, PaymentState.REFUNDING, PaymentState.REFUNDED)


def paid(order: Order, now: datetime, language: Language) -> Text:
    """Return the confirmation of a paid order, with time and place of check-in and its quit deadline, as far as they are to come."""
    can_quit = order.quit_until > now
    templates = _PAID_CHECK_IN if _check_in(order, now) else _PAID
    deadline = {"quitUntil": _moment(order.quit_until, language)} if can_quit else {}
    return text_of(templates[can_quit], language, _visit(order, language) | _check_in(order, now) | deadline)


def waiting(order: Order, language: Language) -> Text:
    """Return the notice that an order is paid and waits for its hospital."""
    return Text(_WAITING[order.visit.fee_fen > 0], language, _visit(order, language))


def reminder(order: Order, now: datetime, language: Language) -> Text:
    """Return the reminder of a visit, likewise."""
    template = Template.REMINDER_CHECK_IN if _check_in(order, now) else Template.REMINDER
    return Text(template, language, _visit(order, language) | _check_in(order, now) | _doctor(order, language))


def cancelled(order: Order, language: Language) -> Text:
    """Return the notice that an order was cancelled, why, and what happens to the money."""
    templates = _CANCELLED[order.cancelled_for or Cause.CANCELLED_BY_USER]
    refund = _refund(order, language)
    return text_of(templates[bool(refund)], language, _visit(order, language) | refund)


def suspended(order: Order, offer: Offer | None, language: Language) -> Text:
    """Return the notice that the doctor will not come, what happens to the money and what can be booked instead."""
    templates = _SUSPENDED_INSTEAD if offer else _SUSPENDED
    refund = _refund(order, language)
    return text_of(
        templates[bool(refund)], language, _visit(order, language) | refund | _doctor(order, language) | _instead(offer, language)
    )


def substituted(order: Order, now: datetime, language: Language) -> Text:
    """Return the notice that another doctor comes, until when the order can be cancelled, and what happens to a difference in fees."""
    is_cheaper = order.payment.state is PaymentState.PAID and order.substitutions[-1].fee_fen > order.visit.fee_fen
    can_quit = order.quit_until > now
    deadline = {"quitUntil": _moment(order.quit_until, language)} if can_quit else {}
    template = (_SUBSTITUTED_CHEAPER if is_cheaper else _SUBSTITUTED)[can_quit]
    # There is no room for the number: a patient has one in a department and day.
    visit = {name: value for name, value in _visit(order, language).items() if name != "number"}
    return Text(template, language, visit | _doctor(order, language) | deadline)


def identity_approved(_: Identity, language: Language) -> Text:
    """Return the notice that an identity was approved."""
    return Text(Template.IDENTITY_APPROVED, language, {})


def identity_rejected(identity: Identity, language: Language) -> Text:
    """Return the notice that an identity was rejected, why, and what to do next."""
    return Text(Template.IDENTITY_REJECTED, language, {"reason": identity.reason.rstrip("。.")})


def _visit(order: Order, language: Language) -> dict[str, str]:
    return {
        "patient": order.holder.name,
        "day": _half_day(order.visit.date, order.visit.half_day, language),
        "hospital": order.visit.hospital_name,
        "department": order.visit.department_name,
        "number": str(order.visit.number),
    }


def _check_in(order: Order, now: datetime) -> dict[str, str]:
    if order.record is None or order.record.check_in_at <= now:
        return {}
    return {"checkInAt": f"{order.record.check_in_at.astimezone(SHANGHAI):%H:%M}", "checkInPlace": order.record.check_in_place}


def _doctor(order: Order, language: Language) -> dict[str, str]:
    return {"doctor": _titled(language, order.visit.title, order.visit.doctor_name)}


def _instead(offer: Offer | None, language: Language) -> dict[str, str]:
    if offer is None:
        return {}
    return {
        "instead": _joined(language, _half_day(offer.date, offer.half_day, language), _titled(language, offer.title, offer.doctor_name))
    }


def _titled(language: Language, title: str, name: str) -> str:
    """Return the doctor with title; in English, whose texts are longer, without it unless there is no name."""
    return name or title if language is Language.ENGLISH else f"{title}{name}"


def _half_day(day: date, half_day: HalfDay, language: Language) -> str:
    return _joined(language, _day(day, language), HALF_DAYS[language][half_day.value])


def _moment(moment: datetime, language: Language) -> str:
    local = moment.astimezone(SHANGHAI)
    return _joined(language, _day(local.date(), language), f"{local:%H:%M}")


def _day(day: date, language: Language) -> str:
    return f"{day.day} {day:%b}" if language is Language.ENGLISH else f"{day:%m月%d日}"


def _joined(language: Language, *words: str) -> str:
    return (" " if language is Language.ENGLISH else "").join(filter(None, words))


def _refund(order: Order, language: Language) -> dict[str, str]:
    """Return the words for what a cancelled order gives back; nothing if nothing was paid, or all is back already."""
    if order.payment.state not in _REPAYING or order.charged_fen <= order.payment.parts_fen:
        return {}
    return {"refund": REFUNDS[language]["rest" if order.payment.parts else "all"]}
