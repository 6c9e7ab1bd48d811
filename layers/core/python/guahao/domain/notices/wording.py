"""The words of all SMS in each language. Operators that register templates get these."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from guahao.domain.people.accounts import Language


class Template(StrEnum):
    """The templates of all SMS.

    `Final`: too late to cancel. `Refunded`: the money is returned. `CheckIn`: with time and place. `Instead`: with another schedule.
    """

    LOGIN_CODE = "loginCode"
    PAID = "paid"
    PAID_FINAL = "paidFinal"
    PAID_CHECK_IN = "paidCheckIn"
    PAID_CHECK_IN_FINAL = "paidCheckInFinal"
    CANCELLED_BY_USER = "cancelledByUser"
    CANCELLED_BY_USER_REFUNDED = "cancelledByUserRefunded"
    HOLD_EXPIRED = "holdExpired"
    HOLD_EXPIRED_REFUNDED = "holdExpiredRefunded"
    HOSPITAL_REFUSED = "hospitalRefused"
    HOSPITAL_REFUSED_REFUNDED = "hospitalRefusedRefunded"
    SUSPENDED = "suspended"
    SUSPENDED_REFUNDED = "suspendedRefunded"
    SUSPENDED_INSTEAD = "suspendedInstead"
    SUSPENDED_INSTEAD_REFUNDED = "suspendedInsteadRefunded"
    REMINDER = "reminder"
    REMINDER_CHECK_IN = "reminderCheckIn"
    IDENTITY_APPROVED = "identityApproved"
    IDENTITY_REJECTED = "identityRejected"


class Text(NamedTuple):
    """An SMS before it is worded: its template, the values to fill in, and the language."""

    template: Template
    language: Language
    values: Mapping[str, str]


SIGNATURES = {Language.CHINESE: "【挂号平台】", Language.ENGLISH: "[Guahao] "}
HALF_DAYS = {Language.CHINESE: {"morning": "上午", "afternoon": "下午"}, Language.ENGLISH: {"morning": "morning", "afternoon": "afternoon"}}

_VISIT = "{patient}，{day}，{hospital}{department}，{number}号。"
_CHECK_IN = "请于{checkInAt}前到{checkInPlace}取号。"
_QUIT = "退号截止{quitUntil}。"
_FINAL = "已过退号截止时间，本次预约不能退号。"
_MONEY = "挂号费将原路全额退回。"
_SUSPENDED = "停诊通知：{patient}，{day}，{hospital}{department}{doctor}停诊，您的{number}号已取消。"
_INSTEAD = "同科室{instead}尚有余号，如需就诊，请登录平台进入该科室重新预约。"
_NOTHING_INSTEAD = "该科室近期暂无其他余号，请留意后续放号，或选择其他科室、医院。"
_REMINDER = "就诊提醒：{patient}，今天{day}，{hospital}{department}{doctor}，{number}号。"

_CHINESE = {
    Template.LOGIN_CODE: "验证码 {code}，{minutes} 分钟内有效，只能使用一次，请勿告诉他人。",
    Template.PAID: f"预约成功：{_VISIT}{_QUIT}",
    Template.PAID_FINAL: f"预约成功：{_VISIT}{_FINAL}",
    Template.PAID_CHECK_IN: f"预约成功：{_VISIT}{_CHECK_IN}{_QUIT}",
    Template.PAID_CHECK_IN_FINAL: f"预约成功：{_VISIT}{_CHECK_IN}{_FINAL}",
    Template.CANCELLED_BY_USER: f"您的预约已按您的申请取消：{_VISIT}",
    Template.CANCELLED_BY_USER_REFUNDED: f"您的预约已按您的申请取消：{_VISIT}{_MONEY}",
    Template.HOLD_EXPIRED: f"您的预约因未在规定时间内支付，已取消：{_VISIT}",
    Template.HOLD_EXPIRED_REFUNDED: f"您的预约因未在规定时间内支付，已取消：{_VISIT}{_MONEY}",
    Template.HOSPITAL_REFUSED: f"您的预约未被医院接受，已取消：{_VISIT}",
    Template.HOSPITAL_REFUSED_REFUNDED: f"您的预约未被医院接受，已取消：{_VISIT}{_MONEY}",
    Template.SUSPENDED: f"{_SUSPENDED}{_NOTHING_INSTEAD}",
    Template.SUSPENDED_REFUNDED: f"{_SUSPENDED}{_MONEY}{_NOTHING_INSTEAD}",
    Template.SUSPENDED_INSTEAD: f"{_SUSPENDED}{_INSTEAD}",
    Template.SUSPENDED_INSTEAD_REFUNDED: f"{_SUSPENDED}{_MONEY}{_INSTEAD}",
    Template.REMINDER: f"{_REMINDER}请按时到医院取号就诊。",
    Template.REMINDER_CHECK_IN: f"{_REMINDER}{_CHECK_IN}",
    Template.IDENTITY_APPROVED: "您的实名认证已通过，现在可以预约挂号。",
    Template.IDENTITY_REJECTED: "您的实名认证未通过，原因：{reason}。请核对姓名、证件号码和证件照片后重新提交。",
}

_VISIT_EN = "{patient}, {day}, {hospital} {department}, no. {number}."
_CHECK_IN_EN = " Check in by {checkInAt} at {checkInPlace}."
_QUIT_EN = " You can cancel until {quitUntil}."
_FINAL_EN = " It is too late to cancel it."
_MONEY_EN = " The fee is returned in full."
_SUSPENDED_EN = "Schedule suspended: {patient}, {day}, {hospital} {department}, {doctor}. Your no. {number} is cancelled."
_INSTEAD_EN = " The same department still has places: {instead}. Log in to book one."
_NOTHING_INSTEAD_EN = " The department has no other places for now: look for newly released ones, or choose another department or hospital."
_REMINDER_EN = "Your visit today: {patient}, {day}, {hospital} {department}, {doctor}, no. {number}."

_ENGLISH = {
    Template.LOGIN_CODE: "Your login code is {code}. It works once, within {minutes} minutes. Tell it to nobody.",
    Template.PAID: f"Booked: {_VISIT_EN}{_QUIT_EN}",
    Template.PAID_FINAL: f"Booked: {_VISIT_EN}{_FINAL_EN}",
    Template.PAID_CHECK_IN: f"Booked: {_VISIT_EN}{_CHECK_IN_EN}{_QUIT_EN}",
    Template.PAID_CHECK_IN_FINAL: f"Booked: {_VISIT_EN}{_CHECK_IN_EN}{_FINAL_EN}",
    Template.CANCELLED_BY_USER: f"Cancelled as you asked: {_VISIT_EN}",
    Template.CANCELLED_BY_USER_REFUNDED: f"Cancelled as you asked: {_VISIT_EN}{_MONEY_EN}",
    Template.HOLD_EXPIRED: f"Cancelled, because it was not paid for in time: {_VISIT_EN}",
    Template.HOLD_EXPIRED_REFUNDED: f"Cancelled, because it was not paid for in time: {_VISIT_EN}{_MONEY_EN}",
    Template.HOSPITAL_REFUSED: f"Cancelled, because the hospital did not accept it: {_VISIT_EN}",
    Template.HOSPITAL_REFUSED_REFUNDED: f"Cancelled, because the hospital did not accept it: {_VISIT_EN}{_MONEY_EN}",
    Template.SUSPENDED: f"{_SUSPENDED_EN}{_NOTHING_INSTEAD_EN}",
    Template.SUSPENDED_REFUNDED: f"{_SUSPENDED_EN}{_MONEY_EN}{_NOTHING_INSTEAD_EN}",
    Template.SUSPENDED_INSTEAD: f"{_SUSPENDED_EN}{_INSTEAD_EN}",
    Template.SUSPENDED_INSTEAD_REFUNDED: f"{_SUSPENDED_EN}{_MONEY_EN}{_INSTEAD_EN}",
    Template.REMINDER: f"{_REMINDER_EN} Check in at the hospital in time.",
    Template.REMINDER_CHECK_IN: f"{_REMINDER_EN}{_CHECK_IN_EN}",
    Template.IDENTITY_APPROVED: "Your identity is verified: you can book now.",
    Template.IDENTITY_REJECTED: "Your identity was not verified: {reason}. Check name, certificate number and photo and submit again.",
}

WORDING = {Language.CHINESE: _CHINESE, Language.ENGLISH: _ENGLISH}


def worded(text: Text) -> str:
    """Return the complete words of the SMS."""
    return SIGNATURES[text.language] + WORDING[text.language][text.template].format(**text.values)
