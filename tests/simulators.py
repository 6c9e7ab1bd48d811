"""Simulators and small servers for tests, on free ports of 127.0.0.1."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from ssl import SSLContext
from threading import Thread

ROOT = Path(__file__).parents[1]
START_SECONDS = 20.0

Reply = tuple[int, Mapping[str, str], bytes]


@contextmanager
def simulator(name: str, state: Path, *options: str) -> Iterator[str]:
    """Run a simulator in a process of its own and give its URL."""
    port = _free_port()
    command = [sys.executable, "-m", f"infra.simulators.{name}", "--port", str(port), "--state", str(state), *options]
    path = os.pathsep.join((str(ROOT), str(ROOT / "layers/core/python")))
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": path})
    try:
        _wait(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)


@contextmanager
def server(reply: Callable[[str, Mapping[str, str], bytes], Reply], tls: SSLContext | None = None) -> Iterator[str]:
    """Serve requests with a function of path, headers and body, and give the URL."""
    with server_of_methods(lambda _, path, headers, body: reply(path, headers, body), tls) as url:
        yield url


@contextmanager
def server_of_methods(reply: Callable[[str, str, Mapping[str, str], bytes], Reply], tls: SSLContext | None = None) -> Iterator[str]:
    """Serve requests with a function of method, path, headers and body, and give the URL."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, headers, content = reply(self.command, self.path, dict(self.headers.items()), body)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            # A client that has given up waiting is what some tests are about.
            with suppress(ConnectionError):
                self.end_headers()
                self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 - the names that the base class calls

        def log_message(self, format: str, *args: object) -> None:
            """Keep the tests' output quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.daemon_threads = True
        if tls:
            running.socket = tls.wrap_socket(running.socket, server_side=True)
        Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield f"{'https' if tls else 'http'}://127.0.0.1:{running.server_port}"
        finally:
            running.shutdown()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{process.args!r} did not start.")
