"""Puts visits into the past, as if they had been booked long ago: the one thing that nobody can do over HTTP.

Run as `python -m tests.e2e.past ORDER_ID=DAYS_AGO …` with the functions' variables.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta

from guahao.adapters.clock import utc_now
from guahao.bootstrap import parts
from guahao.domain.time import shanghai_date
from tests.builders import altered


def main() -> None:
    orders, today = parts.orders(), shanghai_date(utc_now())
    for order_id, days_ago in (argument.split("=") for argument in sys.argv[1:]):
        order, visit = orders.get(order_id), today - timedelta(days=int(days_ago))
        assert order, order_id
        ledger = orders.ledger(order.holder.person)
        bookings = tuple(replace(booked, date=visit) if booked.order_id == order_id else booked for booked in ledger.bookings)
        orders.move(order, altered(order, date=visit, version=order.version + 1), replace(ledger, bookings=bookings))


if __name__ == "__main__":
    main()
