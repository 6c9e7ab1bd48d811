"""The search of orders for administrators."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.errors import NotFound
from guahao.domain.periods import require_in_order
from guahao.ports.booking.order_index import OrderIndex, OrderSearch
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
    """The orders of all users at all hospitals, as operators see them."""

    index: OrderIndex
    vault: Vault

    def find(self, query: RegistrationQuery) -> Page[Order]:
        """Return a page of the orders that fit, or raise Invalid; a phone is the user's or the patient's."""
        require_in_order(query.first, query.last)
        state = OrderState(query.status) if query.status else None
        rest = OrderSearch(hospital_code=query.hospital_code, state=state, first=query.first, last=query.last)
        return self.index.find(self._named(query.q.strip(), rest), query.limit, query.cursor)

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
        return replace(rest, name_prefix=text)
