"""The whole stack, as `make up` starts it, with a folder, ports and a short hold of its own, its functions held to their permissions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from infra.local.deploy import environment_of_functions
from infra.local.layout import Layout

from tests.servers import CREDENTIALS
from tests.stacks import ENVIRONMENT, control

HOLD_SECONDS = 30
# A test cannot wait a minute for each code, nor ten for a substitution. The rest is as anywhere, for the test of a stranger's attack on a
# login.
PARAMETERS = {
    "HoldSeconds": HOLD_SECONDS,
    "LoginCodesPerPhoneMinute": 100,
    "ChallengeAfterPhoneDay": 3,
    "SubstitutionUnheardSeconds": 10,
}


@dataclass(frozen=True)
class Stack:
    """A running stack: its addresses and demo accounts (`stack.json`), the variables of its functions, and what is closed at its end."""

    folder: Path
    addresses: dict[str, Any]
    variables: dict[str, str]
    closing: ExitStack

    @property
    def layout(self) -> Layout:
        return layout_of(self.folder, self.addresses)

    def pid(self, name: str) -> int:
        processes: dict[str, int] = json.loads((self.folder / "processes.json").read_text())
        return processes[name]


def layout_of(folder: Path, addresses: dict[str, Any]) -> Layout:
    """Return where the parts of a stack answer, by the address of its product."""
    return Layout(folder, int(addresses["api"].rsplit(":", 1)[1]), {}, {})


def refused_calls(folder: Path) -> list[str]:
    """Return what functions logged of calls that their roles do not permit."""
    return [line for line in (folder / "logs" / "functions.log").read_text().splitlines() if "is not authorized to perform" in line]


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("stack")
    parameters = [word for name, value in PARAMETERS.items() for word in ("--parameter", f"{name}={value}")]
    started = control("up", folder, "--port", "0", *parameters, "--enforce-permissions")
    assert started.returncode == 0, started.stdout + started.stderr
    try:
        addresses = json.loads((folder / "stack.json").read_text())
        layout = layout_of(folder, addresses)
        variables = {**ENVIRONMENT, **CREDENTIALS, **environment_of_functions(layout), "AWS_ENDPOINT_URL": layout.aws_url}
        with ExitStack() as closing:
            yield Stack(folder, addresses, variables, closing)
        assert refused_calls(folder) == [], "template.yaml permits these functions too little"
    finally:
        assert control("down", folder).returncode == 0
