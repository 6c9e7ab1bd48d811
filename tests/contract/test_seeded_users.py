"""A demo user is verified as anybody else is."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from infra.seed.users import AUDITOR, verified_user

from guahao.adapters.dynamo.accounts import DynamoAccounts
from guahao.adapters.dynamo.audit_log import DynamoAuditLog
from guahao.adapters.dynamo.identities import ClaimItem, DynamoIdentities
from guahao.adapters.dynamo.notices import NoticeItem
from guahao.domain.people.accounts import IdentityState
from guahao.runtime.correlation import trace
from tests.functions import forget_use_cases
from tests.servers import new_secret

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def environment(aws: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Build the use cases anew on the servers."""
    monkeypatch.setenv("REDIS_SECRET", new_secret("redis://127.0.0.1:1"))
    forget_use_cases()
    yield
    forget_use_cases()


def test_a_verified_user_is_approved_in_every_store_and_made_once(aws: dict[str, str]) -> None:
    phone = f"136{uuid4().int % 10**8:08}"
    made = verified_user(phone, "林一")
    user_id, _ = made
    log = DynamoAuditLog(aws["AUDIT_LOG_TABLE"])
    identity = DynamoIdentities(aws["IDENTITIES_TABLE"], aws["ACCOUNTS_TABLE"], lambda: log, trace).get(user_id)
    user = DynamoAccounts(aws["ACCOUNTS_TABLE"]).get(user_id)
    assert identity
    assert user
    user.require_may_book()
    assert (user.name, identity.name, identity.state, identity.decided_by) == ("林一", "林一", IdentityState.APPROVED, AUDITOR)
    assert ClaimItem.get(f"certificate#{identity.certificate.fingerprint}").holder == user_id
    assert NoticeItem.get(f"{user_id}/{identity.submission_id}#approved")
    assert verified_user(phone, "林一") == made
    assert DynamoAccounts(aws["ACCOUNTS_TABLE"]).get(user_id) == user
    assert [entry.entry.actor for entry in log.all() if entry.entry.subject == f"{user_id}/{identity.submission_id}"] == [AUDITOR]


def test_a_verified_user_whose_making_was_cut_short_is_finished(aws: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    phone = f"136{uuid4().int % 10**8:08}"

    def cut_short(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as once:
        once.setattr("infra.seed.users._approve", cut_short)
        with pytest.raises(KeyboardInterrupt):
            verified_user(phone, "林一")
    user_id, _ = verified_user(phone, "林一")
    user = DynamoAccounts(aws["ACCOUNTS_TABLE"]).get(user_id)
    assert user
    user.require_may_book()
