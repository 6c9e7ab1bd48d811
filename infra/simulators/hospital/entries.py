"""What each hospital publishes, and what the platform last said to it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from infra.simulators.hospital.problems import RefusedError
from infra.simulators.hospital.shapes import Entry, Kind
from infra.simulators.hospital.store import now_text

NOT_PUSHED, REJECTED = "notPushed", "rejected"


@dataclass(frozen=True)
class OwnEntry(Entry):
    """An entry with the platform's answer to it: None while the present content has had none."""

    result: str | None
    errors: list[Any]
    answered_at: str | None

    def shown(self) -> dict[str, Any]:
        """Return the entry as the JSON interface shows it."""
        return {
            "key": self.key,
            "content": self.content,
            "result": self.result or NOT_PUSHED,
            "errors": self.errors,
            "answeredAt": self.answered_at,
        }


@dataclass(frozen=True)
class Outcome:
    """What became of one entry that was pushed."""

    key: str
    result: str
    errors: list[Any]


class Entries:
    """The entries of all simulated hospitals; every method is one transaction."""

    def __init__(self, store: sqlite3.Connection) -> None:
        self._store = store

    def save(self, hospital_code: str, kind: Kind, entries: Iterable[Entry]) -> None:
        """Store the entries over those of the same keys; the platform has not heard of this content yet."""
        self._write(
            "INSERT INTO entries VALUES (:hospital, :kind, :key, :day, :content, NULL, '[]', NULL) "
            "ON CONFLICT DO UPDATE SET day = :day, content = :content, result = NULL, errors = '[]'",
            hospital_code,
            kind,
            entries,
        )

    def adopt(self, hospital_code: str, kind: Kind, entries: Iterable[Entry]) -> None:
        """Store entries as the platform has them, except where there is one of our own."""
        self._write(
            "INSERT OR IGNORE INTO entries VALUES (:hospital, :kind, :key, :day, :content, 'unchanged', '[]', :now)",
            hospital_code,
            kind,
            entries,
        )

    def of(self, hospital_code: str, kind: Kind, day: str = "") -> list[OwnEntry]:
        """Return the hospital's entries of this kind, or those of one day: the nearest day first, what is past last."""
        rows = self._store.execute(
            "SELECT * FROM entries WHERE hospital_code = ? AND kind = ? AND (? = '' OR day = ?) ORDER BY day <> '' AND day < ?, day, key",
            (hospital_code, kind.name, day, day, now_text()[:10]),
        )
        return [_own(row) for row in rows]

    def get(self, hospital_code: str, kind: Kind, key: str) -> OwnEntry:
        """Return the entry, or refuse if there is none."""
        row = self._store.execute(
            "SELECT * FROM entries WHERE hospital_code = ? AND kind = ? AND key = ?", (hospital_code, kind.name, key)
        ).fetchone()
        if row is None:
            raise RefusedError(404, f"There is no such entry under {kind.title.lower()}.")
        return _own(row)

    def pending(self, hospital_code: str, kind: Kind) -> list[OwnEntry]:
        """Return the entries that the platform has not accepted as they are now."""
        return [entry for entry in self.of(hospital_code, kind) if entry.result in (None, REJECTED)]

    def count_pending(self, hospital_code: str) -> int:
        """Return how many of the hospital's entries the platform has not accepted as they are now."""
        query = "SELECT COUNT(*) FROM entries WHERE hospital_code = ? AND (result IS NULL OR result = ?)"
        return int(self._store.execute(query, (hospital_code, REJECTED)).fetchone()[0])

    def doubt(self, hospital_code: str) -> None:
        """Take every entry as not pushed yet, schedules of the past apart."""
        query = "UPDATE entries SET result = NULL, errors = '[]' WHERE hospital_code = ? AND (day = '' OR day >= ?)"
        with self._store:
            self._store.execute(query, (hospital_code, now_text()[:10]))

    def answered(self, hospital_code: str, kind: Kind, pushed: Sequence[Entry], outcomes: Sequence[Outcome]) -> None:
        """Note what the platform said to each; content that was changed meanwhile has had no answer yet."""
        with self._store:
            for entry, outcome in zip(pushed, outcomes, strict=True):
                heard = outcome.result != NOT_PUSHED
                self._store.execute(
                    "UPDATE entries SET result = ?, errors = ?, answered_at = COALESCE(?, answered_at) "
                    "WHERE hospital_code = ? AND kind = ? AND key = ? AND content = ?",
                    (
                        outcome.result if heard else None,
                        json.dumps(outcome.errors, ensure_ascii=False),
                        now_text() if heard else None,
                        hospital_code,
                        kind.name,
                        entry.key,
                        _text(entry),
                    ),
                )

    def remove(self, hospital_code: str, kind: Kind, key: str) -> None:
        """Forget the entry."""
        with self._store:
            self._store.execute("DELETE FROM entries WHERE hospital_code = ? AND kind = ? AND key = ?", (hospital_code, kind.name, key))

    def _write(self, statement: str, hospital_code: str, kind: Kind, entries: Iterable[Entry]) -> None:
        shared = {"hospital": hospital_code, "kind": kind.name, "now": now_text()}
        rows = [shared | {"key": e.key, "day": e.content.get("date", ""), "content": _text(e)} for e in entries]
        with self._store:
            self._store.executemany(statement, rows)


def _own(row: sqlite3.Row) -> OwnEntry:
    return OwnEntry(row["key"], json.loads(row["content"]), row["result"], json.loads(row["errors"]), row["answered_at"])


def _text(entry: Entry) -> str:
    return json.dumps(entry.content, ensure_ascii=False)
