"""The life of a stack: it starts or says why not, keeps its data, takes up changes, and leaves no process behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from infra.local.layout import LOOPBACK, free_port

from tests.stacks import control

ENDS_WITHIN_SECONDS = 30


@dataclass(frozen=True)
class Home:
    """A folder in which a stack ran before and somebody logged in."""

    folder: Path
    port: int
    token: str

    def start(self) -> str:
        """Start the stack and return what it printed."""
        started = control("up", self.folder, "--port", str(self.port))
        assert started.returncode == 0, started.stdout + started.stderr
        return started.stdout

    def me(self) -> httpx.Response:
        """Ask who the token of the first run speaks for: it needs the saved secret, user and function."""
        url = f"http://{LOOPBACK}:{self.port}/api/me"
        return httpx.get(url, headers={"Authorization": f"Bearer {self.token}"}, timeout=30, trust_env=False)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder, port = tmp_path_factory.mktemp("home"), free_port()
    first = Home(folder, port, "")
    assert "packages changed" in first.start()
    try:
        addresses = json.loads((folder / "stack.json").read_text())
        phone = addresses["accounts"]["patient"]["phone"]
        with httpx.Client(base_url=addresses["api"], timeout=30, trust_env=False) as visitor:
            asked = visitor.post("/api/login-codes", json={"phone": phone})
            assert asked.status_code == 202
            sms = visitor.get("/sms", params={"phone": phone}).json()[0]["message"]
            code = next(word for word in sms.replace("，", " ").split() if word.isdigit())
            told = {"phone": phone, "code": code, "requestId": asked.json()["requestId"]}
            token = visitor.post("/api/sessions", json=told).json()["token"]
    finally:
        assert control("down", folder).returncode == 0
    return Home(folder, port, token)


@pytest.fixture
def stopped(home: Home) -> Iterator[Home]:
    yield home
    control("down", home.folder)


def test_a_taken_port_is_one_sentence_and_exit_code_1(tmp_path: Path) -> None:
    port = free_port()
    with socket.socket() as other:
        other.bind((LOOPBACK, port + 2))
        other.listen()
        refused = control("up", tmp_path, "--port", str(port))
    said = (refused.stdout + refused.stderr).strip().splitlines()
    assert refused.returncode == 1
    assert [line for line in said if line.startswith("✗")] == [line for line in said if line != "Stopped."]
    assert len(said) <= 2
    assert f"Port {port + 2}, needed for Redis, is taken" in said[0]


def test_a_command_for_a_stack_that_does_not_run_is_one_sentence(tmp_path: Path) -> None:
    refused = control("update", tmp_path)
    assert (refused.returncode, refused.stdout) == (1, "✗ The stack does not run: start it with `make run` or `make up`.\n")


def test_data_survive_and_a_second_start_deploys_nothing(stopped: Home) -> None:
    printed = stopped.start()
    assert "packages changed" not in printed
    assert "stack guahao" not in printed
    assert stopped.me().json()["phone"].endswith("0001")
    assert "nothing has changed" in control("update", stopped.folder).stdout


def test_an_interrupt_ends_every_process_of_the_stack(stopped: Home) -> None:
    stopped.start()
    assert stopped.me().status_code == 200
    processes = json.loads((stopped.folder / "processes.json").read_text())
    launcher = processes["launcher"]
    family = {launcher, *descendants(launcher)}
    # The servers, and a Lambda worker each for the authorizer and the function.
    assert family > set(processes.values())
    assert len(family) >= len(processes) + 2
    os.kill(launcher, signal.SIGINT)
    end = time.monotonic() + ENDS_WITHIN_SECONDS
    while family & running() and time.monotonic() < end:
        time.sleep(0.1)
    assert not family & running()
    assert not (stopped.folder / "stack.json").exists()
    assert not (stopped.folder / "tmp").exists()


def descendants(process: int) -> set[int]:
    """Return the process ids of the children of a process, of their children, and so on."""
    children = {pid for pid, parent in parents().items() if parent == process}
    return children.union(*(descendants(child) for child in children))


def running() -> set[int]:
    return set(parents())


def parents() -> dict[int, int]:
    """Return the parent of every process that has not ended."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    return {int(pid): int(parent) for pid, parent, state in rows if not state.startswith("Z")}
