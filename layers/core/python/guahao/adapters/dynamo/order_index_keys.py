"""The keys of orders in the indexes of their table."""

from __future__ import annotations

from datetime import date
from zlib import crc32

from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.texts import folded

# Orders that would share one partition are spread over so many, so that a rush does not hit a single partition.
SHARDS = 4
# The pattern of what `placed_key` returns.
PLACED = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00#\w+"


def placed_key(order: Order) -> str:
    """Return the sort key by the moment of placing; the id tells orders of the same moment apart."""
    return f"{order.created_at.isoformat(timespec='milliseconds')}#{order.order_id}"


def visit_key(order: Order) -> str:
    """Return the sort key by the day of the visit."""
    return f"{order.visit.date.isoformat()}#{order.order_id}"


def name_key(order: Order) -> str:
    """Return the sort key of orders by the patient's name."""
    return f"{folded(order.holder.name)}#{placed_key(order)}"


def hospital_key(hospital_code: str, state: OrderState) -> str:
    """Return the partition key of a hospital's orders in a state."""
    return f"{hospital_code}#{state.value}"


def state_key(state: OrderState, shard: int) -> str:
    """Return the partition key of one shard of the orders in a state."""
    return f"{state.value}#{shard}"


def day_key(day: date, shard: int) -> str:
    """Return the partition key of one shard of a day's payments or refunds."""
    return f"{day.isoformat()}#{shard}"


def shard_of(order_id: str) -> int:
    """Return the shard of the order, always the same."""
    return crc32(order_id.encode()) % SHARDS
