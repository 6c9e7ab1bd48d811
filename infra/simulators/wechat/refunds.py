"""Refunds: keyed by the merchant's own number, never more than was paid."""

from __future__ import annotations

import re
import secrets
import sqlite3
from typing import Any

from infra.simulators.asgi import BadRequestError, text_of
from infra.simulators.wechat.keys import Keys
from infra.simulators.wechat.protocol import WechatError
from infra.simulators.wechat.store import rfc3339
from infra.simulators.wechat.trades import OUT_NO, fen, is_notify_url, require_known

_REFUND_NO = re.compile(r"[0-9A-Za-z_\-|*@]{1,64}")
_MOST = 50
BETWEEN_PARTS_SECONDS = 60
_GIVEN_BACK = (
    "SELECT COALESCE(SUM(CASE status WHEN 'CLOSED' THEN 0 ELSE amount END), 0) AS fen, COUNT(*) AS count"
    " FROM refunds WHERE out_trade_no = ?"
)
_FIELDS = {"transaction_id", "out_trade_no", "out_refund_no", "reason", "notify_url", "funds_account", "amount", "goods_detail"}


class Refunds:
    """The platform's book of refunds; every method is one transaction."""

    def __init__(self, store: sqlite3.Connection, keys: Keys) -> None:
        self._store = store
        self._keys = keys

    def ask(self, asked: dict[str, Any], now: int, apart: int = BETWEEN_PARTS_SECONDS) -> sqlite3.Row:
        """Start the refund, or find the same one, and return it; parts of a trade are asked for so many seconds apart."""
        require_known(asked, _FIELDS)
        refund_no = text_of(asked, "out_refund_no", _REFUND_NO.fullmatch)
        amount, total = fen(asked.get("amount"), "refund"), fen(asked.get("amount"), "total")
        reason, notify_url = asked.get("reason", ""), asked.get("notify_url", "")
        if not isinstance(reason, str) or len(reason.encode()) > 80:
            raise BadRequestError("reason is not a text of at most 80 bytes.")
        if notify_url and (not isinstance(notify_url, str) or not is_notify_url(notify_url)):
            raise BadRequestError("notify_url is not valid.")
        trade = self._trade(asked)
        found = self.find(refund_no)
        if found is not None:
            if found["out_trade_no"] != trade["out_trade_no"] or found["amount"] != amount or total != trade["amount"]:
                raise WechatError(400, "INVALID_REQUEST", "订单金额或退款金额与之前请求不一致")
            return found
        if trade["state"] not in ("SUCCESS", "REFUND"):
            raise WechatError(400, "INVALID_REQUEST", "订单未支付不能退款")
        given_back, count = self._given_back(trade["out_trade_no"])
        if count >= _MOST:
            raise WechatError(400, "INVALID_REQUEST", "部分退款次数超过限制")
        if total != trade["amount"] or given_back + amount > total:
            raise WechatError(400, "INVALID_REQUEST", "退款金额大于可退金额")
        if amount < total and any(now < earlier["created_at"] + apart for earlier in self.of_trade(trade["out_trade_no"])):
            raise WechatError(429, "FREQUENCY_LIMITED", "频率限制，该笔退款未受理，请降低频率后重试")
        refund_id = "503" + "".join(str(secrets.randbelow(10)) for _ in range(26))
        with self._store:
            self._store.execute(
                "INSERT INTO refunds (out_refund_no, refund_id, out_trade_no, amount, reason, notify_url, status, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?, 'PROCESSING', ?)",
                (refund_no, refund_id, trade["out_trade_no"], amount, reason, notify_url, now),
            )
            self._store.execute("UPDATE trades SET state = 'REFUND' WHERE out_trade_no = ?", (trade["out_trade_no"],))
        return self.known(refund_no)

    def find(self, refund_no: str) -> sqlite3.Row | None:
        """Return the refund with its trade's amounts, None if there is none."""
        found: sqlite3.Row | None = self._store.execute(
            "SELECT r.*, t.transaction_id, t.amount AS total FROM refunds r JOIN trades t USING (out_trade_no) WHERE out_refund_no = ?",
            (refund_no,),
        ).fetchone()
        return found

    def known(self, refund_no: str) -> sqlite3.Row:
        """Return the refund, or raise RESOURCE_NOT_EXISTS."""
        found = self.find(refund_no)
        if found is None:
            raise WechatError(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
        return found

    def of_trade(self, out_trade_no: str) -> list[sqlite3.Row]:
        """Return the trade's refunds, oldest first."""
        return self._store.execute("SELECT * FROM refunds WHERE out_trade_no = ? ORDER BY rowid", (out_trade_no,)).fetchall()

    def settle(self, now: int, status: str = "SUCCESS") -> list[sqlite3.Row]:
        """Bring to this status what is on its way, or, given back at last, what waits for a person; return those refunds.

        A closed one stays so: its trade may be refunded again, under a new number.
        """
        is_done = status == "SUCCESS"
        waits = ("PROCESSING", "ABNORMAL" if is_done else "")
        found = self._store.execute("SELECT out_refund_no FROM refunds WHERE status IN (?, ?)", waits)
        waiting = [row["out_refund_no"] for row in found]
        new = (status, now if is_done else None, *waits)
        with self._store:
            self._store.execute("UPDATE refunds SET status = ?, success_at = ? WHERE status IN (?, ?)", new)
        return [self.known(refund_no) for refund_no in waiting]

    def shown(self, refund: sqlite3.Row) -> dict[str, Any]:
        """Return the refund as answers show it."""
        shown = {
            "refund_id": refund["refund_id"],
            "out_refund_no": refund["out_refund_no"],
            "transaction_id": refund["transaction_id"],
            "out_trade_no": refund["out_trade_no"],
            "channel": "ORIGINAL",
            "user_received_account": "支付用户零钱",
            "create_time": rfc3339(refund["created_at"]),
            "status": refund["status"],
            "funds_account": "AVAILABLE",
            "amount": self._amounts(refund) | {"currency": "CNY", "settlement_refund": refund["amount"], "discount_refund": 0},
        }
        return shown | ({"success_time": rfc3339(refund["success_at"])} if refund["success_at"] else {})

    def notified(self, refund: sqlite3.Row) -> dict[str, Any]:
        """Return the refund as its notification shows it."""
        return {
            "mchid": self._keys.mchid,
            "out_trade_no": refund["out_trade_no"],
            "transaction_id": refund["transaction_id"],
            "out_refund_no": refund["out_refund_no"],
            "refund_id": refund["refund_id"],
            "refund_status": refund["status"],
            "user_received_account": "支付用户零钱",
            "amount": self._amounts(refund),
        } | ({"success_time": rfc3339(refund["success_at"])} if refund["success_at"] else {})

    def _amounts(self, refund: sqlite3.Row) -> dict[str, int | str]:
        total, amount = refund["total"], refund["amount"]
        return {"total": total, "refund": amount, "payer_total": total, "payer_refund": amount}

    def _trade(self, asked: dict[str, Any]) -> sqlite3.Row:
        if "transaction_id" in asked:
            found = self._store.execute("SELECT * FROM trades WHERE transaction_id = ?", (text_of(asked, "transaction_id"),))
        else:
            out_trade_no = text_of(asked, "out_trade_no", OUT_NO.fullmatch)
            found = self._store.execute("SELECT * FROM trades WHERE out_trade_no = ?", (out_trade_no,))
        trade: sqlite3.Row | None = found.fetchone()
        if trade is None:
            raise WechatError(404, "RESOURCE_NOT_EXISTS", "订单不存在")
        return trade

    def _given_back(self, out_trade_no: str) -> tuple[int, int]:
        """Return how much of the trade is back or on its way, and in how many refunds it was asked for."""
        row = self._store.execute(_GIVEN_BACK, (out_trade_no,)).fetchone()
        return int(row["fen"]), int(row["count"])
