"""Files that are written from the code and kept in the repository."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from infra.functions import ROOT


def write_or_check(file: Path, text: str, description: str | None) -> None:
    """Write the file, or with --check on the command line fail if the stored one is another."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the stored file is not current")
    if not parser.parse_args().check:
        file.write_text(text)
    elif not file.exists() or file.read_text() != text:
        sys.exit(f"{file.relative_to(ROOT)} does not describe the routes as they are now: run `make openapi` and commit what it writes.")
