"""Paid orders that their hospital has not confirmed are found, whatever else is asked for."""

from __future__ import annotations

import pytest

from guahao.domain.hospitals.partner_calls import HospitalRecord
from guahao.ports.booking.order_index import OrderSearch
from tests.contract.test_order_index import Store, in_state
from tests.contract.test_order_index import store as store

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("limit", [1, 20])
def test_what_is_paid_and_unconfirmed_is_found_by_every_way(store: Store, limit: int) -> None:
    own = [in_state(store.order(n), "paid" if n % 4 else None) for n in range(24)]
    own = [order.with_record(HospitalRecord(order.order_id, order.created_at, "一楼")) if n % 3 else order for n, order in enumerate(own)]
    store.write(own)
    for key in ({"name_prefix": store.family}, {"phone_mark": store.phone(0)}, {"hospital_code": store.hospital(0)}, {}):
        wanted = OrderSearch(first=store.day, last=store.day, unconfirmed=True, **key)  # type: ignore[arg-type]
        fitting = {order.order_id for order in own if wanted.fits(order)}
        assert fitting
        assert {order.order_id for order in store.all(wanted, limit)} == {order.order_id for order in store.index.each(wanted)} == fitting
