"""A hospital's own records of orders, and what it answers to each call about them."""

from __future__ import annotations

import hashlib
import sqlite3
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from guahao.contracts.partner_calls import CancellationRecord, PaymentRecord, Registration
from infra.simulators.asgi import insert
from infra.simulators.hospital.problems import RefusedError
from infra.simulators.hospital.store import SHANGHAI

_OPENS = {"morning": time(8, 0), "afternoon": time(13, 30)}
_CLOSES = {"morning": time(12, 0), "afternoon": time(17, 30)}
_MINUTES_EACH = 4
_BY_ORDER = "SELECT * FROM orders WHERE hospital_code = ? AND order_id = ?"
_SHOWN = {
    "hospitalCode": "hospital_code",
    "orderId": "order_id",
    "recordId": "record_id",
    "state": "state",
    "calls": "calls",
    "hospitalScheduleId": "schedule_id",
    "departmentCode": "department_code",
    "date": "date",
    "halfDay": "half_day",
    "number": "number",
    "feeFen": "fee_fen",
    "patientName": "patient_name",
    "certificateType": "certificate_type",
    "certificateEnd": "certificate_end",
    "checkInAt": "check_in_at",
    "checkInPlace": "check_in_place",
    "reason": "reason",
}


class Orders:
    """The books of all simulated hospitals; every method is one transaction."""

    def __init__(self, store: sqlite3.Connection) -> None:
        self._store = store

    def register(self, hospital_code: str, asked: Registration, now: datetime) -> tuple[bool, dict[str, Any]]:
        """Return whether the record is new, and the record: a repeat gets the same one."""
        if (asked.certificate_type == "passport") is not bool(asked.issuing_state):
            raise RefusedError(422, "A passport has its issuing state, and no other certificate has one.")
        row = _row(hospital_code, asked)
        found = self._called(hospital_code, order_id=asked.order_id)
        if found is not None:
            if any(found[name] != value for name, value in row.items()):
                raise RefusedError(409, "This order is registered with other content.")
            return False, _shown(found)
        new = row | {
            "record_id": f"R{now.astimezone(SHANGHAI):%Y%m%d}{uuid4().hex[:12].upper()}",
            "state": "booked",
            "calls": 1,
            "check_in_at": _check_in_at(asked.date, asked.half_day, asked.number).isoformat(),
            "check_in_place": _check_in_place(asked.department_code),
            "received_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        }
        try:
            insert(self._store, "orders", new)
        except sqlite3.IntegrityError as error:
            raise RefusedError(409, "Another order has this number of the schedule.") from error
        return True, _shown(self._order(hospital_code, str(new["record_id"])))

    def pay(self, hospital_code: str, record_id: str, asked: PaymentRecord) -> dict[str, Any]:
        """Record the payment; a repeat changes nothing."""
        found = self._order_called(hospital_code, record_id, asked.order_id)
        if found["state"] == "cancelled":
            raise RefusedError(409, "The order is cancelled.")
        if found["fee_fen"] != asked.amount_fen:
            raise RefusedError(409, "The amount is not the fee of the order.")
        # The patient may have been there before the platform's call came.
        return self._move(found, "paid" if found["state"] == "booked" else found["state"], None)

    def cancel(self, hospital_code: str, record_id: str, asked: CancellationRecord) -> dict[str, Any]:
        """Record the cancellation, with the reason of the first call; a repeat changes nothing."""
        found = self._order_called(hospital_code, record_id, asked.order_id)
        return self._move(found, "cancelled", found["reason"] or asked.reason)

    def require_awaited(self, hospital_code: str, order_id: str) -> None:
        """Pass if the patient of the order may take the number, or refuse."""
        if self._received(hospital_code, order_id)["state"] == "cancelled":
            raise RefusedError(409, "The order is cancelled: the patient has no number any more.")

    def attended(self, hospital_code: str, order_id: str) -> dict[str, Any]:
        """Record that the patient took the number; a cancellation that came meanwhile stands."""
        found = self._received(hospital_code, order_id)
        return _shown(found) if found["state"] == "cancelled" else self._move(found, "checkedIn", None)

    def missed(self, hospital_code: str, order_id: str) -> dict[str, Any]:
        """Record that the patient did not come."""
        found = self._received(hospital_code, order_id)
        if found["state"] in ("checkedIn", "cancelled"):
            raise RefusedError(409, f"The order is {found['state']}: nobody failed to come.")
        return self._move(found, "noShow", None)

    def count(self, hospital_code: str) -> int:
        """Return how many orders the hospital has received."""
        return int(self._store.execute("SELECT COUNT(*) FROM orders WHERE hospital_code = ?", (hospital_code,)).fetchone()[0])

    def received(self, hospital_code: str | None = None, most: int = -1) -> list[dict[str, Any]]:
        """Return the orders received, newest first."""
        rows = self._store.execute(
            "SELECT * FROM orders WHERE ? IS NULL OR hospital_code = ? ORDER BY received_at DESC, rowid DESC LIMIT ?",
            (hospital_code, hospital_code, most),
        )
        return [_shown(row) for row in rows]

    def _move(self, found: sqlite3.Row, state: str, reason: str | None) -> dict[str, Any]:
        with self._store:
            self._store.execute("UPDATE orders SET state = ?, reason = ? WHERE record_id = ?", (state, reason, found["record_id"]))
        return _shown(self._order(found["hospital_code"], found["record_id"]))

    def _order(self, hospital_code: str, record_id: str) -> sqlite3.Row:
        found: sqlite3.Row | None = self._store.execute(
            "SELECT * FROM orders WHERE hospital_code = ? AND record_id = ?", (hospital_code, record_id)
        ).fetchone()
        if found is None:
            raise RefusedError(404, "There is no such record.")
        return found

    def _received(self, hospital_code: str, order_id: str) -> sqlite3.Row:
        found: sqlite3.Row | None = self._store.execute(_BY_ORDER, (hospital_code, order_id)).fetchone()
        if found is None:
            raise RefusedError(404, "This order has not been received here.")
        return found

    def _order_called(self, hospital_code: str, record_id: str, order_id: str) -> sqlite3.Row:
        found = self._order(hospital_code, record_id)
        if found["order_id"] != order_id:
            raise RefusedError(409, "The record belongs to another order.")
        self._called(hospital_code, order_id)
        return found

    def _called(self, hospital_code: str, order_id: str) -> sqlite3.Row | None:
        order = (hospital_code, order_id)
        with self._store:
            self._store.execute("UPDATE orders SET calls = calls + 1 WHERE hospital_code = ? AND order_id = ?", order)
        found: sqlite3.Row | None = self._store.execute(_BY_ORDER, order).fetchone()
        return found


def _row(hospital_code: str, asked: Registration) -> dict[str, object]:
    return {
        "hospital_code": hospital_code,
        "order_id": asked.order_id,
        "schedule_id": asked.hospital_schedule_id,
        "department_code": asked.department_code,
        "date": asked.date.isoformat(),
        "half_day": asked.half_day,
        "number": asked.number,
        "fee_fen": asked.fee_fen,
        "patient_name": asked.patient_name,
        "patient_phone": asked.patient_phone,
        "certificate_type": asked.certificate_type,
        # The rest of the certificate number has done its work once the person is recognised.
        "certificate_end": asked.certificate_number[-4:],
    }


def _shown(row: sqlite3.Row) -> dict[str, Any]:
    return {name: row[column] for name, column in _SHOWN.items()}


def _check_in_at(day: date, half_day: str, number: int) -> datetime:
    """Return when the number's turn comes, never past the end of the half-day."""
    turn = datetime.combine(day, _OPENS[half_day], SHANGHAI) + timedelta(minutes=(number - 1) * _MINUTES_EACH)
    return min(turn, datetime.combine(day, _CLOSES[half_day], SHANGHAI))


def _check_in_place(department_code: str) -> str:
    place = hashlib.sha256(department_code.encode()).digest()
    return f"门诊楼{place[0] % 5 + 1}层{place[1] % 8 + 1}号取号窗口"
