"""Check every type in one run, though all functions name their modules alike."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from mypy import api

from infra.functions import FOLDERS, ROOT, names

PATHS = ["layers", "infra", "functions", "bench"]


def faults() -> list[str]:
    """Return what mypy says; it reads each app.py as if it named the schemas of its own folder in full."""
    with TemporaryDirectory() as shadows:
        options = ["--no-error-summary", "--no-pretty"]
        for name in names():
            app, shadow = FOLDERS / name / "app.py", Path(shadows, f"{name}.py")
            own = rf"from {FOLDERS.name}.{name}.\1 import"
            shadow.write_text(re.sub(r"^from (schemas) import", own, app.read_text(), flags=re.MULTILINE))
            options += ["--shadow-file", str(app.relative_to(ROOT)), str(shadow)]
        said, failed, status = api.run([*options, *PATHS])
    return [*said.splitlines(), *failed.splitlines()] or (["mypy failed and did not say why"] if status else [])


def main() -> None:
    """Print every fault and exit with 1 if there is one."""
    os.chdir(ROOT)
    if found := faults():
        sys.exit("\n".join(found))
    print(f"Types hold in {', '.join(PATHS)}.")


if __name__ == "__main__":
    main()
