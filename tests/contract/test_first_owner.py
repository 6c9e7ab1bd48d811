"""The first owner, made by a command, and the demo's: their credentials are in a file of mode 0600 and nowhere else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from stat import S_IMODE
from time import time
from uuid import uuid4

import pytest
from infra.secret_files import new_secret_file
from infra.seed import owner as demo
from pyotp import TOTP

from guahao.bootstrap.administration.administrators import administration, administrator_session_service
from guahao.domain.administration.administrators import COMMAND, Role
from guahao.domain.errors import WrongCredentials
from tests.functions import forget_use_cases
from tests.servers import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def environment(aws: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Build the use cases anew, with a demo owner of the test's own."""
    monkeypatch.setattr(demo, "USERNAME", f"demo-{uuid4().hex[:16]}")
    forget_use_cases()
    yield
    forget_use_cases()


@pytest.fixture
def name() -> str:
    return f"owner-{uuid4().hex[:16]}"


def create_owner(aws: dict[str, str], *words: str) -> tuple[int, str]:
    """Run the command as a person does and return its exit code and all it said."""
    path = f"{ROOT / 'layers' / 'core' / 'python'}"
    command = [sys.executable, "-m", "infra.operate", "create-owner", *words]
    run = subprocess.run(command, cwd=ROOT, env={**os.environ, **aws, "PYTHONPATH": path}, capture_output=True, text=True, timeout=60)
    return run.returncode, run.stdout + run.stderr


def logs_in(credentials: dict[str, str], steps_later: int = 0) -> bool:
    """Tell whether these credentials open a session."""
    code = TOTP(credentials["totpSecret"]).at(time(), counter_offset=steps_later)
    try:
        administrator_session_service().log_in(credentials["username"], credentials["password"], code, "127.0.0.1")
    except WrongCredentials:
        return False
    return True


def test_the_command_makes_an_owner_and_tells_nothing_but_the_file(aws: dict[str, str], tmp_path: Path, name: str) -> None:
    file = tmp_path / "owner.json"
    code, said = create_owner(aws, "--username", name, "--credentials", str(file))
    assert (code, said) == (0, f"{file} has the credentials of {name} (owner).\n")
    assert S_IMODE(file.stat().st_mode) == 0o600
    credentials = json.loads(file.read_text())
    assert set(credentials) == {"username", "password", "totpSecret", "totpUri"}
    assert logs_in(credentials)
    administrator = administration().administrators.get(name)
    assert administrator
    assert administrator.role is Role.OWNER


def test_the_command_overwrites_no_file_and_makes_nobody_then(aws: dict[str, str], tmp_path: Path, name: str) -> None:
    file = tmp_path / "owner.json"
    file.write_text("mine")
    code, said = create_owner(aws, "--username", name, "--credentials", str(file))
    assert (code, said) == (1, f"{file} exists already and is left as it is: name a file that does not.\n")
    assert file.read_text() == "mine"
    assert administration().administrators.get(name) is None


def test_a_command_that_fails_leaves_no_file(aws: dict[str, str], tmp_path: Path, name: str) -> None:
    administration().create(COMMAND, name, Role.OWNER)
    file = tmp_path / "owner.json"
    code, said = create_owner(aws, "--username", name, "--credentials", str(file))
    assert (code, said) == (1, "An administrator has this name already. Choose another.\n")
    assert not file.exists()


def test_the_command_gives_an_owner_who_lost_them_new_credentials(aws: dict[str, str], tmp_path: Path, name: str) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    assert create_owner(aws, "--username", name, "--credentials", str(first))[0] == 0
    assert create_owner(aws, "--username", name, "--credentials", str(second), "--reset")[0] == 0
    assert not logs_in(json.loads(first.read_text()))
    assert logs_in(json.loads(second.read_text()))


def test_the_demo_owner_keeps_the_credentials_across_starts(tmp_path: Path) -> None:
    file = tmp_path / "owner.json"
    first = demo.demo_owner(file)
    assert S_IMODE(file.stat().st_mode) == 0o600
    assert demo.demo_owner(file) == first == json.loads(file.read_text())
    assert logs_in(first)


@pytest.mark.parametrize("content", [None, "", '{"username": "demo-owner", "password": "of another life"}'])
def test_a_demo_owner_whose_file_is_lost_or_stale_gets_new_credentials(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "owner.json"
    first = demo.demo_owner(file)
    if content is None:
        file.unlink()
    else:
        file.write_text(content)
    second = demo.demo_owner(file)
    assert json.loads(file.read_text()) == second
    assert not logs_in(first)
    assert logs_in(second)


def test_a_demo_owner_whose_data_are_gone_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "owner.json"
    first = demo.demo_owner(file)
    monkeypatch.setattr(demo, "USERNAME", f"demo-{uuid4().hex[:16]}")
    second = demo.demo_owner(file)
    assert second["password"] != first["password"]
    assert logs_in(second)


def test_a_secret_file_that_could_not_be_filled_is_gone(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    with pytest.raises(RuntimeError), new_secret_file(file):
        raise RuntimeError
    assert not file.exists()
