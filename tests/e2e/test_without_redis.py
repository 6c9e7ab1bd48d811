"""Redis dies under the running stack: booking goes on, and nothing is wrong when it comes back."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor

from tests.e2e.client import Visitor, eventually, set_stage
from tests.e2e.conftest import Stack
from tests.servers import redis_server


def test_a_race_without_redis_sells_each_number_once(stack: Stack) -> None:
    stage = set_stage(stack, 4, 13700000000, 8)
    visitors = [Visitor(stack, person["phone"], person["patientId"]).log_in() for person in stage.people]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda visitor: visitor.http.get("/api/orders"), visitors))
    port = stack.layout.own_ports()["Redis"]
    os.kill(stack.pid("redis"), signal.SIGKILL)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda visitor: visitor.book(stage.schedule_id), visitors))
    assert sorted(a.json()["number"] for a in answers if a.status_code == 201) == [1, 2, 3, 4]
    assert [a.json()["type"] for a in answers if a.status_code != 201] == ["urn:guahao:problem:sold-out"] * 4
    assert visitors[0].free(stage.schedule_id) == 0
    unknown = visitors[0].http.post("/api/login-codes", json={"phone": "13700009999"})
    assert (unknown.status_code, unknown.headers["Content-Type"]) == (503, "application/problem+json")

    # It serves the tests that come after this one, too.
    stack.closing.enter_context(redis_server(port))
    assert visitors[0].free(stage.schedule_id) == 0
    owner, order_id = next((v, a.json()["orderId"]) for v, a in zip(visitors, answers, strict=True) if a.status_code == 201)
    assert owner.cancel(order_id).json()["state"] == "cancelled"
    eventually(lambda: visitors[0].free(stage.schedule_id) >= 1)
    assert owner.book(stage.schedule_id).status_code == 201
