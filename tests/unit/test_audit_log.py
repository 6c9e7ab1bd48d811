"""The audit log is a chain in which no change goes unnoticed, and is looked up by days and actor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from guahao.contracts.queries import AuditLogQuery
from guahao.domain.administration.administrators import Role
from guahao.domain.administration.audit_log import BEGINNING, Action, AuditEntry, ChainHead, SealedEntry, fault_of, seal_after
from guahao.domain.errors import Invalid
from guahao.usecases.administration.audit_log import AuditLogReader, verify
from tests.builders import NOW
from tests.fakes.audit_log import FakeAuditLog
from tests.fakes.clock import FakeClock

TODAY = date(2026, 3, 2)
DEED = AuditEntry("auditor-1", Action.IDENTITY_REJECTED, "u1", "照片不清楚")
OTHER_FIELDS = [
    {"entry": replace(DEED, actor="auditor-2")},
    {"entry": replace(DEED, action=Action.IDENTITY_APPROVED)},
    {"entry": replace(DEED, subject="u2")},
    {"entry": replace(DEED, reason="")},
    {"at": NOW + timedelta(seconds=1)},
    {"day": TODAY + timedelta(days=1)},
    {"sequence": 7},
    {"previous_hash": "0" * 63 + "1"},
    {"hash": "f" * 64},
]


@pytest.fixture
def log() -> FakeAuditLog:
    """Give three entries of one day, two of the next but one and one of the day after that."""
    log = FakeAuditLog()
    for days in (0, 0, 0, 2, 2, 3):
        log.append(DEED, NOW + timedelta(days=days))
    return log


def test_a_chain_is_whole(log: FakeAuditLog) -> None:
    found = verify(log)
    assert (found.days, found.entries, found.fault, found.tip) == (3, 6, "", log.head())


def test_days_are_those_of_shanghai_and_each_counts_from_one(log: FakeAuditLog) -> None:
    assert [(sealed.day.day, sealed.sequence) for sealed in log.entries] == [(2, 1), (2, 2), (2, 3), (4, 1), (4, 2), (5, 1)]
    assert seal_after(None, DEED, datetime(2026, 3, 2, 16, tzinfo=UTC)).day == date(2026, 3, 3)


def test_an_entry_carries_the_hash_of_the_one_before_it_across_days(log: FakeAuditLog) -> None:
    assert [sealed.previous_hash for sealed in log.entries] == [BEGINNING, *(sealed.hash for sealed in log.entries[:-1])]


def test_a_clock_that_lags_behind_opens_no_earlier_day(log: FakeAuditLog) -> None:
    sealed = log.append(DEED, NOW)
    assert (sealed.day.day, sealed.sequence, verify(log).fault) == (5, 2, "")


def test_an_empty_log_is_whole() -> None:
    found = verify(FakeAuditLog())
    assert (found.days, found.entries, found.fault, found.tip) == (0, 0, "", None)


@pytest.mark.parametrize("index", [0, 1, 3, 5])
@pytest.mark.parametrize("changes", OTHER_FIELDS, ids=lambda changes: str(next(iter(changes.values()))))
def test_a_changed_field_is_found_in_its_place(log: FakeAuditLog, index: int, changes: dict[str, Any]) -> None:
    changed = log.entries[index] = replace(log.entries[index], **changes)
    found = verify(log)
    assert found.fault.startswith(f"Entry {changed.sequence} of {changed.day}: its content does not fit its hash")
    assert found.entries == index


@pytest.mark.parametrize("index", range(6))
def test_a_changed_entry_with_its_hash_made_again_is_found(log: FakeAuditLog, index: int) -> None:
    last = log.entries[index - 1].tip if index else None
    log.entries[index] = seal_after(last, replace(DEED, reason=""), log.entries[index].at)
    assert verify(log).fault


@pytest.mark.parametrize("index", range(5))
def test_a_removed_entry_is_found(log: FakeAuditLog, index: int) -> None:
    del log.entries[index]
    assert "one was removed" in verify(log).fault


@pytest.mark.parametrize("left", range(6))
def test_a_removed_end_is_found(log: FakeAuditLog, left: int) -> None:
    del log.entries[left:]
    assert verify(log).fault == "Entry 1 of 2026-03-05, the last one by the log's head, is missing."


@pytest.mark.parametrize("day", [2, 4])
def test_a_removed_day_is_found(log: FakeAuditLog, day: int) -> None:
    log.entries = [sealed for sealed in log.entries if sealed.day.day != day]
    assert "one was removed" in verify(log).fault


@pytest.mark.parametrize("index", range(5))
def test_swapped_entries_are_found(log: FakeAuditLog, index: int) -> None:
    log.entries[index : index + 2] = log.entries[index : index + 2][::-1]
    assert verify(log).fault


@pytest.mark.parametrize("index", range(6))
def test_an_inserted_entry_is_found(log: FakeAuditLog, index: int) -> None:
    last = log.entries[index - 1].tip if index else None
    log.entries.insert(index, seal_after(last, DEED, log.entries[index].at))
    assert verify(log).fault


def test_an_entry_added_by_hand_behind_the_last_is_found(log: FakeAuditLog) -> None:
    log.entries.append(seal_after(log.last, DEED, NOW))
    assert verify(log).fault == "Entry 2 of 2026-03-05 is after the last one by the log's head: it was added by hand."


@pytest.mark.parametrize(("days", "sequence"), [(0, 0), (0, 2), (1, 3), (-1, 0)])
def test_a_place_that_does_not_follow_is_a_fault_though_all_hashes_fit(days: int, sequence: int) -> None:
    first, moved = seal_after(None, DEED, NOW), timedelta(days=days)
    forged = seal_after(ChainHead(TODAY + moved, sequence, first.hash), DEED, NOW + moved)
    assert fault_of(forged, first.tip) == "its place does not follow the place before it"


def test_the_first_entry_of_all_has_the_first_place_of_its_day() -> None:
    assert fault_of(seal_after(ChainHead(TODAY, 1, BEGINNING), DEED, NOW), None) == "its place does not follow the place before it"


def test_a_log_written_anew_is_told_by_a_hash_noted_before(log: FakeAuditLog) -> None:
    noted = log.entries[2].hash
    assert verify(log, noted).fault == ""
    forged = FakeAuditLog()
    for sealed in log.entries[1:]:
        forged.append(sealed.entry, sealed.at)
    assert verify(forged).fault == ""
    assert verify(forged, noted).fault == "No entry has the noted hash: the log was rewritten."


class BusyLog(FakeAuditLog):
    """A log that gets an entry as soon as somebody begins to read it."""

    def all(self) -> Iterator[SealedEntry]:
        self.append(DEED, NOW)
        return super().all()


def test_entries_that_come_meanwhile_are_no_fault() -> None:
    log = BusyLog()
    assert [verify(log).entries, verify(log).entries, verify(log).fault] == [1, 2, ""]


@pytest.fixture
def entries(log: FakeAuditLog) -> AuditLogReader:
    return AuditLogReader(log, FakeClock(NOW + timedelta(days=7)))


def test_the_last_seven_days_are_shown_unless_others_are_asked_for(entries: AuditLogReader, log: FakeAuditLog) -> None:
    assert entries.find(Role.OWNER, AuditLogQuery()).items == log.entries[:2:-1]
    assert entries.find(Role.OWNER, AuditLogQuery(first=TODAY)).items == log.entries[::-1]
    assert entries.find(Role.OWNER, AuditLogQuery(last=date(2026, 3, 4))).items == log.entries[4::-1]


@pytest.mark.parametrize(("days", "detail"), [(-1, "wrong order"), (92, "fewer days")])
def test_days_upside_down_or_too_many_are_invalid(entries: AuditLogReader, days: int, detail: str) -> None:
    first, last = TODAY - timedelta(days=days), TODAY
    with pytest.raises(Invalid, match=detail) as refusal:
        entries.find(Role.OWNER, AuditLogQuery(first=first, last=last))
    assert [fault["field"] for fault in refusal.value.errors] == ["from"]


def test_92_days_can_be_asked_for(entries: AuditLogReader, log: FakeAuditLog) -> None:
    query = AuditLogQuery(first=TODAY - timedelta(days=88), last=TODAY + timedelta(days=3))
    assert entries.find(Role.OWNER, query).items == log.entries[::-1]


def test_an_auditor_reads_what_was_done_with_identities_and_nothing_else() -> None:
    log = FakeAuditLog()
    for number in range(30):
        log.append(AuditEntry("wang.fang", Action.IDENTITY_VIEWED if number % 3 == 0 else Action.USER_LOCKED, f"u{number}"), NOW)
    reader = AuditLogReader(log, FakeClock(NOW))
    first = reader.find(Role.AUDITOR, AuditLogQuery(limit=4))
    assert [sealed.entry.subject for sealed in first.items] == ["u27", "u24", "u21", "u18"]
    rest = reader.find(Role.AUDITOR, AuditLogQuery(limit=100, cursor=first.next_cursor))
    assert ([sealed.entry.subject for sealed in rest.items], rest.next_cursor) == (["u15", "u12", "u9", "u6", "u3", "u0"], None)
