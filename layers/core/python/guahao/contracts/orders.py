"""Messages about orders, version 1. A handler reads the order itself, so a late or repeated message does no harm."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from guahao.contracts import Message


class OrderMessage(Message):
    """Look at this order and do what is due."""

    version: Literal[1] = 1
    order_id: str


class NoticeKind(StrEnum):
    PAID = "paid"
    CANCELLED = "cancelled"
    REMINDER = "reminder"


class NoticeMessage(OrderMessage):
    """Send the user this notice about the order, once."""

    kind: NoticeKind
