"""What cannot be read is told of in the log by its fault alone: it may hold a certificate's number."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from guahao.adapters.hospital.partner_system import SignedPartnerSystem
from guahao.adapters.wechat.messages import Refund
from guahao.adapters.wechat.refusals import parsed
from guahao.contracts.messages import PartnerCall, SmsMessage
from guahao.contracts.partner_calls import Registration
from guahao.domain.errors import HospitalUnreachable, ProviderUnavailable
from guahao.domain.hospitals.hospital_access import HospitalAccess
from guahao.runtime.batch import each_message
from guahao.runtime.logging import JsonFormatter, get_logger
from guahao.usecases.reconciliation.repairs import Repairs

SECRET = "110101199003077758"
UNREADABLE = [f'{{"orderId": ["{SECRET}"], "idCard": "{SECRET}"}}', f'{{"idCard": "{SECRET}', f'"{SECRET}"', f'["{SECRET}"]']
SETTING = HospitalAccess("10001", "https://hospital.example", "key")


@pytest.fixture
def written() -> Iterator[list[str]]:
    """Give the lines of the log as they are written."""
    lines: list[str] = []
    handler, house = logging.Handler(), get_logger("x").parent
    assert house
    handler.setFormatter(JsonFormatter())
    handler.emit = lambda record: lines.append(handler.format(record))  # type: ignore[method-assign]
    house.addHandler(handler)
    yield lines
    house.removeHandler(handler)


class Unreadable:
    """A hospital's side that answers with this."""

    def __init__(self, answer: str) -> None:
        self._answer = answer

    def post(self, *_: Any) -> tuple[int, bytes]:
        return 200, self._answer.encode()


def register(answer: str) -> None:
    system = SignedPartnerSystem()
    system._outbound = Unreadable(answer)  # type: ignore[assignment]
    system.register(SETTING, Registration.model_construct(order_id="o1"))


@pytest.mark.parametrize("content", UNREADABLE)
@pytest.mark.parametrize("read", [register, lambda content: parsed(Refund, content)])
def test_an_answer_that_cannot_be_read_is_not_in_the_log_of_a_run(read: Callable[[str], object], content: str, written: list[str]) -> None:
    try:
        read(content)
    except (HospitalUnreachable, ProviderUnavailable):
        Repairs("remaining").note_failure(orderId="o1")
    (line,) = written
    assert "ValidationError" in json.loads(line)["exception"]
    assert SECRET not in line


@pytest.mark.parametrize("content", UNREADABLE)
@pytest.mark.parametrize("message", [PartnerCall, SmsMessage])
def test_a_message_that_cannot_be_read_is_not_in_the_log_of_its_queue(message: Any, content: str, written: list[str]) -> None:
    each_message(message, lambda _: None)({"Records": [{"messageId": "m1", "body": content}]}, None)
    line, outcome = written
    assert SECRET not in outcome
    assert "ValidationError" in json.loads(line)["exception"]
    assert SECRET not in line
