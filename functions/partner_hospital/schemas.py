"""Answers to a hospital about itself and its orders."""

from typing import Literal

from guahao.contracts import Message


class AttendanceAnswer(Message):
    order_id: str
    state: Literal["checkedIn"]
