"""The reference for hospitals' engineers says what is so: its vectors, its curl session, its bodies and its tables."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from infra.simulators.hospital.app import Simulator
from infra.simulators.hospital.faults import MODES
from infra.simulators.hospital.shapes import KINDS, read_entries
from starlette.routing import Route

from guahao.domain.hospitals.signing import sign
from tests.platforms import StandInPlatform
from tests.servers import ROOT

REFERENCE = (ROOT / "infra/simulators/hospital/README.md").read_text("utf-8")
NEEDED = ("bash", "openssl", "curl")


def rows_under(heading: str) -> list[list[str]]:
    """Return the cells of the first table after the heading."""
    lines = REFERENCE.split(heading, 1)[1].splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("|---"))
    rows = []
    for line in lines[start + 1 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def test_the_vectors_are_what_the_product_computes() -> None:
    named = re.search(r"Key `(.+?)`, timestamp `(.+?)`, nonce `(.+?)`", REFERENCE)
    assert named
    rows = rows_under("### Test vectors")
    assert len(rows) == 5
    for cells in rows:
        method, path, body, signature = (cell.strip("`") for cell in cells)
        assert sign(named[1], method, path, named[2], named[3], b"" if body == "none" else body.encode()) == signature


@pytest.mark.skipif(not all(map(shutil.which, NEEDED)), reason=f"needs {', '.join(NEEDED)}")
def test_the_curl_schedule_is_believed_by_a_platform() -> None:
    schedule = re.search(r"```bash\n(.*?)```", REFERENCE, re.DOTALL)
    assert schedule
    platform = StandInPlatform({"10001": "0123 the key's text ~"})
    with platform.serve() as address:
        variables = f'PLATFORM={address} CODE=10001 KEY="0123 the key\'s text ~"\n'
        clean = {"PATH": os.environ["PATH"], "no_proxy": "*", "LANG": "C.UTF-8"}
        done = subprocess.run(["bash", "-euc", variables + schedule[1]], capture_output=True, text=True, timeout=60, env=clean)
    assert done.returncode == 0, done.stderr
    assert [(method, status) for method, _, status in platform.calls] == [("PUT", 200), ("GET", 200)]
    assert platform.list_of("10001", "departments")["0101"]["name"] == "心血管内科"


@pytest.mark.parametrize("kind", list(KINDS))
def test_each_body_is_one_that_can_be_published(kind: str) -> None:
    body = re.search(rf"```json {kind}\n(.*?)```", REFERENCE, re.DOTALL)
    assert body
    assert len(read_entries(KINDS[kind], "10001", body[1].encode())) == 1


def test_the_modes_and_calls_of_the_simulator_are_listed(tmp_path: Path) -> None:
    assert [cells[0].strip("`") for cells in rows_under("| Mode | The hospital's system |\n")] == list(MODES)
    listed = set(re.findall(r"`((?:GET|PUT|POST|DELETE) /[^`]*)`", REFERENCE.split("## The simulator")[1]))
    there = asyncio.run(calls_of(Simulator(tmp_path)))
    # Pages are for people, and what the platform calls stands in a table of its own.
    assert listed == {c for c in there if not re.search(r"^HEAD|/desk|^GET /$|^POST /orders", c)}


async def calls_of(simulator: Simulator) -> set[str]:
    app = simulator.app()
    async with app.router.lifespan_context(app):
        return {f"{method} {route.path}" for route in app.routes if isinstance(route, Route) for method in route.methods or ()}
