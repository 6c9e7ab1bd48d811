"""The words of all SMS in each language. Operators that register templates get these."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from string import Formatter
from typing import NamedTuple

from guahao.domain.notices.lengths import fitted
from guahao.domain.people.accounts import Language


class Template(StrEnum):
    """The templates of all SMS.

    `Final`: too late to cancel. `Refunded`: the money, or its rest, is returned. `CheckIn`: with time and place.
    `Instead`: with another schedule. `Cheaper`: of what was paid, the difference to the substitute's fee is returned.
    """

    LOGIN_CODE = "loginCode"
    PAID = "paid"
    PAID_FINAL = "paidFinal"
    PAID_CHECK_IN = "paidCheckIn"
    PAID_CHECK_IN_FINAL = "paidCheckInFinal"
    WAITING = "waiting"
    WAITING_PAID = "waitingPaid"
    CANCELLED_BY_USER = "cancelledByUser"
    CANCELLED_BY_USER_REFUNDED = "cancelledByUserRefunded"
    HOLD_EXPIRED = "holdExpired"
    HOLD_EXPIRED_REFUNDED = "holdExpiredRefunded"
    HOSPITAL_REFUSED = "hospitalRefused"
    HOSPITAL_REFUSED_REFUNDED = "hospitalRefusedRefunded"
    HOSPITAL_SILENT = "hospitalSilent"
    HOSPITAL_SILENT_REFUNDED = "hospitalSilentRefunded"
    SUSPENDED = "suspended"
    SUSPENDED_REFUNDED = "suspendedRefunded"
    SUSPENDED_INSTEAD = "suspendedInstead"
    SUSPENDED_INSTEAD_REFUNDED = "suspendedInsteadRefunded"
    SUBSTITUTED = "substituted"
    SUBSTITUTED_FINAL = "substitutedFinal"
    SUBSTITUTED_CHEAPER = "substitutedCheaper"
    SUBSTITUTED_CHEAPER_FINAL = "substitutedCheaperFinal"
    REMINDER = "reminder"
    REMINDER_CHECK_IN = "reminderCheckIn"
    IDENTITY_APPROVED = "identityApproved"
    IDENTITY_REJECTED = "identityRejected"


class Text(NamedTuple):
    """An SMS before it is worded: its template, the values to fill in, and the language."""

    template: Template
    language: Language
    values: Mapping[str, str]


# Carriers let pass only what begins with the sender's registered name, in Chinese and in these brackets.
SIGNATURE = "【挂号平台】"
# What a cancelled order gives back: all that was paid, or what the parts of before left.
REFUNDS = {Language.CHINESE: {"all": "全额挂号费", "rest": "余款"}, Language.ENGLISH: {"all": "Full refund", "rest": "Rest repaid"}}
HALF_DAYS = {Language.CHINESE: {"morning": "上午", "afternoon": "下午"}, Language.ENGLISH: {"morning": "am", "afternoon": "pm"}}

_VISIT = "{patient}，{day}{hospital}{department}{number}号。"
_CHECK_IN = "{checkInAt}前到{checkInPlace}取号。"
_QUIT = "{quitUntil}前可退。"
_FINAL = "已过退号时间，不能退号。"
_WAIT = "医院确认后另发短信。"
_MONEY = "将原路退回{refund}。"
_SUSPENDED = "{patient}，{day}{hospital}{department}{doctor}停诊，{number}号取消"
_SUSPENDED_MONEY = "，退回{refund}"
_INSTEAD = "。可约{instead}。"
_NOTHING_INSTEAD = "。该科室暂无其他余号。"
_SUBSTITUTED = "{patient}，{day}{hospital}{department}改由{doctor}出诊。"
_QUIT_WHOLLY = "{quitUntil}前可全额退号。"
_DIFFERENCE = "差价退回。"
_REMINDER = "就诊提醒：{patient}，{day}，{hospital}{department}{doctor}，{number}号。"

_CHINESE = {
    Template.LOGIN_CODE: "验证码 {code}，{minutes} 分钟内有效，只能使用一次，请勿告诉他人。",
    Template.PAID: f"预约成功：{_VISIT}{_QUIT}",
    Template.PAID_FINAL: f"预约成功：{_VISIT}{_FINAL}",
    Template.PAID_CHECK_IN: f"预约成功：{_VISIT}{_CHECK_IN}{_QUIT}",
    Template.PAID_CHECK_IN_FINAL: f"预约成功：{_VISIT}{_CHECK_IN}{_FINAL}",
    Template.WAITING: f"已提交，待医院确认：{_VISIT}{_WAIT}",
    Template.WAITING_PAID: f"已支付，待医院确认：{_VISIT}{_WAIT}",
    Template.CANCELLED_BY_USER: f"您的预约已按您的申请取消：{_VISIT}",
    Template.CANCELLED_BY_USER_REFUNDED: f"您的预约已按您的申请取消：{_VISIT}{_MONEY}",
    Template.HOLD_EXPIRED: f"您的预约因未在规定时间内支付，已取消：{_VISIT}",
    Template.HOLD_EXPIRED_REFUNDED: f"您的预约因未在规定时间内支付，已取消：{_VISIT}{_MONEY}",
    Template.HOSPITAL_REFUSED: f"您的预约未被医院接受，已取消：{_VISIT}",
    Template.HOSPITAL_REFUSED_REFUNDED: f"您的预约未被医院接受，已取消：{_VISIT}{_MONEY}",
    Template.HOSPITAL_SILENT: f"您的预约因医院未确认，已取消：{_VISIT}",
    Template.HOSPITAL_SILENT_REFUNDED: f"您的预约因医院未确认，已取消：{_VISIT}{_MONEY}",
    Template.SUSPENDED: f"{_SUSPENDED}{_NOTHING_INSTEAD}",
    Template.SUSPENDED_REFUNDED: f"{_SUSPENDED}{_SUSPENDED_MONEY}{_NOTHING_INSTEAD}",
    Template.SUSPENDED_INSTEAD: f"{_SUSPENDED}{_INSTEAD}",
    Template.SUSPENDED_INSTEAD_REFUNDED: f"{_SUSPENDED}{_SUSPENDED_MONEY}{_INSTEAD}",
    Template.SUBSTITUTED: f"{_SUBSTITUTED}{_QUIT_WHOLLY}",
    Template.SUBSTITUTED_FINAL: f"{_SUBSTITUTED}{_FINAL}",
    Template.SUBSTITUTED_CHEAPER: f"{_SUBSTITUTED}{_DIFFERENCE}{_QUIT_WHOLLY}",
    Template.SUBSTITUTED_CHEAPER_FINAL: f"{_SUBSTITUTED}{_DIFFERENCE}{_FINAL}",
    Template.REMINDER: f"{_REMINDER}请按时到医院取号就诊。",
    Template.REMINDER_CHECK_IN: f"{_REMINDER}{_CHECK_IN}",
    Template.IDENTITY_APPROVED: "您的实名认证已通过，现在可以预约挂号。",
    Template.IDENTITY_REJECTED: "您的实名认证未通过，原因：{reason}。请核对姓名、证件号码和照片后重新提交。",
}

_VISIT_EN = "{patient} {day} {hospital} {department} no.{number}."
# For want of room it ends its text: until when an order may be cancelled is then told by the order alone.
_CHECK_IN_EN = ", by {checkInAt} at {checkInPlace}"
_BOOKED_CHECK_IN_EN = f"Booked: {{patient}} {{day}} {{hospital}} {{department}} no.{{number}}{_CHECK_IN_EN}"
_QUIT_EN = " Cancel by {quitUntil}."
_FINAL_EN = " Too late to cancel."
_MONEY_EN = " {refund}."
# There is no room for the number nor for the doctor: a patient has one number in a department and day.
_SUSPENDED_EN = "{patient} {day} {hospital} {department}."
_INSTEAD_EN = " Or {instead}."
_NOTHING_INSTEAD_EN = " No other places."
_REMINDER_EN = "Visit: {patient} {day} {hospital} {department} {doctor} no.{number}"
_SUBSTITUTED_EN = "Now {doctor}: {patient} {day} {hospital} {department}."

_ENGLISH = {
    # A template for codes is registered only with this word in it.
    Template.LOGIN_CODE: "验证码 {code} is your login code for {minutes} minutes. Tell nobody.",
    Template.PAID: f"Booked: {_VISIT_EN}{_QUIT_EN}",
    Template.PAID_FINAL: f"Booked: {_VISIT_EN}{_FINAL_EN}",
    Template.PAID_CHECK_IN: _BOOKED_CHECK_IN_EN,
    Template.PAID_CHECK_IN_FINAL: _BOOKED_CHECK_IN_EN,
    Template.WAITING: f"Hospital yet to confirm: {_VISIT_EN}",
    Template.WAITING_PAID: f"Paid, hospital to confirm: {_VISIT_EN}",
    Template.CANCELLED_BY_USER: f"Cancelled: {_VISIT_EN}",
    Template.CANCELLED_BY_USER_REFUNDED: f"Cancelled: {_VISIT_EN}{_MONEY_EN}",
    Template.HOLD_EXPIRED: f"Cancelled unpaid: {_VISIT_EN}",
    Template.HOLD_EXPIRED_REFUNDED: f"Cancelled unpaid: {_VISIT_EN}{_MONEY_EN}",
    Template.HOSPITAL_REFUSED: f"Hospital refused: {_VISIT_EN}",
    Template.HOSPITAL_REFUSED_REFUNDED: f"Hospital refused: {_VISIT_EN}{_MONEY_EN}",
    Template.HOSPITAL_SILENT: f"Hospital silent, cancelled: {_VISIT_EN}",
    Template.HOSPITAL_SILENT_REFUNDED: f"Hospital silent: {_VISIT_EN}{_MONEY_EN}",
    Template.SUSPENDED: f"Clinic cancelled: {_SUSPENDED_EN}{_NOTHING_INSTEAD_EN}",
    Template.SUSPENDED_REFUNDED: f"No clinic, refund: {_SUSPENDED_EN}{_NOTHING_INSTEAD_EN}",
    Template.SUSPENDED_INSTEAD: f"Clinic cancelled: {_SUSPENDED_EN}{_INSTEAD_EN}",
    Template.SUSPENDED_INSTEAD_REFUNDED: f"No clinic, refund: {_SUSPENDED_EN}{_INSTEAD_EN}",
    Template.REMINDER: f"{_REMINDER_EN}. Be on time.",
    Template.SUBSTITUTED: f"{_SUBSTITUTED_EN}{_QUIT_EN}",
    Template.SUBSTITUTED_FINAL: f"{_SUBSTITUTED_EN}{_FINAL_EN}",
    Template.SUBSTITUTED_CHEAPER: f"{_SUBSTITUTED_EN}{_QUIT_EN}",
    Template.SUBSTITUTED_CHEAPER_FINAL: f"{_SUBSTITUTED_EN} Part refund.",
    Template.REMINDER_CHECK_IN: f"{_REMINDER_EN}{_CHECK_IN_EN}",
    Template.IDENTITY_APPROVED: "Your identity is verified: you can book now.",
    Template.IDENTITY_REJECTED: "Identity not verified: {reason}. Submit again.",
}

WORDING = {Language.CHINESE: _CHINESE, Language.ENGLISH: _ENGLISH}


def text_of(template: Template, language: Language, values: Mapping[str, str]) -> Text:
    """Return the text with those of the values for which its words have room."""
    fields = {field for _, field, _, _ in Formatter().parse(WORDING[language][template])}
    return Text(template, language, {name: value for name, value in values.items() if name in fields})


def values_of(text: Text) -> dict[str, str]:
    """Return the values as operators take them, short enough for the text."""
    return fitted(SIGNATURE + WORDING[text.language][text.template], text.values)


def worded(text: Text) -> str:
    """Return the whole SMS as it is read."""
    return SIGNATURE + WORDING[text.language][text.template].format(**values_of(text))
