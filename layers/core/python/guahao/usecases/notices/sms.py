"""Notices about orders and identities: one SMS each, however often its message comes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from guahao.contracts.messages import IdentityNotice, IdentityNoticeKind, NoticeKind, OrderNotice
from guahao.domain.booking.order_states import Cause, OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.booking.refunds import is_unheard
from guahao.domain.booking.substitutions import as_told
from guahao.domain.errors import SmsRefused, Unavailable
from guahao.domain.notices import notices
from guahao.domain.notices.reminding import reminded_on
from guahao.domain.notices.wording import Text
from guahao.domain.people.accounts import IdentityState, Language
from guahao.domain.people.identity import Identity
from guahao.domain.time import shanghai_date
from guahao.ports.booking.orders import Orders
from guahao.ports.clock import Clock
from guahao.ports.notices.notices import SentNotices, Sms
from guahao.ports.notices.offers import Offers
from guahao.ports.people.accounts import Accounts
from guahao.ports.people.identity import Identities
from guahao.ports.vault import Vault
from guahao.usecases.booking.orders import find

_log = logging.getLogger(__name__)

_IDENTITY_TEXTS: dict[IdentityNoticeKind, Callable[[Identity, Language], Text]] = {
    IdentityNoticeKind.APPROVED: notices.identity_approved,
    IdentityNoticeKind.REJECTED: notices.identity_rejected,
}
# The states in which a notice is still true; a late notice about a former state would be wrong.
_TRUE_OF = {
    NoticeKind.PAID: {OrderState.PAID, OrderState.CHECKED_IN, OrderState.NO_SHOW},
    NoticeKind.CANCELLED: {OrderState.CANCELLED},
    NoticeKind.REMINDER: {OrderState.PAID},
    NoticeKind.SUBSTITUTED: {OrderState.AWAITING_PAYMENT, OrderState.PAID, OrderState.CHECKED_IN},
}


class Notice(NamedTuple):
    """A notice that is true now: its subject, its receiver, and its text in each language."""

    subject: str
    user_id: str
    text: Callable[[Language], Text]


@dataclass(frozen=True)
class Notices:
    """Sends SMS about orders and identities to their users."""

    orders: Orders
    identities: Identities
    accounts: Accounts
    sent: SentNotices
    offers: Offers
    sms: Sms
    vault: Vault
    clock: Clock

    def send(self, message: OrderNotice | IdentityNotice) -> None:
        """Send the notice unless it was sent, or is no longer true.

        The claim comes before the SMS, because operators do not recognise a repeat. A process that dies between the two loses one SMS,
        whose news the user's pages show too; in the other order it would send two.
        """
        notice = self._about_order(message) if isinstance(message, OrderNotice) else self._about_identity(message)
        user = self.accounts.get(notice.user_id) if notice else None
        if notice is None or user is None:
            return
        phone = self.vault.open(user.sealed_phone)
        if not self.sent.claim(notice.subject, message.kind, self.clock()):
            return
        try:
            self.sms.send(phone, notice.text(user.language))
        except SmsRefused as refusal:
            # Sent again it would be refused again, until it is a dead letter.
            _log.warning("an SMS was refused for good", extra={"fields": {"subject": notice.subject, "reason": refusal.reason}})
        except Unavailable:
            self.sent.release(notice.subject, message.kind)
            raise

    def _about_order(self, message: OrderNotice) -> Notice | None:
        order = find(self.orders, message.order_id)
        if order.state not in _TRUE_OF[message.kind]:
            return None
        told = as_told(order, self.clock())
        match message.kind:
            case NoticeKind.PAID:
                return self._confirmation(told)
            case NoticeKind.CANCELLED:
                return Notice(order.order_id, order.user_id, self._cancellation(told))
            case NoticeKind.REMINDER:
                return self._reminder(told)
            case NoticeKind.SUBSTITUTED:
                return self._substitution(order)

    def _confirmation(self, order: Order) -> Notice:
        """Confirm the order, or say that it waits for its hospital: of each it is told once."""
        if order.is_unconfirmed:
            return Notice(f"{order.order_id}/waiting", order.user_id, partial(notices.waiting, order))
        return Notice(order.order_id, order.user_id, partial(notices.paid, order, self.clock()))

    def _cancellation(self, order: Order) -> Callable[[Language], Text]:
        if order.cancelled_for is Cause.SCHEDULE_SUSPENDED:
            return partial(notices.suspended, order, self.offers.get(order.visit.schedule_id))
        return partial(notices.cancelled, order)

    def _reminder(self, order: Order) -> Notice | None:
        """Remind of a visit that its hospital expects, on the day of its reminder alone, once."""
        now = self.clock()
        if order.is_unconfirmed or reminded_on(order.visit) != shanghai_date(now):
            return None
        return Notice(f"{order.order_id}/{order.visit.date}", order.user_id, partial(notices.reminder, order, now))

    def _substitution(self, order: Order) -> Notice | None:
        """Tell of the last substitution, once, as soon as it can no longer be taken back; a later one has a message of its own."""
        now = self.clock()
        if not order.substitutions or is_unheard(order, now) or order.visit.date < shanghai_date(now):
            return None
        subject = f"{order.order_id}/{order.substitutions[-1].at.isoformat()}"
        return Notice(subject, order.user_id, partial(notices.substituted, order, now))

    def _about_identity(self, message: IdentityNotice) -> Notice | None:
        identity = self.identities.get(message.user_id)
        true = (message.submission_id, IdentityState(message.kind.value))
        if identity is None or (identity.submission_id, identity.state) != true:
            return None
        return Notice(identity.subject, identity.user_id, partial(_IDENTITY_TEXTS[message.kind], identity))
