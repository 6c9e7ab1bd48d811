"""The table of who may call what is current and says what the routes say."""

from __future__ import annotations

import sys

import pytest
from infra import permissions
from infra.permissions import CALLERS, DOCUMENT, may_call

from guahao.runtime.api import Allow

STORED = DOCUMENT.read_text()
EXPECTED = {
    Allow.ANYONE: set(CALLERS),
    Allow.USER: {"user"},
    Allow.ADMINISTRATOR: {"operator", "auditor", "owner"},
    Allow.OPERATOR: {"operator", "owner"},
    Allow.AUDITOR: {"auditor", "owner"},
    Allow.OWNER: {"owner"},
    Allow.PROVIDER: {"provider"},
    Allow.HOSPITAL: {"hospital"},
}


def test_the_stored_table_is_current(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["permissions", "--check"])
    permissions.main()


def test_a_stale_table_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["permissions", "--check"])
    monkeypatch.setattr(permissions, "document", lambda: STORED + "| more |\n")
    with pytest.raises(SystemExit, match=r"infra/permissions\.md .* run `make openapi`"):
        permissions.main()


def test_every_kind_of_route_is_decided_on() -> None:
    assert set(EXPECTED) == set(Allow)


@pytest.mark.parametrize("allow", Allow)
def test_a_route_opens_to_whom_it_allows_and_to_nobody_else(allow: Allow) -> None:
    assert {caller for caller in CALLERS if may_call(allow, caller)} == EXPECTED[allow]


def test_an_administrators_address_opens_to_no_user_and_a_users_own_to_no_administrator() -> None:
    for address, callers in callers_by_address().items():
        if "/api/me" in address or "/api/orders" in address:
            assert callers == {"user"}, address
        elif "/api/admin/" in address and address != "POST /api/admin/sessions":
            assert {"owner"} <= callers <= {"operator", "auditor", "owner"}, address


def callers_by_address() -> dict[str, set[str]]:
    """Return those who may call each address of the stored table."""
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in STORED.splitlines() if line.startswith("|")]
    return {row[0]: {caller for caller, mark in zip(CALLERS, row[1:], strict=True) if mark} for row in cells[2:]}
