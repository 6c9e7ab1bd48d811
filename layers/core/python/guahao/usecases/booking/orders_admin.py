"""The search of orders for administrators."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.errors import NotFound, no_such_hospital
from guahao.domain.periods import require_in_order
from guahao.domain.texts import folded
from guahao.ports.administration.audit_log import AuditLog
from guahao.ports.booking.order_index import OrderIndex, OrderSearch
from guahao.ports.clock import Clock
from guahao.ports.pages import Page
from guahao.ports.vault import Vault
from guahao.usecases.people.login import user_id_of_phone
from guahao.usecases.people.sealing import phone_mark

if TYPE_CHECKING:
    from guahao.contracts.queries import RegistrationQuery

_ORDER_ID = re.compile(r"[a-z2-7]{26}")
_PHONE = re.compile(r"\d{11}", re.ASCII)


@dataclass(frozen=True)
class OrdersAdmin:
    """The orders of all users at all hospitals, as operators see them: who reads many is in the audit log."""

    index: OrderIndex
    log: AuditLog
    vault: Vault
    clock: Clock
    knows_hospital: Callable[[str], bool]

    def find(self, administrator: str, query: RegistrationQuery) -> Page[Order]:
        """Return a page of the orders that fit, or raise Invalid, or NotFound for a hospital that is not there and has no orders.

        A phone is the user's or the patient's.

        Before the page is returned it is noted in the audit log, unless it is of one order or one phone.
        """
        require_in_order(query.first, query.last)
        state = OrderState(query.status) if query.status else None
        code, first, last = query.hospital_code, query.first, query.last
        rest = OrderSearch(hospital_code=code, state=state, first=first, last=last, unconfirmed=query.unconfirmed)
        wanted = self._named(query.q.strip(), rest)
        page = self.index.find(wanted, query.limit, query.cursor)
        if code and not (page.items or page.next_cursor or query.cursor) and not self.knows_hospital(code):
            raise no_such_hospital()
        if page.items and not (wanted.order_id or wanted.by_phone):
            self.log.append(_reading(administrator, wanted, len(page.items)), self.clock())
        return page

    def get(self, order_id: str) -> Order:
        """Return the order or raise NotFound."""
        found = self.index.find(OrderSearch(order_id=order_id), 1, None).items
        if not found:
            raise NotFound("There is no such order. GET /api/admin/orders finds those there are.")
        return found[0]

    def _named(self, text: str, rest: OrderSearch) -> OrderSearch:
        if _ORDER_ID.fullmatch(text):
            return replace(rest, order_id=text)
        if _PHONE.fullmatch(text):
            return replace(rest, phone_mark=phone_mark(self.vault, text), user_id=user_id_of_phone(self.vault, text))
        return replace(rest, name_prefix=folded(text))


def _reading(administrator: str, wanted: OrderSearch, count: int) -> AuditEntry:
    """Return the entry of a page that was read; a patient's name, by which it may have been asked for, is not in it."""
    days = [f"{word} {day}" for word, day in (("from", wanted.first), ("to", wanted.last)) if day]
    state, unconfirmed = wanted.state.value if wanted.state else "", "unconfirmed" if wanted.unconfirmed else ""
    words = [state, unconfirmed, "by name" if wanted.name_prefix else ""]
    told = [f"{count} orders", *days, *filter(None, words)]
    return AuditEntry(administrator, Action.ORDERS_READ, wanted.hospital_code or "all hospitals", ", ".join(told))
