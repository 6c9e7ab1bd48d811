"""Whoever keeps claims on notices grants each once, and lets nobody rely on one that may still be taken back."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from guahao.adapters.dynamo.notices import DynamoSentNotices
from guahao.domain.errors import Unavailable
from guahao.ports.notices.notices import SENDING, SentNotices
from tests.builders import NOW
from tests.fakes.notices import FakeSentNotices


@pytest.fixture(params=["fake", "dynamo"])
def claims(request: pytest.FixtureRequest) -> SentNotices:
    if request.param == "fake":
        return FakeSentNotices()
    return DynamoSentNotices(request.getfixturevalue("aws")["NOTICES_TABLE"])


def test_a_claim_is_granted_once_and_refused_for_good_when_it_is_taken_back_no_more(claims: SentNotices) -> None:
    subject = uuid4().hex
    assert claims.claim(subject, "paid", NOW)
    with pytest.raises(Unavailable):
        claims.claim(subject, "paid", NOW + SENDING - timedelta(seconds=1))
    assert not claims.claim(subject, "paid", NOW + SENDING)
    assert claims.claim(subject, "cancelled", NOW)


def test_a_claim_that_was_taken_back_is_granted_anew(claims: SentNotices) -> None:
    subject = uuid4().hex
    assert claims.claim(subject, "paid", NOW)
    claims.release(subject, "paid")
    assert claims.claim(subject, "paid", NOW)
