"""The commands of who runs the platform, on real servers."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import Any

import pytest
from infra.operate.__main__ import main

from guahao.adapters.dynamo.audit_log import AuditEntryItem, DynamoAuditLog
from guahao.domain.administration.audit_log import Action, AuditEntry

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def log(audit_log_table: str) -> DynamoAuditLog:
    """Give a log with two entries of one day and one of the next."""
    log = DynamoAuditLog(audit_log_table)
    for day in (2, 2, 3):
        log.append(AuditEntry("auditor-1", Action.IDENTITY_VIEWED, "u1"), NOW.replace(day=day))
    return log


@pytest.fixture
def operate(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], audit_log_table: str) -> Any:
    """Give what runs a command line and returns its exit code and what it said."""
    monkeypatch.setenv("AUDIT_LOG_TABLE", audit_log_table)

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["operate", *words])
        code = main()
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def test_a_whole_log_is_told_with_its_last_hash(operate: Any, log: DynamoAuditLog) -> None:
    head = log.head()
    assert head
    told = f"In order: 3 entries, days: 2.\nThe last is entry 1 of 2026-03-03. Its hash: {head.hash}\n"
    assert operate("verify-audit-log") == (0, told)
    assert operate("verify-audit-log", "--noted", head.hash) == (0, told)


def test_an_empty_log_is_whole(operate: Any) -> None:
    assert operate("verify-audit-log") == (0, "In order: 0 entries, days: 0.\n")


def test_the_first_fault_is_told_with_its_place(operate: Any, log: DynamoAuditLog) -> None:
    AuditEntryItem.get("2026-03-02", 2).update(actions=[AuditEntryItem.subject.set("u2")])
    code, said = operate("verify-audit-log")
    assert code == 1
    assert said.startswith("In order: 1 entries, days: 1.\nEntry 2 of 2026-03-02: its content does not fit its hash")


def test_a_noted_hash_that_is_gone_is_a_fault(operate: Any, log: DynamoAuditLog) -> None:
    code, said = operate("verify-audit-log", "--noted", "f" * 64)
    assert (code, said.splitlines()[-1]) == (1, "No entry has the noted hash: the log was rewritten.")


def test_a_prefix_takes_missing_variables_from_what_the_stacks_export(
    operate: Any, aws: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    variables = {**os.environ, "VAULT_KEY": "given"}
    del variables["AUDIT_LOG_TABLE"]
    monkeypatch.setattr(os, "environ", variables)
    code, said = operate("--prefix", "other", "verify-audit-log")
    assert (code, "AUDIT_LOG_TABLE is not set" in said) == (1, True)
    assert operate("--prefix", "guahao", "verify-audit-log")[0] == 0
    assert (variables["AUDIT_LOG_TABLE"], variables["VAULT_KEY"]) == (aws["AUDIT_LOG_TABLE"], "given")
