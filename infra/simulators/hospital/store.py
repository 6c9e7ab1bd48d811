"""The hospital systems' SQLite file."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta, timezone
from pathlib import Path

from infra.simulators.asgi import open_database

SHANGHAI = timezone(timedelta(hours=8))
_SCHEMA = """
CREATE TABLE IF NOT EXISTS hospitals (hospital_code TEXT PRIMARY KEY, key TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS previous_keys (hospital_code TEXT PRIMARY KEY, key TEXT NOT NULL, until INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS platforms (hospital_code TEXT PRIMARY KEY, url TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS nonces (
    hospital_code TEXT NOT NULL, nonce TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (hospital_code, nonce)
);
CREATE TABLE IF NOT EXISTS orders (
    hospital_code TEXT NOT NULL, order_id TEXT NOT NULL, record_id TEXT NOT NULL UNIQUE, state TEXT NOT NULL, calls INTEGER NOT NULL,
    schedule_id TEXT NOT NULL, department_code TEXT NOT NULL, date TEXT NOT NULL, half_day TEXT NOT NULL, number INTEGER NOT NULL,
    fee_fen INTEGER NOT NULL, patient_name TEXT NOT NULL, patient_phone TEXT NOT NULL, certificate_type TEXT NOT NULL,
    certificate_end TEXT NOT NULL, check_in_at TEXT NOT NULL, check_in_place TEXT NOT NULL, received_at TEXT NOT NULL, reason TEXT,
    PRIMARY KEY (hospital_code, order_id)
);
CREATE UNIQUE INDEX IF NOT EXISTS one_owner ON orders (hospital_code, schedule_id, number) WHERE state <> 'cancelled';
CREATE TABLE IF NOT EXISTS entries (
    hospital_code TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, day TEXT NOT NULL, content TEXT NOT NULL,
    result TEXT, errors TEXT NOT NULL, answered_at TEXT, PRIMARY KEY (hospital_code, kind, key)
);
CREATE INDEX IF NOT EXISTS entries_by_day ON entries (hospital_code, kind, day);
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT, hospital_code TEXT NOT NULL, at TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    note TEXT NOT NULL, status INTEGER, said TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS calls_of_hospital ON calls (hospital_code, id);
"""


def open_store(directory: Path) -> sqlite3.Connection:
    """Open the store of this state folder."""
    return open_database(directory / "hospital.sqlite3", _SCHEMA)


def now_text() -> str:
    """Return the present moment in Shanghai as the store keeps it."""
    return datetime.now(SHANGHAI).isoformat(timespec="seconds")
