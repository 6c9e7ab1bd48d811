"""Builders of the order use cases: search, effects of changes, no-shows."""

from functools import cache

from guahao.adapters.dynamo.order_item import order_of_image as order_of_image
from guahao.bootstrap import parts
from guahao.contracts.messages import Count, HoldEnd, NoShowCheck, OrderNotice, PartnerCall, Settlement
from guahao.usecases.booking.no_shows import MissedVisits, NoShows
from guahao.usecases.booking.order_changed import OrderChanges
from guahao.usecases.booking.orders_admin import OrdersAdmin


@cache
def orders_admin() -> OrdersAdmin:
    return OrdersAdmin(parts.order_index(), parts.audit_log(), parts.vault(), parts.utc_now, parts.hospital_codes().knows)


@cache
def order_changes() -> OrderChanges:
    return OrderChanges(parts.outbox(Count, HoldEnd, OrderNotice, PartnerCall, Settlement), parts.number_pool(), parts.utc_now)


@cache
def missed_visits() -> MissedVisits:
    return MissedVisits(parts.order_index(), parts.outbox(NoShowCheck), parts.utc_now)


@cache
def no_shows() -> NoShows:
    return NoShows(parts.orders(), parts.order_index(), parts.numbers().of, parts.booking_policy(), parts.utc_now)
