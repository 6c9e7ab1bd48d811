"""The orders of each hospital, by the day of the visit."""

from __future__ import annotations

from datetime import date

from guahao.adapters.dynamo.base import use_table
from guahao.adapters.dynamo.orders import OrderItem
from guahao.domain.order_states import OrderState

_AT_ONCE = 100
_COUNTING = (OrderState.AWAITING_PAYMENT.value, OrderState.PAID.value)


class DynamoHospitalOrders:
    """The index of orders by hospital, which lags behind them by seconds at most."""

    def __init__(self, orders_table: str) -> None:
        use_table(OrderItem, orders_table)

    def any_counts(self, hospital_code: str, first: date) -> bool:
        """Tell whether the hospital has an order for this day or a later one whose patient may still come."""
        later = OrderItem.visit >= first.isoformat()
        counting = OrderItem.state.is_in(*_COUNTING)
        return any(OrderItem.by_hospital.query(hospital_code, later, filter_condition=counting, limit=1, page_size=_AT_ONCE))
