"""Notices about orders: one SMS each, however often it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from guahao.contracts.orders import NoticeKind
from guahao.domain import notices
from guahao.domain.booking import Order, OrderState
from guahao.domain.errors import Unavailable
from guahao.ports.accounts import Accounts
from guahao.ports.booking import Orders
from guahao.ports.notices import SentNotices, Sms
from guahao.ports.vault import Vault
from guahao.usecases.changes import find

_TEXTS: dict[NoticeKind, Callable[[Order], str]] = {NoticeKind.PAID: notices.paid, NoticeKind.CANCELLED: notices.cancelled}
# A notice that comes late, when its order has moved on, would tell what is no longer so.
_TRUE_OF = {
    NoticeKind.PAID: {OrderState.PAID, OrderState.CHECKED_IN, OrderState.NO_SHOW},
    NoticeKind.CANCELLED: {OrderState.CANCELLED},
}


@dataclass(frozen=True)
class Notices:
    """Sends the SMS of orders to the users who placed them."""

    orders: Orders
    accounts: Accounts
    sent: SentNotices
    sms: Sms
    vault: Vault

    def send(self, order_id: str, kind: NoticeKind) -> None:
        """Send the notice unless it was sent, or is no longer true.

        The claim comes before the SMS, because a provider of SMS does not recognise a repeat: a process that dies between the two
        loses one SMS, which the order's page makes up for, where the other way round it would send two.
        """
        order = find(self.orders, order_id)
        user = self.accounts.get(order.user_id)
        if user is None or order.state not in _TRUE_OF[kind]:
            return
        phone, text = self.vault.open(user.sealed_phone), _TEXTS[kind](order)
        if not self.sent.claim(order_id, kind):
            return
        try:
            self.sms.send(phone, text)
        except Unavailable:
            self.sent.release(order_id, kind)
            raise
