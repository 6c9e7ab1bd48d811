"""What `make trace` finds in the functions' log, and how it shows it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from infra.local.commands import execute
from infra.local.layout import Layout
from infra.local.problems import StackProblem
from infra.local.trace import Line, belonging, folder, lines, plain, readable, show

from tests.functions import FUNCTIONS

BOOKED, PAID, NOTIFIED, TIMER = "61ba8303-6911-436a-baad-cabc123dcd60", "1c78d86c", "599ff378", "27f143fe-c07c-4d30-aa2d-1fde3e22c1ae"
ORDER, OTHER = "o75bw5lt4rocvbpk2nsqfkndwa", "oxxxxxxxxxxxxxxxxxxxxxxxxx"


def printed(function: str, second: float, message: str, correlation_id: str, **fields: object) -> str:
    """Return a line as the stack's file has it."""
    line = {"time": f"2026-11-30T22:54:{second:06.3f}+00:00", "level": "INFO", "logger": "guahao.x", "message": message}
    return f"guahao-{function}-5B11D5DCE0902 {json.dumps({**line, 'correlationId': correlation_id, **fields})}"


def queue(function: str, name: str, second: float, correlation_id: str, order: str = ORDER, origin: str = BOOKED, **fields: object) -> str:
    told = {"queue": f"guahao-queues-{name}-49849DBB1D723", "orderId": order, "outcome": "done", "milliseconds": 70.9, **fields}
    return printed(function, second, "record", correlation_id, originId=origin, **told)


def changed(second: float, correlation_id: str, order: str = ORDER, origin: str = BOOKED) -> str:
    told = {"table": "guahao-data-OrdersTable-9C0A8324017C6", "keys": [order], "outcome": "done", "milliseconds": 26.8}
    return printed("OnOrderChanged", second, "record", correlation_id, originId=origin, **told)


BOOKING = printed("Booking", 47.2, "POST /api/orders", BOOKED, location=f"/api/orders/{ORDER}", status=201, milliseconds=191.0)
PAYMENT = f"/api/orders/{ORDER}/payment"
PAYING = printed(
    "Payment", 48.9, "POST /api/orders/{orderId}/payment", PAID, orderId=ORDER, location=PAYMENT, status=201, milliseconds=465.6
)
OF_BOOKING = [BOOKING, changed(47.8, BOOKED), queue("OnPartnerCall", "PartnerCallsQueue", 49.1, BOOKED)]
OF_NOTIFICATION = [
    printed("PaymentNotify", 49.2, "POST /api/payments/wechat/notifications", NOTIFIED, status=204, milliseconds=194.2),
    changed(49.3, NOTIFIED),
    printed("OnSms", 49.4, "a record failed and will be tried again", NOTIFIED, originId=BOOKED, level="ERROR", exception="T:\n  x\nE: no"),
    queue("OnSms", "SmsQueue", 49.5, NOTIFIED, kind="paid"),
]
RUN = [
    queue("OnReminder", "RemindersQueue", 52.0, TIMER),
    printed("ReconcileOrders", 52.1, "expiredHolds", TIMER, orderId=ORDER),
    printed("ReconcileOrders", 52.2, "reconcile_orders", TIMER, timer="reconcile_orders", outcome="done", runs=1, gone=0, milliseconds=9.0),
]
ELSEWHERE = [
    printed("Booking", 47.3, "POST /api/orders", "c2", location=f"/api/orders/{OTHER}", status=201, milliseconds=100.0),
    changed(47.9, "c2", OTHER, "c2"),
    printed("Authorizer", 46.1, "known", "-", role="user"),
    printed("Catalog", 46.2, "GET /api/hospitals", "c3", status=200, milliseconds=1.0),
]
OF_OTHER_IN_RUN = queue("OnReminder", "RemindersQueue", 52.3, TIMER, OTHER, "c2")
NO_LINES = ["guahao-OnSms-E8A2D7C2B4F88 Traceback (most recent call last):", 'guahao-OnSms-E8A2D7C2B4F88 {"broken": ', "", "{}", "x {}"]
LOG = [*NO_LINES, PAYING, *OF_BOOKING, *ELSEWHERE, *OF_NOTIFICATION, *RUN, OF_OTHER_IN_RUN]


def read(text: list[str]) -> list[Line]:
    return list(lines(text))


def found(identifier: str) -> list[Line]:
    return belonging(read(LOG), identifier)


def same(some: list[Line], text: list[str]) -> bool:
    return sorted(map(repr, some)) == sorted(map(repr, read(text)))


@pytest.mark.parametrize("identifier", [ORDER, BOOKED])
def test_an_order_and_the_request_that_made_it_find_all_that_was_done_about_the_order_and_nothing_about_others(identifier: str) -> None:
    assert same(found(identifier), [PAYING, *OF_BOOKING, *OF_NOTIFICATION, *RUN])


def test_a_later_request_finds_its_own_lines() -> None:
    assert same(found(NOTIFIED), OF_NOTIFICATION)
    assert same(found(PAID), [PAYING])


def test_a_run_of_a_timer_finds_the_lines_of_all_orders_that_it_touched() -> None:
    assert same(found(TIMER), [*RUN, OF_OTHER_IN_RUN])


@pytest.mark.parametrize("identifier", ["unknown", "-", "user", "o75bw5lt4rocvbpk2nsqfkndw"])
def test_what_no_line_belongs_to_finds_nothing(identifier: str) -> None:
    assert found(identifier) == []


def test_a_cause_stands_above_what_it_caused_although_it_may_end_later() -> None:
    booking = BOOKING.replace("22:54:47.200", "22:54:59.000").replace("191.0", "12000.0")
    first, second, *_ = belonging(read([*reversed(OF_BOOKING[1:]), booking]), ORDER)
    assert (first.function, second.function) == ("booking", "on_order_changed")


def test_a_line_is_shown_with_its_beginning_its_function_what_it_was_what_came_of_it_and_its_ids() -> None:
    shown = readable(belonging(read([BOOKING, *OF_NOTIFICATION]), BOOKED))
    assert [" ".join(line.split()) for line in shown] == [
        f"2026-11-30 22:54:47.009+00:00 booking POST /api/orders 201 191.0 ms correlationId={BOOKED} location=/api/orders/{ORDER}",
        "2026-11-30 22:54:49.005+00:00 payment_notify POST /api/payments/wechat/notifications 204 194.2 ms correlationId=599ff378",
        f"2026-11-30 22:54:49.273+00:00 on_order_changed table orders done 26.8 ms correlationId=599ff378 originId={BOOKED} keys={ORDER}",
        "2026-11-30 22:54:49.400+00:00 on_sms a record failed and will be tried again ERROR "
        f"correlationId=599ff378 originId={BOOKED} exception=E: no",
        f"2026-11-30 22:54:49.429+00:00 on_sms queue sms done 70.9 ms correlationId=599ff378 originId={BOOKED} orderId={ORDER} kind=paid",
    ]


def test_a_timer_is_shown_with_its_figures_that_are_not_zero() -> None:
    shown = " ".join(readable(belonging(read(RUN), TIMER))[-1].split())
    assert shown.endswith(f" reconcile_orders timer reconcile_orders done 9.0 ms correlationId={TIMER} runs=1")


def test_every_function_is_shown_by_its_folder() -> None:
    folders = {name: function["Properties"]["CodeUri"].removeprefix("functions/") for name, function in FUNCTIONS.items()}
    assert {name: folder(f"guahao-{name}-E8A2D7C2B4F88") for name in FUNCTIONS} == folders


def test_queues_and_tables_are_shown_as_the_papers_call_them() -> None:
    assert [plain(name) for name in ("guahao-queues-HoldExpiryQueue-9C0A", "guahao-data-OrdersTable-9C0A", "orders")] == [
        *("hold-expiry", "orders", "orders")
    ]


def stack_of(path: Path, text: list[str] | None = None) -> Layout:
    layout = Layout(path, 21000, {}, {})
    if text is not None:
        layout.logs.mkdir()
        layout.functions_log.write_text("\n".join(text))
    return layout


def test_the_command_prints_what_it_finds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show(stack_of(tmp_path, LOG), PAID)
    assert capsys.readouterr().out == f"{readable(found(PAID))[0]}\n"


def test_an_unknown_id_no_id_and_no_log_are_one_sentence_each(tmp_path: Path) -> None:
    with pytest.raises(StackProblem, match=r"^Say whose: `make trace ID=…`, with .*\.$"):
        show(stack_of(tmp_path), "")
    with pytest.raises(StackProblem, match=r"^There is no .*functions\.log: start the stack with `make run` or `make up`; .*\.$"):
        show(stack_of(tmp_path), ORDER)
    with pytest.raises(StackProblem, match=r"^Nothing in .*functions\.log, .*, belongs to 'unknown': look at the id again\.$"):
        show(stack_of(tmp_path, LOG), "unknown")


def test_the_command_line_takes_an_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    stack_of(tmp_path, LOG)
    for words, code in ((["trace", PAID], 0), (["trace", ""], 1), (["trace"], 1), (["trace", "unknown"], 1)):
        monkeypatch.setattr("sys.argv", ["infra.local", "--state", str(tmp_path), *words])
        assert execute() == code
    assert PAID in capsys.readouterr().out
