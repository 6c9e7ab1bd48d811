"""The store of identities keeps its promises, in memory and in DynamoDB."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from guahao.adapters.dynamo.accounts import DynamoAccounts
from guahao.adapters.dynamo.audit_log import DynamoAuditLog
from guahao.adapters.dynamo.identities import ClaimItem, DynamoIdentities, IdentityItem, identity_of_image
from guahao.adapters.dynamo.users import DynamoUsers
from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.errors import DuplicateCertificate, Invalid
from guahao.domain.people.accounts import IdentityState, User
from guahao.domain.people.certificates import Certificate, CertificateType, identifying_text
from guahao.domain.people.identity import Identity
from guahao.domain.people.users import lock
from guahao.domain.versions import VersionConflict
from guahao.ports.administration.audit_log import AuditLog
from guahao.ports.people.accounts import Accounts
from guahao.ports.people.identity import Identities
from guahao.ports.people.users import UserStore
from guahao.runtime.correlation import trace
from tests.fakes.accounts import FakeAccounts
from tests.fakes.audit_log import FakeAuditLog
from tests.fakes.identity import FakeIdentities
from tests.fakes.users import FakeUsers
from tests.fakes.vault import FakeVault

NOW = datetime(2026, 3, 2, 1, 0, 0, 123456, UTC)
NUMBER = "110101199003070011"


@dataclass
class Stores:
    identities: Identities
    accounts: Accounts
    users: UserStore
    audit_log: AuditLog

    def user(self) -> User:
        """Register somebody."""
        return self.accounts.register(User(uuid4().hex[:26], "sealed", "138****0001", NOW))

    def submit(self, identity: Identity) -> Identity:
        """Submit over what is there."""
        self.identities.submit(self.identities.get(identity.user_id), identity)
        return identity

    def decide(self, identity: Identity, approved: bool, administrator: str = "auditor") -> Identity:
        """Decide on an identity as it was read, and name the decision by the user."""
        after = identity.decide(approved, "" if approved else "照片不清晰", administrator, NOW)
        action = Action.IDENTITY_APPROVED if approved else Action.IDENTITY_REJECTED
        self.identities.decide(identity, after, AuditEntry(administrator, action, identity.user_id, after.reason))
        return after

    def deeds_about(self, user_id: str) -> list[AuditEntry]:
        return [entry.entry for entry in self.audit_log.all() if entry.entry.subject == user_id]

    def state_of(self, user_id: str) -> IdentityState:
        user = self.accounts.get(user_id)
        assert user
        return user.identity_state


@pytest.fixture(params=["fake", "dynamo"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "fake":
        accounts, audit_log = FakeAccounts(), FakeAuditLog()
        return Stores(FakeIdentities(accounts, audit_log), accounts, FakeUsers(accounts, audit_log), audit_log)
    aws = request.getfixturevalue("aws")
    table, log = aws["ACCOUNTS_TABLE"], DynamoAuditLog(aws["AUDIT_LOG_TABLE"])
    return Stores(DynamoIdentities(aws["IDENTITIES_TABLE"], table, lambda: log, trace), DynamoAccounts(table), DynamoUsers(table, log), log)


def an_identity(user_id: str, person: str = "", kind: CertificateType = CertificateType.ID_CARD) -> Identity:
    """Return a first submission of the user with the certificate of a person, of somebody new unless one is named."""
    certificate = Certificate(kind, "sealed", FakeVault().fingerprint(identifying_text(kind, person or uuid4().hex)), "110***********0011")
    submission_id = uuid4().hex
    return Identity(user_id, submission_id, "王小明", certificate, f"photos/{user_id}/{submission_id}.png", NOW)


def again(identity: Identity, **changes: object) -> Identity:
    """Return a new submission over the identity."""
    fresh = {"submission_id": uuid4().hex, "version": identity.version + 1, "state": IdentityState.UNDER_REVIEW}
    return replace(identity, decided_at=None, decided_by="", reason="", **{**fresh, **changes})  # type: ignore[arg-type]


def test_nothing_was_submitted_at_first(stores: Stores) -> None:
    assert stores.identities.get(stores.user().user_id) is None


def test_a_submission_is_read_back_whole_and_marks_the_user(stores: Stores) -> None:
    user = stores.user()
    identity = stores.submit(an_identity(user.user_id))
    assert stores.identities.get(user.user_id) == identity
    marked = replace(user, name="王小明", identity_state=IdentityState.UNDER_REVIEW, version=user.version + 1)
    assert stores.accounts.get(user.user_id) == marked


@pytest.mark.parametrize("kind", [CertificateType.ID_CARD, CertificateType.HOUSEHOLD_REGISTER])
def test_one_person_belongs_to_one_account_whichever_certificate_shows_it(stores: Stores, kind: CertificateType) -> None:
    person, first, second = uuid4().hex, stores.user(), stores.user()
    stores.submit(an_identity(first.user_id, person))
    with pytest.raises(DuplicateCertificate):
        stores.submit(an_identity(second.user_id, person, kind))
    assert stores.identities.get(second.user_id) is None
    assert stores.accounts.get(second.user_id) == second


def test_a_certificate_has_a_holder_until_it_is_rejected(stores: Stores) -> None:
    user = stores.user()
    identity = an_identity(user.user_id)
    assert stores.identities.holder(identity.certificate.fingerprint) is None
    stores.submit(identity)
    assert stores.identities.holder(identity.certificate.fingerprint) == user.user_id
    stores.decide(identity, approved=False)
    assert stores.identities.holder(identity.certificate.fingerprint) is None


def test_a_passport_with_the_digits_of_an_id_card_is_another_certificate(stores: Stores) -> None:
    stores.submit(an_identity(stores.user().user_id, NUMBER))
    stores.submit(an_identity(stores.user().user_id, NUMBER, CertificateType.PASSPORT))


def test_of_many_accounts_that_submit_one_certificate_at_once_one_gets_it(stores: Stores) -> None:
    person, users = uuid4().hex, [stores.user() for _ in range(8)]

    def submit(user: User) -> bool:
        try:
            stores.submit(an_identity(user.user_id, person))
        except (DuplicateCertificate, VersionConflict):
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(submit, users)) == 1
    assert [stores.state_of(user.user_id) for user in users].count(IdentityState.UNDER_REVIEW) == 1


def test_of_two_submissions_of_a_user_at_once_one_is_written(stores: Stores) -> None:
    user_id = stores.user().user_id

    def submit(identity: Identity) -> bool:
        try:
            stores.identities.submit(None, identity)
        except VersionConflict:
            return False
        return True

    attempts = [an_identity(user_id) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        won = [identity for identity, written in zip(attempts, pool.map(submit, attempts), strict=True) if written]
    assert won == [stores.identities.get(user_id)]


def test_a_submission_that_lost_claims_no_certificate(stores: Stores) -> None:
    user, person = stores.user(), uuid4().hex
    stores.submit(an_identity(user.user_id))
    with pytest.raises(VersionConflict):
        stores.identities.submit(None, an_identity(user.user_id, person))
    stores.submit(an_identity(stores.user().user_id, person))


def test_an_approval_names_the_user_and_keeps_the_certificate(stores: Stores) -> None:
    user, person = stores.user(), uuid4().hex
    decided = stores.decide(stores.submit(an_identity(user.user_id, person)), approved=True)
    assert stores.identities.get(user.user_id) == decided
    approved = replace(user, name="王小明", identity_state=IdentityState.APPROVED, version=user.version + 2)
    assert stores.accounts.get(user.user_id) == approved
    with pytest.raises(DuplicateCertificate):
        stores.submit(an_identity(stores.user().user_id, person))


def test_a_rejection_frees_the_certificate_and_leaves_the_user_the_name(stores: Stores) -> None:
    user, person = stores.user(), uuid4().hex
    decided = stores.decide(stores.submit(an_identity(user.user_id, person)), approved=False)
    assert stores.identities.get(user.user_id) == decided
    assert decided.reason
    rejected = replace(user, name="王小明", identity_state=IdentityState.REJECTED, version=user.version + 2)
    assert stores.accounts.get(user.user_id) == rejected
    stores.submit(an_identity(stores.user().user_id, person))


def test_a_rejected_user_submits_again_with_the_same_or_another_certificate(stores: Stores) -> None:
    user_id = stores.user().user_id
    rejected = stores.decide(stores.submit(an_identity(user_id)), approved=False)
    rejected = stores.decide(stores.submit(again(rejected)), approved=False)
    other = stores.submit(again(rejected, certificate=an_identity(user_id).certificate))
    assert stores.identities.get(user_id) == other
    assert stores.state_of(user_id) is IdentityState.UNDER_REVIEW


def test_a_rejected_user_cannot_take_back_a_certificate_that_another_account_has_now(stores: Stores) -> None:
    person, first, second = uuid4().hex, stores.user(), stores.user()
    rejected = stores.decide(stores.submit(an_identity(first.user_id, person)), approved=False)
    stores.submit(an_identity(second.user_id, person))
    with pytest.raises(DuplicateCertificate):
        stores.submit(again(rejected))
    assert stores.identities.get(first.user_id) == rejected
    assert stores.submit(again(rejected, certificate=an_identity(first.user_id).certificate))


def test_a_decision_is_in_the_audit_log(stores: Stores) -> None:
    user_id = stores.user().user_id
    stores.decide(stores.submit(an_identity(user_id)), approved=False)
    assert stores.deeds_about(user_id) == [AuditEntry("auditor", Action.IDENTITY_REJECTED, user_id, "照片不清晰")]


def test_a_decision_that_is_not_made_is_not_in_the_audit_log(stores: Stores) -> None:
    user_id = stores.user().user_id
    identity = stores.submit(an_identity(user_id))
    decided = stores.decide(identity, approved=True)
    with pytest.raises(VersionConflict):
        stores.decide(identity, approved=False)
    assert stores.identities.get(user_id) == decided
    assert [entry.action for entry in stores.deeds_about(user_id)] == [Action.IDENTITY_APPROVED]


def test_of_administrators_that_decide_at_once_one_wins(stores: Stores) -> None:
    user_id = stores.user().user_id
    identity = stores.submit(an_identity(user_id))

    def decide(n: int) -> str:
        try:
            return stores.decide(identity, approved=bool(n % 2), administrator=f"auditor{n}").decided_by
        except VersionConflict:
            return ""

    with ThreadPoolExecutor(8) as pool:
        winners = [name for name in pool.map(decide, range(8)) if name]
    found = stores.identities.get(user_id)
    assert found
    assert winners == [found.decided_by] == [entry.actor for entry in stores.deeds_about(user_id)]
    assert stores.state_of(user_id) is found.state


def test_identities_in_a_state_come_longest_submitted_first_page_by_page(stores: Stores) -> None:
    # The table is shared with other tests: an hour of 1990 is this one's alone.
    begin = datetime(1990, 1, 1, tzinfo=UTC)
    waiting = [replace(an_identity(stores.user().user_id), submitted_at=begin + timedelta(minutes=n)) for n in (3, 1, 4, 2, 0)]
    for identity in waiting:
        stores.submit(identity)
    stores.decide(stores.submit(replace(an_identity(stores.user().user_id), submitted_at=begin)), approved=True)
    found: list[Identity] = []
    cursor: str | None = None
    for _ in range(3):
        page = stores.identities.in_state(IdentityState.UNDER_REVIEW, 2, cursor)
        assert len(page.items) <= 2
        found, cursor = [*found, *page.items], page.next_cursor
    assert found[:5] == sorted(waiting, key=lambda identity: identity.submitted_at)
    for identity in waiting:
        stores.decide(identity, approved=True)


@pytest.mark.parametrize("cursor", ["x", "é", "AAAA", "I3U=", "MjAyNg==", "\ud800"])
def test_a_strange_cursor_is_refused(aws: dict[str, str], cursor: str) -> None:
    identities = DynamoIdentities(aws["IDENTITIES_TABLE"], aws["ACCOUNTS_TABLE"], lambda: DynamoAuditLog(aws["AUDIT_LOG_TABLE"]), trace)
    with pytest.raises(Invalid):
        identities.in_state(IdentityState.UNDER_REVIEW, 20, cursor)


def test_a_claim_is_in_no_queue_and_tells_only_whose_it_is(aws: dict[str, str]) -> None:
    identities = DynamoIdentities(aws["IDENTITIES_TABLE"], aws["ACCOUNTS_TABLE"], lambda: DynamoAuditLog(aws["AUDIT_LOG_TABLE"]), trace)
    user = DynamoAccounts(aws["ACCOUNTS_TABLE"]).register(User(uuid4().hex[:26], "sealed", "138****0001", NOW))
    identity = an_identity(user.user_id)
    identities.submit(None, identity)
    claim = ClaimItem.get(f"certificate#{identity.certificate.fingerprint}")
    assert set(claim.to_dynamodb_dict()) == {"identity_id", "holder"}


def test_a_lock_and_a_submission_at_once_lose_nothing_of_each_other(stores: Stores) -> None:
    for _ in range(8):
        user = stores.user()
        identity, entry = an_identity(user.user_id), AuditEntry("auditor", Action.USER_LOCKED, user.user_id, "x")
        with ThreadPoolExecutor(2) as pool:
            locking = pool.submit(stores.users.move, user, lock(user, "x"), entry, NOW)
            submitting = pool.submit(stores.submit, identity)
        faults = [locking.exception(), submitting.exception()]
        assert {type(fault) for fault in faults if fault} <= {VersionConflict, VersionConflict}
        found = stores.accounts.get(user.user_id)
        assert found
        assert found.locked is (faults[0] is None)
        assert (found.identity_state is IdentityState.UNDER_REVIEW) is (faults[1] is None)
        assert stores.identities.get(user.user_id) == (None if faults[1] else identity)


def test_an_image_of_the_stream_is_the_identity() -> None:
    identity = an_identity("u1").decide(False, "照片不清晰", "auditor", NOW)
    assert identity_of_image(IdentityItem.from_domain(identity, "").to_dynamodb_dict()) == identity
