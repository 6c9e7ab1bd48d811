"""An approved identity is renewed by its user: it stays in force until an auditor has decided."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from guahao.domain.errors import DuplicateCertificate, IdentityStateConflict, NameDiffers
from guahao.domain.people.accounts import IdentityState
from guahao.domain.people.identity import Identity
from guahao.usecases.people.identity_changed import IdentityChanges
from tests.fakes.outbox import FakeOutbox
from tests.unit.registering import World, passport

OLD, NEW = passport("E11111111"), passport("E22222222")


class Renewing(World):
    """A user whose passport is approved, and the stream's handler."""

    def __init__(self) -> None:
        super().__init__()
        self.outbox = FakeOutbox()
        self.changes = IdentityChanges(self.outbox, self.photos)
        self.first = self.step(lambda: self.submit(**OLD))
        self.step(lambda: self.decide(True))

    def step(self, act: Callable[[], Identity]) -> Identity:
        """Act, and carry out what follows, twice."""
        before = self.identities.identities.get("u1")
        after = act()
        for _ in range(2):
            self.changes.follow(before, after)
        return after

    def renew(self, **changes: object) -> Identity:
        return self.step(lambda: self.submit(**(NEW | changes)))

    def kept_photos(self) -> set[str]:
        self.photos.let_time_pass()
        return set(self.photos.files)

    def in_force(self) -> tuple[str, str, bool]:
        """Return name and passport that count, and whether the user may book."""
        approved, user = self.identities.identities["u1"].in_force, self.identities.accounts.users["u1"]
        assert approved
        assert user.name == approved.name
        user.require_may_book()
        return approved.name, self.vault.open(approved.certificate.sealed_number), user.identity_state is IdentityState.APPROVED


def test_while_a_renewal_is_under_review_the_approved_identity_counts() -> None:
    world = Renewing()
    renewal = world.renew(name="王晓明")
    assert (renewal.state, renewal.name) == (IdentityState.UNDER_REVIEW, "王晓明")
    assert world.in_force() == ("王小明", "E11111111", True)
    assert world.kept_photos() == {world.first.photo_key, renewal.photo_key}
    with pytest.raises(IdentityStateConflict):
        world.submit(**passport("E33333333"))


def test_an_approved_renewal_counts_from_then_on_and_frees_the_former_certificate_and_its_photo() -> None:
    world = Renewing()
    renewal = world.renew(name="王晓明")
    world.step(lambda: world.decide(True))
    assert world.in_force() == ("王晓明", "E22222222", True)
    assert world.kept_photos() == {renewal.photo_key}
    assert set(world.identities.claims) == {renewal.certificate.fingerprint}
    assert world.ledgers[renewal.certificate.fingerprint].proven_by == "u1"
    assert world.submit("u2", **OLD)


def test_a_rejected_renewal_changes_nothing_but_is_told_with_its_reason() -> None:
    world = Renewing()
    world.renew(name="王晓明")
    rejected = world.step(lambda: world.decide(False))
    assert (rejected.state, rejected.reason) == (IdentityState.REJECTED, "照片不清晰")
    assert world.in_force() == ("王小明", "E11111111", True)
    assert set(world.identities.claims) == {world.first.certificate.fingerprint}
    assert world.outbox.sent[-1] == ("IdentityNotice", "u1", "rejected")
    with pytest.raises(DuplicateCertificate):
        world.submit("u2", **OLD)
    assert world.submit("u2", **NEW)


def test_after_a_rejection_the_user_may_try_again_and_nothing_of_the_rejected_one_is_kept() -> None:
    world = Renewing()
    world.renew()
    world.step(lambda: world.decide(False))
    again = world.renew(name="王晓明")
    assert world.in_force() == ("王小明", "E11111111", True)
    assert world.kept_photos() == {world.first.photo_key, again.photo_key}
    world.step(lambda: world.decide(True))
    assert world.in_force() == ("王晓明", "E22222222", True)
    assert world.kept_photos() == {again.photo_key}


def test_a_change_of_name_moves_the_verified_name_with_its_approval_alone() -> None:
    world = Renewing()
    for approved, passes, refused in ((False, "王小明", "王晓明"), (True, "王晓明", "王小明")):
        world.renew(**OLD, name="王晓明")
        world.step(lambda approved=approved: world.decide(approved))  # type: ignore[misc]
        assert set(world.identities.claims) == {world.first.certificate.fingerprint}
        with pytest.raises(NameDiffers):
            world.register(**OLD, name=refused)
        patient = world.register(**OLD, name=passes)
        world.patients.remove("u1", patient.patient_id)


def test_what_is_approved_already_is_not_submitted_again() -> None:
    world = Renewing()
    with pytest.raises(IdentityStateConflict, match="new name or a new certificate"):
        world.renew(**OLD)
    assert world.identities.identities["u1"].state is IdentityState.APPROVED


def test_a_renewed_travel_permit_is_news_though_its_holder_is_the_same_person() -> None:
    world = World()
    for number in ("H1234567801", "H1234567802"):
        world.submit(certificate_type="hkMacaoPermit", certificate_number=number)
        world.decide(True)
    approved = world.identities.identities["u1"].in_force
    assert approved
    assert world.vault.open(approved.certificate.sealed_number) == "H1234567802"
    assert list(world.identities.claims.values()) == ["u1"]
