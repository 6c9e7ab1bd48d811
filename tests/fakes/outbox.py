"""Messages that were sent, kept to be looked at."""

from __future__ import annotations

from guahao.contracts.orders import NoticeKind


class FakeOutbox:
    def __init__(self) -> None:
        self.sent: list[tuple[str, str, object]] = []

    def expire_hold(self, order_id: str, delay_seconds: int) -> None:
        self.sent.append(("expireHold", order_id, delay_seconds))

    def tell_hospital(self, order_id: str) -> None:
        self.sent.append(("tellHospital", order_id, None))

    def notify(self, order_id: str, kind: NoticeKind) -> None:
        self.sent.append(("notify", order_id, kind.value))

    def settle(self, order_id: str, delay_seconds: int = 0) -> None:
        self.sent.append(("settle", order_id, delay_seconds))

    def suspend(self, schedule_id: str, delay_seconds: int = 0) -> None:
        self.sent.append(("suspend", schedule_id, delay_seconds))
