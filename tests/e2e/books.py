"""What every party on a running stack has written down of one schedule, held against the rules of the simulation.

Run as `python -m tests.e2e.books ADDRESSES SCHEDULE_ID` with the functions' variables, the addresses being those of `stack.json`; prints
whatever is wrong as a JSON list. The schedule's hospital must have no other orders on its day, and its patients no other orders at all.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

import httpx

from guahao.adapters.aws.vault import KmsVault
from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.accounts import DynamoAccounts
from guahao.adapters.dynamo.numbers import DynamoNumbers
from guahao.adapters.dynamo.order_index import DynamoOrderIndex
from guahao.adapters.dynamo.statistics import DynamoStatistics
from guahao.bootstrap import parts
from guahao.domain.catalog.schedules import schedule_id_of
from guahao.domain.hospitals.partner_calls import HospitalKnows
from guahao.domain.time import shanghai_date
from guahao.ports.booking.order_index import OrderSearch
from guahao.runtime import settings
from tests.simulation.invariants import Books, HospitalBook, TradeBook, violations

KINDS = {"预约成功": "paid", "取消": "cancelled"}
_PAID = ("SUCCESS", "REFUND")


def books(addresses: dict[str, Any], schedule_id: str) -> Books:
    """Return the books of all parties."""
    with httpx.Client(base_url=addresses["api"], timeout=60, trust_env=False) as http:
        schedule = http.get(f"/api/schedules/{schedule_id}").json()
        trades = http.get(f"{addresses['payment']}/trades").json()
        received = http.get(f"{addresses['hospital']}/orders").json()
        visit = date.fromisoformat(schedule["date"])
        index = DynamoOrderIndex(settings.text("ORDERS_TABLE"))
        orders = list(index.each(OrderSearch(hospital_code=schedule["hospitalCode"], first=visit, last=visit)))
        phones = _phones({order.user_id for order in orders})
        texts = {phone: http.get(addresses["sms"], params={"phone": phone}).json() for phone in phones.values()}
    ours = {order.order_id for order in orders}
    others = {order.order_id for order in index.read({trade["out_trade_no"] for trade in trades} - ours)}
    store = parts.orders()
    return Books(
        orders=orders,
        numbers={schedule_id: DynamoNumbers(settings.text("NUMBERS_TABLE")).of(schedule_id)},
        totals={schedule_id: schedule["total"]},
        ledgers={person: store.ledger(person) for person in {order.holder.person for order in orders}},
        trades={trade["out_trade_no"]: _trade(trade) for trade in trades if trade["out_trade_no"] not in others},
        hospital={one["orderId"]: _received(one) for one in received if _schedule_id(one) == schedule_id},
        notices=Counter((phone, kind) for phone, sent in texts.items() for sms in sent if (kind := _kind(sms["message"]))),
        notice_subject=lambda order: phones[order.user_id],
        today=shanghai_date(utc_now()),
        offered={schedule_id: schedule["free"]},
        counted={
            (counts.hospital_code, counts.day): counts.by_state
            for counts in DynamoStatistics(settings.text("STATISTICS_TABLE")).days(schedule["hospitalCode"], visit, visit)
        },
    )


def _phones(user_ids: Iterable[str]) -> dict[str, str]:
    accounts = DynamoAccounts(settings.text("ACCOUNTS_TABLE"))
    vault = KmsVault(settings.text("VAULT_KEY"), settings.text("FINGERPRINT_KEY"))
    users = [user for user_id in sorted(user_ids) if (user := accounts.get(user_id))]
    return {user.user_id: vault.open(user.sealed_phone) for user in users}


def _schedule_id(received: dict[str, Any]) -> str:
    return schedule_id_of(received["hospitalCode"], received["hospitalScheduleId"])


def _received(received: dict[str, Any]) -> HospitalBook:
    return HospitalBook(received["number"], HospitalKnows(received["state"]))


def _trade(trade: dict[str, Any]) -> TradeBook:
    paid = trade["amount"] if trade["state"] in _PAID else 0
    return TradeBook(paid, trade["refunded"], can_be_paid=trade["state"] == "NOTPAY")


def _kind(text: str) -> str:
    return next((kind for words, kind in KINDS.items() if words in text), "")


if __name__ == "__main__":
    print(json.dumps(violations(books(json.loads(sys.argv[1]), sys.argv[2])), ensure_ascii=False))
