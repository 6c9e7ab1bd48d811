"""Identity verification: what a user may submit, when, and what follows from it."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest

from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.errors import AccountLocked, DuplicateCertificate, IdentityStateConflict, Invalid, Unauthenticated, Unavailable
from guahao.domain.people.accounts import IdentityState
from guahao.domain.people.certificates import CertificateType
from guahao.domain.people.identity import Identity
from guahao.domain.people.photos import PhotoType, upload_key
from guahao.domain.versions import VersionConflict
from guahao.usecases.people.identity import IdentityService
from guahao.usecases.people.identity_changed import IdentityChanges
from tests.builders import NOW, citizen, user
from tests.fakes.clock import FakeClock
from tests.fakes.identity import FakeIdentities, FakePhotos
from tests.fakes.outbox import FakeOutbox
from tests.fakes.vault import FakeVault
from tests.photos import jpeg, png, webp

NUMBER = "110101199003070011"
CONTENT = {PhotoType.JPEG: jpeg(), PhotoType.PNG: png(), PhotoType.WEBP: webp()}


class World:
    """Two unverified users, and everything that identities need."""

    def __init__(self) -> None:
        self.identities, self.photos, self.outbox, self.vault = FakeIdentities(), FakePhotos(), FakeOutbox(), FakeVault()
        self.users = self.identities.accounts.users
        for user_id in ("u1", "u2"):
            self.users[user_id] = user(user_id, name="", identity_state=IdentityState.NONE)
        names = (f"{n:032x}" for n in count(1))
        self.service = IdentityService(self.identities, self.identities.accounts, self.photos, self.vault, FakeClock(), lambda: next(names))
        self.changes = IdentityChanges(self.outbox, self.photos)

    def upload(self, user_id: str = "u1", kind: PhotoType = PhotoType.PNG) -> str:
        """Upload a photo and return its key."""
        form = self.service.upload(user_id, kind.value, len(CONTENT[kind]))
        assert self.photos.post(form, CONTENT[kind])
        return form.photo_key

    def submit(self, user_id: str = "u1", photo_key: str = "", **changes: str) -> Identity:
        told = {"name": "王小明", "certificate_type": "idCard", "certificate_number": NUMBER, **changes}
        return self.service.submit(user_id, photo_key=photo_key or self.upload(user_id), **told)

    def decide(self, approved: bool, user_id: str = "u1") -> Identity:
        before = self.identities.identities[user_id]
        after = before.decide(approved, "" if approved else "照片不清晰", "auditor", NOW)
        self.identities.decide(before, after, AuditEntry("auditor", Action.IDENTITY_APPROVED, user_id))
        return after

    def kept_photos(self) -> list[str]:
        """Return what is left of the photos when everything that follows has followed."""
        self.photos.let_time_pass()
        return list(self.photos.files)


def test_a_submission_is_under_review_with_nothing_readable_but_the_mask() -> None:
    world = World()
    identity = world.submit(certificate_number=" 1101 0119 9003 0700 11 ")
    assert (identity.state, identity.name, identity.submitted_at) == (IdentityState.UNDER_REVIEW, "王小明", NOW)
    assert identity.certificate.masked_number == "110***********0011"
    assert NUMBER not in repr(identity)
    assert world.vault.open(identity.certificate.sealed_number) == NUMBER
    assert world.users["u1"].identity_state is IdentityState.UNDER_REVIEW


def test_whoever_never_submitted_has_no_identity() -> None:
    assert World().service.get("u1") is None


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("idCard", "110101199003070012"),
        ("idCard", "990101199003070011"),
        ("idCard", "110101199013070019"),
        ("idCard", citizen("11010120260303001")),
        ("idCard", citizen("11000119900307001")),
        ("householdRegister", "123456"),
        ("hkMacaoPermit", "12345678"),
        ("taiwanPermit", "1234567"),
    ],
)
def test_a_number_that_cannot_be_genuine_is_refused_and_copies_no_photo(kind: str, number: str) -> None:
    world = World()
    photo_key = world.upload()
    with pytest.raises(Invalid) as refusal:
        world.submit(photo_key=photo_key, certificate_type=kind, certificate_number=number)
    assert [fault["field"] for fault in refusal.value.errors] == ["certificateNumber"]
    assert (list(world.photos.files), world.identities.identities) == ([photo_key], {})


def test_another_users_upload_cannot_be_submitted() -> None:
    world = World()
    with pytest.raises(Invalid) as refusal:
        world.submit("u1", world.upload("u2"))
    assert [fault["field"] for fault in refusal.value.errors] == ["photoKey"]


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(Invalid) as refusal:
        World().submit(photo_key="x", certificate_number="110101199003070012")
    assert [fault["field"] for fault in refusal.value.errors] == ["certificateNumber", "photoKey"]


def test_whoever_is_under_review_submits_nothing_more() -> None:
    world = World()
    world.submit()
    other = upload_key("u1", "f" * 32, PhotoType.PNG)
    with pytest.raises(IdentityStateConflict):
        world.submit(photo_key=other)
    with pytest.raises(IdentityStateConflict):
        world.upload()


def test_a_rejected_user_may_submit_again() -> None:
    world = World()
    first = world.submit()
    rejected = world.decide(approved=False)
    second = world.submit(name="王晓明")
    assert (second.state, second.reason, second.decided_at) == (IdentityState.UNDER_REVIEW, "", None)
    assert second.submission_id != first.submission_id
    assert second.version == rejected.version + 1


@pytest.mark.parametrize("approved", [None, False, True])
def test_the_same_submission_once_more_answers_with_what_became_of_it(approved: bool | None) -> None:
    world = World()
    photo_key = world.upload()
    world.submit(photo_key=photo_key)
    if approved is not None:
        world.decide(approved)
    there, files = world.identities.identities["u1"], dict(world.photos.files)
    assert world.submit(photo_key=photo_key) == there
    assert (world.identities.identities["u1"], world.photos.files) == (there, files)


def test_the_same_photo_with_another_name_is_another_submission() -> None:
    world = World()
    photo_key = world.upload()
    first = world.submit(photo_key=photo_key)
    world.decide(approved=False)
    second = world.submit(photo_key=photo_key, name="王晓明")
    world.decide(approved=False)
    third = world.submit(photo_key=photo_key)
    assert len({i.submission_id for i in (first, second, third)}) == len({i.photo_key for i in (first, second, third)}) == 3


def test_a_locked_user_is_refused() -> None:
    world = World()
    photo_key = world.upload()
    world.users["u1"] = replace(world.users["u1"], locked=True)
    with pytest.raises(AccountLocked):
        world.upload()
    with pytest.raises(AccountLocked):
        world.submit(photo_key=photo_key)


def test_a_user_who_is_not_there_is_refused() -> None:
    with pytest.raises(Unauthenticated):
        World().upload("u3")


def test_a_certificate_of_another_account_is_refused_and_copies_no_photo() -> None:
    world = World()
    world.submit("u1")
    photo_key = world.upload("u2")
    files = set(world.photos.files)
    with pytest.raises(DuplicateCertificate):
        world.submit("u2", photo_key, certificate_type="householdRegister")
    assert set(world.photos.files) == files


def test_a_certificate_that_another_account_got_meanwhile_is_refused_and_its_copied_photo_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    kept = world.submit("u1").photo_key
    world.changes.follow(None, world.identities.identities["u1"])
    monkeypatch.setattr(world.identities, "holder", lambda fingerprint: None)
    with pytest.raises(DuplicateCertificate):
        world.submit("u2", certificate_type="householdRegister")
    assert world.kept_photos() == [kept]


def test_a_user_goes_by_the_name_submitted_last_whatever_is_decided() -> None:
    world = World()
    world.submit()
    assert (world.users["u1"].name, world.users["u1"].identity_state) == ("王小明", IdentityState.UNDER_REVIEW)
    world.decide(approved=False)
    assert (world.users["u1"].name, world.users["u1"].identity_state) == ("王小明", IdentityState.REJECTED)
    world.submit(name="王晓明")
    assert world.users["u1"].name == "王晓明"


def test_a_submission_meets_a_lock_that_came_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    photo_key = world.upload()

    def lock_first(before: Identity | None, after: Identity) -> None:
        world.users["u1"] = replace(world.users["u1"], locked=True)
        raise VersionConflict

    monkeypatch.setattr(world.identities, "submit", lock_first)
    with pytest.raises(AccountLocked):
        world.submit(photo_key=photo_key)


def test_a_submission_that_lost_to_its_own_repetition_answers_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    photo_key, submit = world.upload(), world.identities.submit

    def be_slower(before: Identity | None, after: Identity) -> None:
        monkeypatch.undo()
        submit(before, replace(after, submission_id="faster"))
        raise VersionConflict

    monkeypatch.setattr(world.identities, "submit", be_slower)
    assert world.submit(photo_key=photo_key).submission_id == "faster"


def test_a_user_who_changes_all_the_time_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()

    def move(before: Identity | None, after: Identity) -> None:
        raise VersionConflict

    monkeypatch.setattr(world.identities, "submit", move)
    with pytest.raises(Unavailable):
        world.submit()


def test_the_photo_of_the_latest_submission_is_kept_and_no_other() -> None:
    world = World()
    first = world.submit()
    world.changes.follow(None, first)
    rejected = world.decide(approved=False)
    world.changes.follow(first, rejected)
    second = world.submit()
    for _ in range(2):
        world.changes.follow(rejected, second)
    assert world.kept_photos() == [second.photo_key]


def test_a_late_repetition_of_an_old_change_forgets_no_photo_that_is_in_use() -> None:
    world = World()
    photo_key = world.upload()
    first = world.submit(photo_key=photo_key)
    rejected = world.decide(approved=False)
    second = world.submit(photo_key=photo_key, name="王晓明")
    rejected_again = world.decide(approved=False)
    third = world.submit(photo_key=photo_key)
    for before, after in ((None, first), (rejected, second), (rejected_again, third), (None, first), (rejected, second)):
        world.changes.follow(before, after)
    assert world.kept_photos() == [third.photo_key]


def test_a_copied_photo_that_no_submission_followed_is_forgotten() -> None:
    world = World()
    photo_key = world.upload()
    world.photos.copy(photo_key, f"photos/u1/{'0' * 32}/1.png")
    assert world.kept_photos() == []


@pytest.mark.parametrize(("approved", "kind"), [(True, "approved"), (False, "rejected")])
def test_a_decision_is_told_to_the_user(approved: bool, kind: str) -> None:
    world = World()
    submitted = world.submit()
    world.changes.follow(None, submitted)
    assert world.outbox.sent == []
    world.changes.follow(submitted, world.decide(approved))
    assert world.outbox.sent == [("IdentityNotice", "u1", kind)]


def test_certificates_are_compared_by_person() -> None:
    world = World()
    card = world.submit().certificate
    world.decide(approved=False)
    register = world.submit(certificate_type="householdRegister").certificate
    assert (card.type, register.type) == (CertificateType.ID_CARD, CertificateType.HOUSEHOLD_REGISTER)
    assert card.fingerprint == register.fingerprint
