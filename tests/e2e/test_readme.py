"""The README's curl session does what it says, and leaves nothing that would refuse a second one."""

from __future__ import annotations

import json
import re
import subprocess

from tests.e2e.conftest import Stack
from tests.servers import ROOT


def test_the_curl_session_of_the_readme_books_pays_and_cancels_a_number(stack: Stack) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    session = next(block for block in blocks if "Idempotency-Key" in block).replace(".local/stack.json", str(stack.folder / "stack.json"))
    done = subprocess.run(["bash", "-euc", session], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    told = done.stdout[done.stdout.index('{\n  "state"') :]
    shown, end = json.JSONDecoder().raw_decode(told)
    assert shown["state"] == "paid"
    assert shown["checkInPlace"]
    assert json.loads(told[end:])["state"] == "cancelled"
