"""Under which keys the indexes of the orders have them."""

from __future__ import annotations

from datetime import date
from zlib import crc32

from guahao.domain.booking import Order
from guahao.domain.order_states import OrderState

# What all orders of a day would put into one place is spread over so many, so that a rush meets no single partition.
SHARDS = 4
# How `placed_key` looks.
PLACED = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00#\w+"


def placed_key(order: Order) -> str:
    """Return the sort key of orders by the moment they were placed; the id keeps two of one moment apart."""
    return f"{order.created_at.isoformat(timespec='milliseconds')}#{order.order_id}"


def visit_key(order: Order) -> str:
    """Return the sort key of orders by the day of the visit."""
    return f"{order.date.isoformat()}#{order.order_id}"


def name_key(order: Order) -> str:
    """Return the sort key of orders by the patient's name."""
    return f"{order.patient_name}#{placed_key(order)}"


def hospital_key(hospital_code: str, state: OrderState) -> str:
    """Return under which key the orders of a hospital in a state lie."""
    return f"{hospital_code}#{state.value}"


def state_key(state: OrderState, shard: int) -> str:
    """Return under which key one shard of the orders in a state lies."""
    return f"{state.value}#{shard}"


def day_key(day: date, shard: int) -> str:
    """Return under which key one shard of what happened on a day lies."""
    return f"{day.isoformat()}#{shard}"


def shard_of(order_id: str) -> int:
    """Return in which shard an order lies, always the same."""
    return crc32(order_id.encode()) % SHARDS
