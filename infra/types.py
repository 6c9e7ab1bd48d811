"""Check every type: layers and infra together, then each function by itself, because all name their modules alike."""

from __future__ import annotations

import os
import sys

from mypy import api

from infra.functions import FOLDERS, ROOT, names

TOGETHER = ["layers", "infra"]


def faults_of(paths: list[str], search_path: str = "") -> list[str]:
    """Return what mypy says against the paths; own modules are also looked for in `search_path`."""
    os.environ["MYPYPATH"] = search_path
    said, failed, status = api.run(["--no-error-summary", "--no-pretty", *paths])
    return [*said.splitlines(), *failed.splitlines()] or (["mypy failed and did not say why"] if status else [])


def main() -> None:
    """Print every fault and exit with 1 if there is one."""
    os.chdir(ROOT)
    faults = faults_of(TOGETHER)
    for name in names():
        folder = str((FOLDERS / name).relative_to(ROOT))
        faults += faults_of([folder], folder)
    if faults:
        sys.exit("\n".join(faults))
    print(f"Types hold in {', '.join(TOGETHER)} and {len(names())} functions.")


if __name__ == "__main__":
    main()
