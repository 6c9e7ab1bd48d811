"""Trades: opened by the merchant, paid by a phone, closed by either the merchant or time."""

from __future__ import annotations

import re
import secrets
import sqlite3
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from infra.simulators.asgi import BadRequestError, insert, text_of
from infra.simulators.wechat.keys import Keys
from infra.simulators.wechat.protocol import WechatError, random_text
from infra.simulators.wechat.store import rfc3339

CODE_URL_SECONDS = 2 * 3600
_LEAST_SECONDS, _MOST_SECONDS, _USUAL_SECONDS = 60, 90 * 86400, 7 * 86400

OUT_NO = re.compile(r"[0-9A-Za-z_\-*|]{6,32}")
# Those that Native pay knows; WeChat Pay refuses others, and known ones that are null.
_FIELDS = {
    *("appid", "mchid", "description", "out_trade_no", "time_expire", "attach", "notify_url", "goods_tag", "support_fapiao", "amount"),
    *("detail", "scene_info", "settle_info"),
}
_DESCRIPTIONS = {"NOTPAY": "订单未支付", "SUCCESS": "支付成功", "CLOSED": "订单已关闭", "REFUND": "转入退款"}


class NotScannableError(Exception):
    """The trade behind a code can no longer be paid; `state` says why."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class Trades:
    """The platform's book of trades; every method is one transaction."""

    def __init__(self, store: sqlite3.Connection, keys: Keys) -> None:
        self._store = store
        self._keys = keys

    def open(self, asked: dict[str, Any], now: int) -> str:
        """Open a trade, or find the same one unpaid, and return its code_url; the one given before is good no more."""
        wanted = self._wanted(asked)
        found = self._find(wanted["out_trade_no"])
        if found is None:
            return self._insert(wanted, now)
        if found["amount"] != wanted["amount"]:
            raise WechatError(403, "OUT_TRADE_NO_USED", "商户订单号重复")
        if found["state"] in ("SUCCESS", "REFUND"):
            raise WechatError(400, "ORDERPAID", "该订单已支付")
        if found["state"] == "CLOSED" or found["expires_at"] <= now:
            raise WechatError(400, "ORDER_CLOSED", "该订单已关闭")
        if any(found[name] != value for name, value in wanted.items()):
            raise WechatError(400, "INVALID_REQUEST", "请求重入时参数与首次请求不一致")
        code_url = _code_url()
        with self._store:
            self._store.execute(
                "UPDATE trades SET code_url = ?, code_url_at = ? WHERE out_trade_no = ?", (code_url, now, wanted["out_trade_no"])
            )
        return code_url

    def query(self, out_trade_no: str) -> dict[str, Any]:
        """Return the trade as the merchant sees it, or raise ORDER_NOT_EXIST."""
        return self.shown(self._known(out_trade_no))

    def query_transaction(self, transaction_id: str) -> dict[str, Any]:
        """Return the paid trade of WeChat Pay's own number, or raise ORDER_NOT_EXIST."""
        row = self._store.execute("SELECT out_trade_no FROM trades WHERE transaction_id = ?", (transaction_id,)).fetchone()
        return self.query(row["out_trade_no"] if row else "")

    def close(self, out_trade_no: str) -> None:
        """Close an unpaid trade; that it is closed, or was never opened, is not said."""
        found = self._find(out_trade_no)
        if found is not None and found["state"] in ("SUCCESS", "REFUND"):
            raise WechatError(400, "ORDERPAID", "该订单已支付")
        with self._store:
            self._store.execute("UPDATE trades SET state = 'CLOSED' WHERE out_trade_no = ?", (out_trade_no,))

    def scan(self, code_url: str, payer: str, now: int) -> sqlite3.Row:
        """Show the trade behind the code to a phone; KeyError if there is none, NotScannableError if it is not payable, or not by this one.

        Whoever scans a code first is the only one who can pay by it.
        """
        row = self._store.execute("SELECT out_trade_no, code_url_at FROM trades WHERE code_url = ?", (code_url,)).fetchone()
        if row is None:
            raise KeyError(code_url)
        trade = self._known(row["out_trade_no"])
        if trade["state"] != "NOTPAY":
            raise NotScannableError(trade["state"])
        if now - row["code_url_at"] >= CODE_URL_SECONDS:
            raise NotScannableError("CODE_EXPIRED")
        if trade["expires_at"] <= now:
            raise NotScannableError("EXPIRED")
        with self._store:
            self._store.execute("INSERT OR IGNORE INTO scans (code_url, payer) VALUES (?, ?)", (code_url, payer))
        first = self._store.execute("SELECT payer FROM scans WHERE code_url = ?", (code_url,)).fetchone()
        if first["payer"] != payer:
            raise NotScannableError("SCANNED_BY_ANOTHER")
        return trade

    def pay(self, code_url: str, payer: str, now: int) -> sqlite3.Row:
        """Pay the trade behind the code as a phone does that has scanned it."""
        trade = self.scan(code_url, payer, now)
        transaction_id = f"42000{datetime.now():%Y%m%d}" + "".join(str(secrets.randbelow(10)) for _ in range(15))
        with self._store:
            self._store.execute(
                "UPDATE trades SET state = 'SUCCESS', transaction_id = ?, paid_at = ? WHERE out_trade_no = ?",
                (transaction_id, now, trade["out_trade_no"]),
            )
        return self._known(trade["out_trade_no"])

    def all(self) -> list[sqlite3.Row]:
        """Return every trade, newest first, each with what was refunded."""
        return self._store.execute(
            "SELECT t.*,"
            " (SELECT COALESCE(SUM(amount), 0) FROM refunds r WHERE r.out_trade_no = t.out_trade_no AND r.status = 'SUCCESS') AS refunded,"
            " (SELECT COUNT(*) FROM notifications n WHERE n.out_trade_no = t.out_trade_no AND n.state = 'delivered') AS delivered"
            " FROM trades t ORDER BY t.created_at DESC, t.rowid DESC"
        ).fetchall()

    def shown(self, trade: sqlite3.Row) -> dict[str, Any]:
        """Return the trade as queries and notifications show it."""
        shown: dict[str, Any] = {
            "appid": self._keys.appid,
            "mchid": self._keys.mchid,
            "out_trade_no": trade["out_trade_no"],
            "attach": trade["attach"],
            "trade_state": trade["state"],
            "trade_state_desc": _DESCRIPTIONS[trade["state"]],
            "amount": {"total": trade["amount"], "currency": "CNY"},
        }
        if trade["transaction_id"]:
            shown |= {
                "transaction_id": trade["transaction_id"],
                "trade_type": "NATIVE",
                "bank_type": "OTHERS",
                "success_time": rfc3339(trade["paid_at"]),
                "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
                "amount": {"total": trade["amount"], "payer_total": trade["amount"], "currency": "CNY", "payer_currency": "CNY"},
            }
        return shown

    def _wanted(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked.get("appid") != self._keys.appid or asked.get("mchid") != self._keys.mchid:
            raise WechatError(400, "APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配")
        expiry = asked.get("time_expire", "")
        if expiry and (not isinstance(expiry, str) or not _is_moment(expiry)):
            raise BadRequestError("time_expire is not an RFC 3339 time.")
        require_known(asked, _FIELDS)
        attach = asked.get("attach", "")
        if not isinstance(attach, str) or len(attach.encode()) > 128:
            raise BadRequestError("attach is not a text of at most 128 bytes.")
        return {
            "out_trade_no": text_of(asked, "out_trade_no", OUT_NO.fullmatch),
            "amount": fen(asked.get("amount"), "total"),
            "description": text_of(asked, "description", lambda text: 1 <= len(text.encode()) <= 127),
            "attach": attach,
            "notify_url": text_of(asked, "notify_url", is_notify_url),
            "asked_expiry": expiry,
        }

    def _insert(self, wanted: dict[str, Any], now: int) -> str:
        expiry = wanted["asked_expiry"]
        asked_at = int(datetime.fromisoformat(expiry).timestamp()) if expiry else now + _USUAL_SECONDS
        # One that is too near or too far is moved without a word.
        expires_at = min(max(asked_at, now + _LEAST_SECONDS), now + _MOST_SECONDS)
        code_url = _code_url()
        row = wanted | {"state": "NOTPAY", "expires_at": expires_at, "created_at": now, "code_url": code_url, "code_url_at": now}
        insert(self._store, "trades", row)
        return code_url

    def _known(self, out_trade_no: str) -> sqlite3.Row:
        found = self._find(out_trade_no)
        if found is None:
            raise WechatError(404, "ORDER_NOT_EXIST", "订单不存在")
        return found

    def _find(self, out_trade_no: str) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._store.execute("SELECT * FROM trades WHERE out_trade_no = ?", (out_trade_no,)).fetchone()
        return found


def require_known(asked: dict[str, Any], known: set[str]) -> None:
    """Raise BadRequestError for a field that is not among these, or is null."""
    for name, value in asked.items():
        if name not in known or value is None:
            raise BadRequestError(f"{name} is not a field of this request, or null.")


def fen(amount: object, name: str) -> int:
    """Return the named amount in fen, or raise BadRequestError."""
    if not isinstance(amount, dict) or amount.get("currency", "CNY") != "CNY":
        raise BadRequestError("amount is missing or not in CNY.")
    value = amount.get(name)
    if type(value) is not int or value < 1:
        raise BadRequestError(f"amount.{name} is not a whole number of fen above 0.")
    return value


def is_notify_url(url: str) -> bool:
    """Say whether notifications can go there: an absolute address without a query, of at most 255 characters."""
    parts = urlsplit(url)
    return len(url) <= 255 and parts.scheme in ("http", "https") and bool(parts.netloc) and not parts.query


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _code_url() -> str:
    return f"weixin://wxpay/bizpayurl?pr={random_text(9)}"
