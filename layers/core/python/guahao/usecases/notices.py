"""Notices about orders and identities: one SMS each, however often it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from guahao.contracts.identity import IdentityNoticeKind, IdentityNoticeMessage
from guahao.contracts.orders import NoticeKind, NoticeMessage
from guahao.domain import notices
from guahao.domain.accounts import IdentityState, Language
from guahao.domain.booking import Order
from guahao.domain.errors import Unavailable
from guahao.domain.identity import Identity
from guahao.domain.order_states import Cause, OrderState
from guahao.domain.time import shanghai_date
from guahao.domain.wording import Text
from guahao.ports.accounts import Accounts
from guahao.ports.booking import Orders
from guahao.ports.clock import Clock
from guahao.ports.identity import Identities
from guahao.ports.notices import SentNotices, Sms
from guahao.ports.suspensions import Offers
from guahao.ports.vault import Vault
from guahao.usecases.changes import find

_IDENTITY_TEXTS: dict[IdentityNoticeKind, Callable[[Identity, Language], Text]] = {
    IdentityNoticeKind.APPROVED: notices.identity_approved,
    IdentityNoticeKind.REJECTED: notices.identity_rejected,
}
# A notice that comes late, when its order has moved on, would tell what is no longer so.
_TRUE_OF = {
    NoticeKind.PAID: {OrderState.PAID, OrderState.CHECKED_IN, OrderState.NO_SHOW},
    NoticeKind.CANCELLED: {OrderState.CANCELLED},
    NoticeKind.REMINDER: {OrderState.PAID},
}


class Notice(NamedTuple):
    """Something true, what it is about, whom it is told, and its text in a language."""

    subject: str
    user_id: str
    text: Callable[[Language], Text]


@dataclass(frozen=True)
class Notices:
    """Sends SMS to the users whose orders and identities they are about."""

    orders: Orders
    identities: Identities
    accounts: Accounts
    sent: SentNotices
    offers: Offers
    sms: Sms
    vault: Vault
    clock: Clock

    def send(self, message: NoticeMessage | IdentityNoticeMessage) -> None:
        """Send the notice unless it was sent, or is no longer true.

        The claim comes before the SMS, because a provider of SMS does not recognise a repeat: a process that dies between the two
        loses one SMS, which the user's pages make up for, where the other way round it would send two.
        """
        notice = self._about_order(message) if isinstance(message, NoticeMessage) else self._about_identity(message)
        user = self.accounts.get(notice.user_id) if notice else None
        if notice is None or user is None:
            return
        phone = self.vault.open(user.sealed_phone)
        if not self.sent.claim(notice.subject, message.kind, self.clock()):
            return
        try:
            self.sms.send(phone, notice.text(user.language))
        except Unavailable:
            self.sent.release(notice.subject, message.kind)
            raise

    def _about_order(self, message: NoticeMessage) -> Notice | None:
        order = find(self.orders, message.order_id)
        if order.state not in _TRUE_OF[message.kind]:
            return None
        match message.kind:
            case NoticeKind.PAID:
                return Notice(order.order_id, order.user_id, partial(notices.paid, order))
            case NoticeKind.CANCELLED:
                return Notice(order.order_id, order.user_id, self._cancellation(order))
            case NoticeKind.REMINDER:
                return self._reminder(order)

    def _cancellation(self, order: Order) -> Callable[[Language], Text]:
        if order.cancelled_for is Cause.SESSION_SUSPENDED:
            return partial(notices.suspended, order, self.offers.get(order.schedule_id))
        return partial(notices.cancelled, order)

    def _reminder(self, order: Order) -> Notice | None:
        """Remind of a visit on its day alone, once a day."""
        if order.date != shanghai_date(self.clock()):
            return None
        return Notice(f"{order.order_id}/{order.date}", order.user_id, partial(notices.reminder, order))

    def _about_identity(self, message: IdentityNoticeMessage) -> Notice | None:
        identity = self.identities.get(message.user_id)
        true = (message.submission_id, IdentityState(message.kind.value))
        if identity is None or (identity.submission_id, identity.state) != true:
            return None
        return Notice(identity.subject, identity.user_id, partial(_IDENTITY_TEXTS[message.kind], identity))
