"""The audit log keeps its promises, in memory and in DynamoDB."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from pynamodb.transactions import TransactWrite

from guahao.adapters.dynamo.audit_log import AuditEntryItem, DynamoAuditLog, WritesRefused
from guahao.adapters.dynamo.cursors import cursor_of
from guahao.domain.administration.audit_log import Action, AuditEntry, SealedEntry
from guahao.domain.errors import Invalid
from guahao.ports.administration.audit_log import AuditLog
from guahao.usecases.administration.audit_log import verify
from tests.fakes.audit_log import FakeAuditLog

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 2, 1, 0, 0, 123456, UTC)
TODAY = date(2026, 3, 2)
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
DEED = AuditEntry("auditor-1", Action.IDENTITY_REJECTED, "u1", "照片不清楚")
OTHERS_DEED = AuditEntry("auditor-2", Action.IDENTITY_VIEWED, "u1")


@pytest.fixture
def dynamo(audit_log_table: str) -> DynamoAuditLog:
    return DynamoAuditLog(audit_log_table)


@pytest.fixture(params=["fake", "dynamo"])
def log(request: pytest.FixtureRequest) -> AuditLog:
    return FakeAuditLog() if request.param == "fake" else request.getfixturevalue("dynamo")


def fill(log: AuditLog) -> list[SealedEntry]:
    """Write some entries of two administrators on three days that do not all follow each other."""
    return [log.append(entry, NOW + timedelta(days=days)) for days in (0, 2, 3) for entry in (DEED, OTHERS_DEED, DEED)]


def test_entries_come_back_as_they_were_written_and_in_the_order_of_the_chain(log: AuditLog) -> None:
    written = fill(log)
    assert list(log.all()) == written
    assert log.head() == written[-1].tip
    assert verify(log).fault == ""


def test_an_empty_log_has_nothing(log: AuditLog) -> None:
    assert (log.head(), list(log.all()), log.find("", *YEAR, 20, None).items) == (None, [], [])


def test_20_at_once_make_one_chain_that_never_forks(log: AuditLog) -> None:
    with ThreadPoolExecutor(20) as threads:
        written = list(threads.map(lambda n: log.append(AuditEntry("auditor-1", Action.USER_VIEWED, f"u{n}"), NOW), range(20)))
    assert sorted(sealed.sequence for sealed in written) == list(range(1, 21))
    assert {sealed.entry.subject for sealed in log.all()} == {f"u{n}" for n in range(20)}
    assert (verify(log).entries, verify(log).fault) == (20, "")


def test_entries_are_found_newest_first(log: AuditLog) -> None:
    written = fill(log)
    assert log.find("", *YEAR, 20, None).items == written[::-1]
    assert log.find("", TODAY, TODAY + timedelta(days=2), 20, None).items == written[5::-1]
    assert log.find("", TODAY + timedelta(days=1), TODAY + timedelta(days=1), 20, None).items == []


def test_one_administrators_entries_are_found(log: AuditLog) -> None:
    written = fill(log)
    assert log.find("auditor-2", *YEAR, 20, None).items == [written[7], written[4], written[1]]
    assert log.find("auditor-2", TODAY + timedelta(days=2), TODAY + timedelta(days=2), 20, None).items == [written[4]]
    assert log.find("auditor-3", *YEAR, 20, None).items == []


def test_days_outside_of_the_log_hold_nothing(log: AuditLog) -> None:
    fill(log)
    for actor in ("", "auditor-1"):
        assert log.find(actor, TODAY - timedelta(days=9), TODAY - timedelta(days=1), 20, None).items == []
        assert log.find(actor, TODAY + timedelta(days=4), TODAY + timedelta(days=9), 20, None).items == []


@pytest.mark.parametrize("actor", ["", "auditor-1"])
@pytest.mark.parametrize("limit", [1, 2, 3, 9])
def test_pages_follow_each_other_without_gap(log: AuditLog, actor: str, limit: int) -> None:
    wanted = [sealed for sealed in fill(log)[::-1] if actor in ("", sealed.entry.actor)]
    found, cursor = [], None
    while True:
        page = log.find(actor, *YEAR, limit, cursor)
        assert len(page.items) <= limit
        found, cursor = found + page.items, page.next_cursor
        if cursor is None:
            break
    assert found == wanted


@pytest.mark.parametrize("actor", ["", "auditor-1"])
@pytest.mark.parametrize(
    "cursor",
    ["x", "ä", "====", *map(cursor_of, ("x", "2026-03-02", "2026-13-02#000000001", "2026-03-02#000000000"))],
)
def test_a_cursor_that_no_answer_gave_is_invalid(log: AuditLog, actor: str, cursor: str) -> None:
    fill(log)
    with pytest.raises(Invalid) as refusal:
        log.find(actor, *YEAR, 20, cursor)
    assert [fault["field"] for fault in refusal.value.errors] == ["cursor"]


@pytest.mark.parametrize("actor", ["", "auditor-1"])
def test_a_cursor_of_a_day_that_is_no_longer_asked_for_ends_the_pages(log: AuditLog, actor: str) -> None:
    fill(log)
    cursor = log.find(actor, *YEAR, 8 if not actor else 5, None).next_cursor
    assert cursor
    assert log.find(actor, TODAY + timedelta(days=1), YEAR[1], 20, cursor).items == []


def test_a_page_of_a_day_is_a_query_behind_the_head(dynamo: DynamoAuditLog, count_requests: Callable[[], list[str]]) -> None:
    fill(dynamo)
    requests = count_requests()
    dynamo.find("", YEAR[0], TODAY, 2, None)
    dynamo.find("auditor-1", *YEAR, 2, None)
    assert requests == ["GetItem", "Query"] * 2


def other_item() -> AuditEntryItem:
    """Return something that a store of its own would write together with an entry."""
    return AuditEntryItem("other", 1, place="-", actor="-", at="-", action="-", subject="-", previous_hash="-", hash="-")


def test_a_change_is_written_with_its_deed(dynamo: DynamoAuditLog) -> None:
    def change(transaction: TransactWrite) -> None:
        transaction.save(other_item(), condition=AuditEntryItem.day.does_not_exist())

    sealed = dynamo.append_with(DEED, NOW, change)
    assert list(dynamo.all()) == [sealed]
    assert AuditEntryItem.get("other", 1).actor == "-"


@pytest.mark.parametrize("entries", [0, 1])
def test_a_change_that_is_refused_leaves_no_deed(dynamo: DynamoAuditLog, entries: int) -> None:
    written = [dynamo.append(DEED, NOW) for _ in range(entries)]

    def change(transaction: TransactWrite) -> None:
        transaction.save(other_item(), condition=AuditEntryItem.day.exists())

    with pytest.raises(WritesRefused):
        dynamo.append_with(DEED, NOW, change)
    assert list(dynamo.all()) == written
    with pytest.raises(AuditEntryItem.DoesNotExist):
        AuditEntryItem.get("other", 1)


ATTRIBUTES = sorted(AuditEntryItem.get_attributes().keys() - {"day", "sequence"})


@pytest.mark.parametrize("attribute", ATTRIBUTES)
@pytest.mark.parametrize("value", ["2026-03-03T00:00:00+00:00", "x", None])
def test_whatever_is_changed_in_the_table_is_found(dynamo: DynamoAuditLog, attribute: str, value: str | None) -> None:
    fill(dynamo)
    item = AuditEntryItem.get("2026-03-04", 1)
    setattr(item, attribute, value)
    keys, stored = {"day": {"S": "2026-03-04"}, "sequence": {"N": "1"}}, item.serialize(null_check=False)
    AuditEntryItem._get_connection().connection.client.put_item(TableName=AuditEntryItem.Meta.table_name, Item={**stored, **keys})
    assert verify(dynamo).fault.startswith("Entry 1 of 2026-03-04: its content does not fit its hash")


def test_an_entry_that_is_not_there_any_more_is_found(dynamo: DynamoAuditLog) -> None:
    fill(dynamo)
    AuditEntryItem.get("2026-03-05", 3).delete()
    assert verify(dynamo).fault == "Entry 3 of 2026-03-05, the last one by the log's head, is missing."
