"""Damaged requests that a hospital signed all the same: each is answered, and what cannot be is a problem document."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from random import Random

import pytest
from infra.functions import apis

from guahao.adapters.clock import utc_now
from guahao.runtime.api import Allow
from tests.contract.test_malformed_requests import REQUESTS, SEED, fits_the_wire, good_events, is_problem, told
from tests.functions import signed
from tests.malformed import damaged
from tests.partners import Partner

pytestmark = pytest.mark.slow

HANDLERS = apis()
ROUTES = {
    f"{route.method} {route.path}": (function, route)
    for function, api in HANDLERS.items()
    for route in api.routes
    if route.allow is Allow.HOSPITAL
}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.INFO)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("address", ROUTES)
def test_what_a_hospital_signs_is_answered_however_it_is_damaged(partner: Partner, address: str) -> None:
    function, route = ROUTES[address]
    samples, random = good_events(function, route), Random(f"{SEED} {address}")
    partner.publishes_all()
    unproven = 0
    for number in range(REQUESTS):
        event = signed(damaged(random, route, samples), utc_now(), code=partner.code, key=partner.key)
        answer = HANDLERS[function](event, None)
        assert answer["statusCode"] < 500, told(number, event)
        assert fits_the_wire(answer), told(number, event)
        assert answer["statusCode"] < 400 or is_problem(answer), told(number, event)
        unproven += answer["statusCode"] == 401
    assert unproven == 0
