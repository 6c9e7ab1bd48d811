"""The index of a hospital's orders by state and day of the visit."""

from __future__ import annotations

from datetime import date

from guahao.adapters.dynamo.base import use_table
from guahao.adapters.dynamo.order_index_keys import hospital_key
from guahao.adapters.dynamo.order_item import OrderItem
from guahao.domain.booking.order_states import OrderState

# In this order, so that an order paid between the two requests is found by the second one.
_COUNTING = (OrderState.AWAITING_PAYMENT, OrderState.PAID)


class DynamoHospitalOrders:
    """The index of orders by hospital, which lags by seconds at most."""

    def __init__(self, orders_table: str) -> None:
        use_table(OrderItem, orders_table)

    def any_counts(self, hospital_code: str, first: date) -> bool:
        """Tell whether the hospital has an order for this day or a later one whose patient may still come."""
        later = OrderItem.visit >= first.isoformat()
        keys = (hospital_key(hospital_code, state) for state in _COUNTING)
        return any(entry for key in keys for entry in OrderItem.by_hospital.query(key, later, limit=1))
