"""A packed function under awslambdaric, Amazon's own runtime client, with a Runtime API of ours on 127.0.0.1."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import distribution
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from time import time
from typing import Any
from uuid import uuid4

ANSWERS_WITHIN_SECONDS = 60
# What Amazon's image brings and our layers do not.
CLIENT = ("awslambdaric", "simplejson", "snapshot-restore-py")
NEXT = "/2018-06-01/runtime/invocation/next"


@dataclass(frozen=True)
class Answered:
    """How a function answered an event: with an answer, an error, or an error of its start; `body` is as it was sent."""

    kind: str
    body: bytes

    @property
    def content(self) -> Any:
        """The answer; raises UnicodeDecodeError or ValueError if it is not JSON in UTF-8."""
        return json.loads(self.body.decode())


@dataclass
class RuntimeApi:
    """The two queues between the test and the function."""

    events: Queue[dict[str, Any]] = field(default_factory=Queue)
    answers: Queue[Answered] = field(default_factory=Queue)


@dataclass(frozen=True)
class Running:
    """A function that runs and has not ended."""

    api: RuntimeApi
    log: Path
    process: subprocess.Popen[bytes]

    def invoke(self, event: Mapping[str, Any]) -> Answered:
        """Hand the event over and return the answer."""
        self.api.events.put(dict(event))
        for _ in range(ANSWERS_WITHIN_SECONDS):
            with suppress(Empty):
                return self.api.answers.get(timeout=1)
            if self.process.poll() is not None:
                raise AssertionError(f"The function has ended with {self.process.returncode}: {self.log.read_text()[-2000:]}")
        raise AssertionError(f"The function did not answer within {ANSWERS_WITHIN_SECONDS} s: {self.log.read_text()[-2000:]}")

    def lines(self) -> list[str]:
        """Return what the function has printed."""
        return [line for line in self.log.read_text().splitlines() if line.strip()]


def handler_of(api: RuntimeApi) -> type[BaseHTTPRequestHandler]:
    """Return the handler of the Runtime API's three requests."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert self.path == NEXT
            event = json.dumps(api.events.get()).encode()
            self.send_response(200)
            deadline = str(int((time() + ANSWERS_WITHIN_SECONDS) * 1000))
            arn = "arn:aws:lambda:us-east-1:000000000000:function:guahao"
            names = ("Lambda-Runtime-Aws-Request-Id", "Lambda-Runtime-Deadline-Ms", "Lambda-Runtime-Invoked-Function-Arn")
            for name, value in zip(names, (str(uuid4()), deadline, arn), strict=True):
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(event)))
            self.end_headers()
            self.wfile.write(event)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kind = "answer" if self.path.endswith("/response") else "error" if "/invocation/" in self.path else "no start"
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()
            api.answers.put(Answered(kind, body))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


def unpack(archives: Mapping[str, Path], folder: Path) -> dict[str, Path]:
    """Unpack each archive into a folder of its own."""
    unpacked = {name: folder / name for name in archives}
    for name, archive in archives.items():
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(unpacked[name])
    return unpacked


def client_folder(folder: Path) -> Path:
    """Copy the runtime client alone, so that no other package of this environment hides what a layer lacks."""
    for name in CLIENT:
        for file in distribution(name).files or ():
            place = folder / str(file)
            if ".dist-info" not in str(file) and "__pycache__" not in str(file) and folder in place.resolve().parents:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(Path(str(file.locate())).read_bytes())
    return folder


@contextmanager
def running(task: Path, layers: list[Path], client: Path, variables: Mapping[str, str], log: Path) -> Iterator[Running]:
    """Run a function as Lambda does, with its own variables and no package but those of its layers."""
    api = RuntimeApi()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(api))
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    path = ":".join(str(folder) for folder in (task, *(layer / "python" for layer in layers), client))
    runtime = {
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_port}",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_NAME": task.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "LAMBDA_TASK_ROOT": str(task),
        "_HANDLER": "app.handler",
        "PYTHONPATH": path,
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PATH": "/usr/bin:/bin",
    }
    command = [getattr(sys, "_base_executable", sys.executable), "-S", "-m", "awslambdaric", "app.handler"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=task, env={**variables, **runtime}, stdout=output, stderr=output)
    try:
        yield Running(api, log, process)
    finally:
        process.kill()
        process.wait()
        server.shutdown()
        server.server_close()
