"""The demo data, loaded by the seeding command with the variables of the deployed functions."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from infra.local.deploy import environment_of_functions
from infra.local.layout import REPOSITORY, Layout
from infra.local.problems import StackProblem
from infra.local.services import environment, last_line


async def seed(layout: Layout) -> dict[str, Any]:
    """Bring the demo data up to today and return the demo accounts."""
    accounts = layout.temporary / "accounts.json"
    log = layout.logs / "seed.log"
    variables = await asyncio.to_thread(environment_of_functions, layout)
    with log.open("w") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "infra.seed", "--accounts", str(accounts), "--owner", str(layout.state / "owner.json")),
            cwd=REPOSITORY,
            env={**environment(layout), **variables, "HOSPITAL_SIMULATOR_URL": layout.hospital_url},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            process.kill()
            raise
    if code:
        raise StackProblem(f"Seeding the demo data failed ({last_line(log)}): see {log}.")
    known: dict[str, Any] = json.loads(accounts.read_text())
    return known
