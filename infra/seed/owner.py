"""The demo's owner, whose credentials are drawn for each machine and kept beside its data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from guahao.bootstrap.administration.administrators import administration
from infra.operate.owner import create_owner, reset_credentials, written
from infra.secret_files import new_secret_file

USERNAME = "demo-owner"


def demo_owner(file: Path) -> dict[str, str]:
    """Make sure that the owner can log in with what the file says, and return that; what fits already is kept."""
    owner, kept = administration().administrators.get(USERNAME), _kept(file)
    if owner and kept and administration().passwords.fits(owner.password_hash, kept["password"]):
        return kept
    file.unlink(missing_ok=True)
    with new_secret_file(file) as new:
        credentials = written(reset_credentials(USERNAME) if owner else create_owner(USERNAME))
        json.dump(credentials, new, indent=2)
    return credentials


def _kept(file: Path) -> dict[str, str] | None:
    try:
        kept: dict[str, Any] = json.loads(file.read_text())
    except (FileNotFoundError, ValueError):  # lost, or never finished
        return None
    return kept
