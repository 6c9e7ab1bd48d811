"""Identities are looked at and decided on by one administrator at a time, and all of it is in the audit log."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from guahao.contracts.queries import ReviewQuery
from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.errors import DomainError, IdentityStateConflict, Invalid, NotFound, Unavailable
from guahao.domain.people.accounts import IdentityState
from guahao.domain.people.certificates import Certificate, CertificateType
from guahao.domain.people.identity import Identity
from guahao.domain.versions import VersionConflict
from guahao.usecases.people.audit import Audit
from tests.builders import NOW, user
from tests.fakes.accounts import FakeAccounts
from tests.fakes.audit_log import FakeAuditLog
from tests.fakes.clock import FakeClock
from tests.fakes.identity import FakeIdentities, FakePhotos
from tests.fakes.vault import FakeVault

NUMBER = "110101199003070011"
REASON = "照片不清楚"


class BusyIdentities(FakeIdentities):
    """Identities of which every decision meets another write of the same user, so many times."""

    others = 0

    def decide(self, before: Identity, after: Identity, entry: AuditEntry) -> None:
        if self.others:
            self.others -= 1
            raise VersionConflict
        super().decide(before, after, entry)


@pytest.fixture
def audit() -> Audit:
    identities = BusyIdentities(FakeAccounts(), FakeAuditLog())
    return Audit(identities, FakePhotos(), identities.audit_log, FakeVault(), FakeClock())


def submitted(audit: Audit, user_id: str = "u1", **changes: Any) -> Identity:
    """Submit an identity of the user, over the one that is there."""
    vault, before = FakeVault(), audit.identities.get(user_id)
    certificate = Certificate(CertificateType.ID_CARD, vault.seal(NUMBER), vault.fingerprint(user_id), "110***********0011")
    usual = Identity(user_id, "s1", "王小明", certificate, f"photos/{user_id}.png", NOW, version=before.version + 1 if before else 0)
    audit.identities.accounts.users.setdefault(user_id, user(user_id, name="", identity_state=IdentityState.NONE))  # type: ignore[attr-defined]
    identity = replace(usual, **changes)
    audit.identities.submit(before, identity)
    return identity


def entries(audit: Audit) -> list[AuditEntry]:
    return [entry.entry for entry in audit.audit_log.all()]


def test_the_queue_shows_the_longest_waiting_first_and_no_others(audit: Audit) -> None:
    for n in (2, 0, 1):
        submitted(audit, f"u{n}", submitted_at=NOW + timedelta(minutes=n))
    audit.decide("auditor-1", "u1", "", True, "")
    assert [identity.user_id for identity in audit.queue(ReviewQuery()).items] == ["u0", "u2"]
    assert [identity.user_id for identity in audit.queue(ReviewQuery(status="approved")).items] == ["u1"]
    page = audit.queue(ReviewQuery(limit=1))
    assert [identity.user_id for identity in audit.queue(ReviewQuery(limit=1, cursor=page.next_cursor)).items] == ["u2"]
    assert NUMBER not in repr(page)


def test_a_look_is_in_the_log_and_opens_number_and_photo_for_a_minute(audit: Audit) -> None:
    identity = submitted(audit)
    opened = audit.view("auditor-1", "u1")
    assert {name: getattr(opened, name) for name in vars(identity)} == vars(identity)
    assert opened.certificate_number == NUMBER
    assert opened.photo_url == "https://photos.example/photos/u1.png?seconds=60"
    assert opened.photo_url_expires_at == NOW + timedelta(seconds=60)
    assert entries(audit) == [AuditEntry("auditor-1", Action.IDENTITY_VIEWED, "u1/s1")]


class ClosedLog(FakeAuditLog):
    def append(self, entry: AuditEntry, now: object) -> Any:
        raise Unavailable("The store of records does not answer.")


def test_nothing_is_shown_that_the_log_does_not_take(audit: Audit) -> None:
    submitted(audit)
    with pytest.raises(Unavailable):
        replace(audit, audit_log=ClosedLog(), vault=None).view("auditor-1", "u1")  # type: ignore[arg-type]


def test_an_approval_names_the_user_and_is_in_the_log(audit: Audit) -> None:
    submitted(audit)
    decided = audit.decide("auditor-1", "u1", "s1", True, "")
    assert (decided.state, decided.decided_by, decided.decided_at, decided.reason) == (IdentityState.APPROVED, "auditor-1", NOW, "")
    assert audit.identities.get("u1") == decided
    assert entries(audit) == [AuditEntry("auditor-1", Action.IDENTITY_APPROVED, "u1/s1")]


def test_a_rejection_carries_its_reason_into_the_log(audit: Audit) -> None:
    submitted(audit)
    decided = audit.decide("auditor-1", "u1", "", False, REASON)
    assert (decided.state, decided.reason) == (IdentityState.REJECTED, REASON)
    assert entries(audit) == [AuditEntry("auditor-1", Action.IDENTITY_REJECTED, "u1/s1", REASON)]


def test_a_rejection_needs_a_reason(audit: Audit) -> None:
    identity = submitted(audit)
    with pytest.raises(Invalid) as refusal:
        audit.decide("auditor-1", "u1", "", False, "")
    assert [fault["field"] for fault in refusal.value.errors] == ["reason"]
    assert (audit.identities.get("u1"), entries(audit)) == (identity, [])


def test_the_same_decision_said_again_changes_nothing(audit: Audit) -> None:
    submitted(audit)
    decided = audit.decide("auditor-1", "u1", "s1", False, REASON)
    audit.clock.advance(minutes=1)  # type: ignore[attr-defined]
    assert audit.decide("auditor-1", "u1", "s1", False, REASON) == decided
    assert len(entries(audit)) == 1


@pytest.mark.parametrize(
    ("administrator", "approved", "reason"),
    [("auditor-2", False, REASON), ("auditor-1", True, ""), ("auditor-1", False, "另一个理由")],
)
def test_another_decision_comes_too_late(audit: Audit, administrator: str, approved: bool, reason: str) -> None:
    submitted(audit)
    decided = audit.decide("auditor-1", "u1", "", False, REASON)
    with pytest.raises(IdentityStateConflict) as refusal:
        audit.decide(administrator, "u1", "", approved, reason)
    assert refusal.value.rule == "underReview"
    assert (audit.identities.get("u1"), len(entries(audit))) == (decided, 1)


def test_a_submission_that_nobody_has_looked_at_is_not_decided_on(audit: Audit) -> None:
    submitted(audit)
    audit.decide("auditor-1", "u1", "s1", False, REASON)
    anew = submitted(audit, submission_id="s2")
    for approved, reason in ((False, REASON), (True, "")):
        with pytest.raises(IdentityStateConflict) as refusal:
            audit.decide("auditor-1", "u1", "s1", approved, reason)
        assert refusal.value.rule == "currentSubmission"
    assert (audit.identities.get("u1"), len(entries(audit))) == (anew, 1)
    assert audit.decide("auditor-1", "u1", "s2", True, "").state is IdentityState.APPROVED


@pytest.mark.parametrize(("others", "refusal"), [(9, None), (10, Unavailable)])
def test_a_decision_that_meets_other_writes_of_the_user_is_made_all_the_same(
    audit: Audit, others: int, refusal: type[DomainError] | None
) -> None:
    submitted(audit)
    audit.identities.others = others  # type: ignore[attr-defined]
    if refusal:
        with pytest.raises(refusal):
            audit.decide("auditor-1", "u1", "", True, "")
    else:
        audit.decide("auditor-1", "u1", "", True, "")
    assert len(entries(audit)) == (0 if refusal else 1)


def test_who_submitted_nothing_is_not_there_and_nothing_is_logged(audit: Audit) -> None:
    with pytest.raises(NotFound):
        audit.view("auditor-1", "u1")
    with pytest.raises(NotFound):
        audit.decide("auditor-1", "u1", "", True, "")
    assert entries(audit) == []
