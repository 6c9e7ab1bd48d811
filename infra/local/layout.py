"""Where a stack keeps its files, and at which addresses it answers."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.local.problems import StackProblem

REPOSITORY = Path(__file__).resolve().parents[2]
LOOPBACK = "127.0.0.1"
REGION = "us-east-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}

# In the order of their ports, counted from the product's own.
PARTS = ("the product", "the AWS endpoint", "Redis", "MongoDB", "the payment simulator", "the hospital simulator")


@dataclass(frozen=True)
class Layout:
    """One stack: its folder, its first port, the servers outside that replace its own, and the address of this machine that it binds to."""

    folder: Path
    port: int
    parameters: Mapping[str, str]
    external: Mapping[str, str]
    enforce_permissions: bool = False
    host: str = LOOPBACK

    @classmethod
    def of(cls, folder: Path, port: int, parameters: Mapping[str, str], enforce_permissions: bool = False, host: str = LOOPBACK) -> Layout:
        """Describe the stack, with the replacements that the environment names."""
        names = ("AWS_ENDPOINT_URL", "REDIS_URL", "MONGODB_URL")
        external = {name: os.environ[name] for name in names if os.environ.get(name)}
        return cls(folder.resolve(), port or free_port(), parameters, external, enforce_permissions, host)

    @property
    def address(self) -> str:
        return self.url(0)

    @property
    def aws_url(self) -> str:
        return self.external.get("AWS_ENDPOINT_URL", self.url(1))

    @property
    def redis_url(self) -> str:
        return self.external.get("REDIS_URL", f"redis://{self.host}:{self.port + 2}/0")

    @property
    def mongodb_url(self) -> str:
        return self.external.get("MONGODB_URL", f"mongodb://{self.host}:{self.port + 3}/guahao")

    @property
    def payment_url(self) -> str:
        return self.url(4)

    @property
    def hospital_url(self) -> str:
        return self.url(5)

    def url(self, offset: int) -> str:
        return f"http://{self.host}:{self.port + offset}"

    @property
    def state(self) -> Path:
        """The data: what `reset` empties."""
        return self.folder / "state"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def functions_log(self) -> Path:
        """What functions have printed since the latest start, each line behind the function's name."""
        return self.logs / "functions.log"

    @property
    def temporary(self) -> Path:
        return self.folder / "tmp"

    @property
    def addresses_file(self) -> Path:
        """There exactly while the stack is ready."""
        return self.folder / "stack.json"

    @property
    def processes_file(self) -> Path:
        """Names the process of each part, from the start to an orderly end."""
        return self.folder / "processes.json"

    @property
    def outside_file(self) -> Path:
        """Names the servers outside that the latest start used, so that every shell finds them."""
        return self.folder / "outside.json"

    @property
    def lock_file(self) -> Path:
        """Held and filled with its process id by the one launcher of this folder."""
        return self.folder / "launcher.pid"

    @property
    def build(self) -> Path:
        """Packages by content: one cache for all stacks of the repository."""
        return REPOSITORY / ".local" / "build"

    def own_ports(self) -> dict[str, int]:
        """The ports this stack itself opens, by what answers there."""
        replaced = {"the AWS endpoint": "AWS_ENDPOINT_URL", "Redis": "REDIS_URL", "MongoDB": "MONGODB_URL"}
        return {part: self.port + n for n, part in enumerate(PARTS) if replaced.get(part) not in self.external}


def check_ports(ports: Mapping[str, int], patience: float = 0, host: str = LOOPBACK) -> None:
    """Refuse to start on a port that somebody else has, and still has when the patience ends."""
    if not is_free(0, host):
        raise StackProblem(f"{host} is no address of this machine: choose another for --host, or leave it out.")
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and not all(is_free(port, host) for port in ports.values()):
        time.sleep(0.05)
    for part, port in ports.items():
        if not is_free(port, host):
            raise StackProblem(
                f"Port {port}, needed for {part}, is taken by another program: stop it, or choose another row of six ports, "
                f"for example `GUAHAO_PORT={other_row(ports)} make run`."
            )


def other_row(ports: Mapping[str, int]) -> int:
    """Suggest a first port well away from the taken one."""
    first = min(ports.values())
    return first + 1000 if first < 60000 else first - 1000


def is_free(port: int, host: str = LOOPBACK) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Find the first of six free ports in a row."""
    while True:
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            port: int = probe.getsockname()[1]
        if port + len(PARTS) < 65536 and all(is_free(port + n) for n in range(len(PARTS))):
            return port


def clean_environment(layout: Layout) -> dict[str, str]:
    """Return what a child of the stack may see: no proxies, no Python switches, no real credentials."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TERM") if name in os.environ}
    return {
        **kept,
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "TMPDIR": str(layout.temporary),
        **CREDENTIALS,
        "AWS_ENDPOINT_URL": layout.aws_url,
    }
