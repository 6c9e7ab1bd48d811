"""Private stacks for tests, driven by the same commands as a person's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.servers import ROOT

# Nothing of this process's own settings reaches the stack.
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "PYTHONPATH": f"{ROOT}/layers/core/python"}
TAKES_AT_MOST_SECONDS = 200


def control(command: str, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m infra.local COMMAND` for the stack that lives in the folder."""
    words = [sys.executable, "-m", "infra.local", command, "--state", str(folder), *options]
    return subprocess.run(words, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, timeout=TAKES_AT_MOST_SECONDS)
