"""The simulator's SQLite file."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta, timezone
from pathlib import Path

from infra.simulators.asgi import open_database

SHANGHAI = timezone(timedelta(hours=8))
_SCHEMA = """
CREATE TABLE IF NOT EXISTS trades (
    out_trade_no TEXT PRIMARY KEY, state TEXT NOT NULL, amount INTEGER NOT NULL, description TEXT NOT NULL, attach TEXT NOT NULL,
    notify_url TEXT NOT NULL, expires_at INTEGER NOT NULL, asked_expiry TEXT NOT NULL, created_at INTEGER NOT NULL,
    code_url TEXT NOT NULL UNIQUE, code_url_at INTEGER NOT NULL, transaction_id TEXT UNIQUE, paid_at INTEGER
);
CREATE TABLE IF NOT EXISTS scans (code_url TEXT PRIMARY KEY, payer TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS refunds (
    out_refund_no TEXT PRIMARY KEY, refund_id TEXT NOT NULL UNIQUE, out_trade_no TEXT NOT NULL REFERENCES trades, amount INTEGER NOT NULL,
    reason TEXT NOT NULL, notify_url TEXT NOT NULL, status TEXT NOT NULL, created_at INTEGER NOT NULL, success_at INTEGER
);
CREATE INDEX IF NOT EXISTS refunds_of_trade ON refunds (out_trade_no);
CREATE TABLE IF NOT EXISTS notifications (
    id TEXT PRIMARY KEY, out_trade_no TEXT NOT NULL, url TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, next_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS notifications_of_trade ON notifications (out_trade_no);
CREATE INDEX IF NOT EXISTS notifications_due ON notifications (state, next_at);
"""


def open_store(directory: Path) -> sqlite3.Connection:
    """Open the store of this state folder."""
    return open_database(directory / "wechat.sqlite3", _SCHEMA)


def rfc3339(unix: int) -> str:
    """Return the moment as WeChat Pay writes it, in Shanghai's time."""
    return datetime.fromtimestamp(unix, SHANGHAI).isoformat()
