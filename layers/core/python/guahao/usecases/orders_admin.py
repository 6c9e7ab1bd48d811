"""Orders as administrators look for them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from guahao.domain.booking import Order
from guahao.domain.errors import NotFound
from guahao.domain.order_states import OrderState
from guahao.domain.periods import require_in_order
from guahao.ports.booking import OrderPage
from guahao.ports.orders import OrderIndex, OrderSearch
from guahao.ports.vault import Vault
from guahao.usecases.accounts import user_id_of_phone
from guahao.usecases.phones import phone_mark

_ORDER_ID = re.compile(r"[a-z2-7]{26}")
_PHONE = re.compile(r"\d{11}", re.ASCII)


@dataclass(frozen=True)
class OrdersAdmin:
    """The desk of orders: those of all users at all hospitals."""

    index: OrderIndex
    vault: Vault

    def find(
        self, text: str, hospital_code: str, state: str | None, first: date | None, last: date | None, limit: int, cursor: str | None
    ) -> OrderPage:
        """Return a page of orders, or raise Invalid.

        `text` is an order's id, a whole phone number (the user's or the patient's) or how the patient's name begins. The days are those of
        the visit.
        """
        require_in_order(first, last)
        rest = OrderSearch(hospital_code=hospital_code, state=OrderState(state) if state else None, first=first, last=last)
        return self.index.find(self._named(text.strip(), rest), limit, cursor)

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
