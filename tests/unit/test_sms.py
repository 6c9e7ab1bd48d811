"""SMS through SNS; tests/contract/test_sms_operators.py has what every operator promises."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from guahao.adapters.aws.sms import SnsSms
from guahao.domain.notices.wording import Template, Text, worded
from guahao.domain.people.accounts import Language

TEXT = Text(Template.IDENTITY_APPROVED, Language.CHINESE, {})


class Operator:
    """SNS, answering in one way."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.published: list[dict[str, Any]] = []

    def close(self) -> None:
        """Give up the connections, of which there are none."""

    def publish(self, **message: Any) -> None:
        self.published.append(message)
        if self.error:
            raise self.error


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make an operator the one that SMS go to; it is asked for with a single attempt."""

    def put(operator: Operator) -> None:
        operators = {("sns", 1): operator}
        monkeypatch.setattr("guahao.adapters.aws.sms.client", lambda service, attempts: operators[service, attempts])

    return put


def test_an_sms_goes_to_the_mainland_number_at_any_hour(use: Any) -> None:
    operator = Operator()
    use(operator)
    SnsSms().send("13800000001", TEXT)
    assert (operator.published[0]["PhoneNumber"], operator.published[0]["Message"]) == ("+8613800000001", worded(TEXT))
    assert operator.published[0]["MessageAttributes"]["AWS.SNS.SMS.SMSType"]["StringValue"] == "Transactional"


def test_an_answer_that_never_came_counts_as_sent(use: Any) -> None:
    operator = Operator(ReadTimeoutError(endpoint_url="sns"))
    use(operator)
    SnsSms().send("13800000001", TEXT)
    assert len(operator.published) == 1
