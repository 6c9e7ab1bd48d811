"""Private stacks for tests, driven by the same commands as a person's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.servers import ROOT

# What this process has of servers must not replace the stack's own.
SERVERS = {"AWS_ENDPOINT_URL", "REDIS_URL", "MONGODB_URL"}
OWN = {name: value for name, value in os.environ.items() if name not in SERVERS}
ENVIRONMENT = {**OWN, "PYTHONPATH": f"{ROOT}/layers/core/python"}
TAKES_AT_MOST_SECONDS = 200


def control(command: str, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m infra.local COMMAND` for the stack that lives in the folder."""
    words = [sys.executable, "-m", "infra.local", command, "--state", str(folder), *options]
    return subprocess.run(words, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, timeout=TAKES_AT_MOST_SECONDS)
