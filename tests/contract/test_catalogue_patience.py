"""A MongoDB that hangs: one deadline for all calls of a request, then a quick refusal for a moment."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from time import perf_counter, sleep

import pytest

from guahao.adapters.mongo import client
from guahao.adapters.mongo.catalog import MongoCatalog
from guahao.domain.errors import Unavailable
from guahao.runtime.serving import request_began, serving


@dataclass
class Hanging:
    """The catalogue behind a server that takes connections and never says a word."""

    catalog: MongoCatalog
    server: socket.socket

    def ask(self) -> float:
        """Ask once, in vain, and return how long that took."""
        started = perf_counter()
        with pytest.raises(Unavailable):
            self.catalog.hospital("10001")
        return perf_counter() - started


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hanging]:
    monkeypatch.setattr(client, "_waiting", client._Waiting())
    client.share_patience(request_began)
    with deaf_server() as server:
        database = client.mongo_database(f"mongodb://127.0.0.1:{server.getsockname()[1]}/guahao")
        yield Hanging(MongoCatalog(database), server)
        database.client.close()


@contextmanager
def deaf_server() -> Iterator[socket.socket]:
    taken: list[socket.socket] = []

    def take() -> None:
        try:
            while True:
                taken.append(server.accept()[0])
        except OSError:
            return

    with socket.create_server(("127.0.0.1", 0)) as server:
        taking = Thread(target=take, daemon=True)
        taking.start()
        yield server
        # Closing alone does not wake who waits in accept, and who is woken late would leave a connection open.
        server.shutdown(socket.SHUT_RDWR)
        taking.join()
    for connection in taken:
        connection.close()


@pytest.mark.slow
def test_all_calls_of_a_request_wait_three_seconds_together_and_whoever_comes_in_the_next_moment_not_at_all(hanging: Hanging) -> None:
    started = perf_counter()
    with serving():
        for _ in range(6):
            hanging.ask()
    assert perf_counter() - started < client.PATIENCE_SECONDS + 0.5
    with serving():
        assert hanging.ask() < 0.1
    sleep(client.MOMENT_SECONDS)
    with serving():
        assert hanging.ask() > 0.5


@pytest.mark.slow
def test_what_is_no_request_waits_for_each_call_and_is_not_refused_for_a_moment(hanging: Hanging) -> None:
    assert hanging.ask() > 0.5
    assert hanging.ask() > 0.5


def test_a_request_that_has_used_up_its_time_is_refused_at_once(hanging: Hanging, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PATIENCE_SECONDS", 0.0)
    with serving():
        assert hanging.ask() < 0.1
