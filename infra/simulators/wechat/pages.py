"""The page on which one sees the trades and pays them, as if with a phone."""

from __future__ import annotations

import sqlite3
from html import escape

from qrcode import QRCode
from qrcode.image.svg import SvgPathImage
from starlette.responses import HTMLResponse

from infra.simulators.asgi import page, table
from infra.simulators.wechat.faults import Faults
from infra.simulators.wechat.refunds import Refunds
from infra.simulators.wechat.store import rfc3339

_WORDS = {"NOTPAY": "waiting to be scanned", "SUCCESS": "paid", "CLOSED": "closed", "REFUND": "refund"}
_TRADES_SHOWN = 200
_QR_CODES_SHOWN = 20


def trades_page(trades: list[sqlite3.Row], refunds: Refunds, faults: Faults, said: str = "") -> HTMLResponse:
    """Return the latest trades, each unpaid one with its code and a button that scans and pays."""
    trades = trades[:_TRADES_SHOWN]
    codes = {row["out_trade_no"] for row in [row for row in trades if row["state"] == "NOTPAY"][:_QR_CODES_SHOWN]}
    rows = [_row(row, refunds, row["out_trade_no"] in codes) for row in trades]
    switches = ", ".join(f"{name}: {mode}" for name, mode in faults.modes.items())
    return page(
        "WeChat Pay (simulated)",
        (f"<p><strong>{escape(said)}</strong></p>" if said else "")
        + "<p>Nothing here moves money. Paste the code of a payment, or press the button beside a trade.</p>"
        + _form('<input name="codeUrl" placeholder="weixin://wxpay/bizpayurl?pr=…" required>')
        + "<h2>Trades</h2>"
        + table(["Trade", "For", "Amount", "State", "Scan and pay"], rows, "No trade has been opened yet.")
        + f'<p class="quiet">Faults: {escape(switches)}</p>',
    )


def _row(trade: sqlite3.Row, refunds: Refunds, with_code: bool) -> list[str]:
    state = escape(_WORDS[trade["state"]])
    if trade["paid_at"]:
        state += f'<br><span class="quiet">paid {escape(rfc3339(trade["paid_at"]))}, notifications taken: {trade["delivered"]}</span>'
    for refund in refunds.of_trade(trade["out_trade_no"]):
        state += f"<br>{_yuan(refund['amount'])} back: {escape(refund['status'].lower())}"
    scan = ""
    if trade["state"] == "NOTPAY":
        code = escape(trade["code_url"])
        scan = (
            (_qr(trade["code_url"]) if with_code else "")
            + f"<br><code>{code}</code>"
            + _form(f'<input type="hidden" name="codeUrl" value="{code}">')
        )
    number = f"<code>{escape(trade['out_trade_no'])}</code>"
    return [number, escape(trade["description"]), _yuan(trade["amount"]), state, scan]


def _form(field: str) -> str:
    return f'<form method="post" action="/scan">{field}<button>Scan and pay</button></form>'


def _yuan(amount_fen: int) -> str:
    return f"¥{amount_fen // 100}.{amount_fen % 100:02}"


def _qr(text: str) -> str:
    code = QRCode(border=4)
    code.add_data(text)
    return code.make_image(image_factory=SvgPathImage).to_string(encoding="unicode")
