"""A renewal is written beside what it renews, on DynamoDB and on the fake."""

from __future__ import annotations

from dataclasses import replace

import pytest

from guahao.adapters.dynamo.identities import IdentityItem, identity_of_image
from guahao.domain.people.accounts import IdentityState
from guahao.domain.people.identity import Identity
from tests.contract.test_identities_store import Stores, again, an_identity
from tests.contract.test_identities_store import stores as stores
from tests.contract.test_proven_persons import ledger


def renewal(stores: Stores, same_certificate: bool = False) -> tuple[Identity, Identity]:
    """Return an approved identity, and the submission that would renew it."""
    approved = stores.decide(stores.submit(an_identity(stores.user().user_id)), approved=True)
    certificate = approved.certificate if same_certificate else an_identity(approved.user_id).certificate
    return approved, stores.submit(again(approved, name="王晓明", certificate=certificate, renews=approved.in_force))


def marked(stores: Stores, identity: Identity) -> tuple[str, IdentityState]:
    user = stores.accounts.get(identity.user_id)
    assert user
    return user.name, user.identity_state


def holders(stores: Stores, *identities: Identity) -> list[str | None]:
    return [stores.identities.holder(identity.certificate.fingerprint) for identity in identities]


def test_a_renewal_is_read_back_whole_and_leaves_the_user_verified(stores: Stores) -> None:
    approved, submitted = renewal(stores)
    assert stores.identities.get(approved.user_id) == submitted
    assert submitted.renews == approved.in_force
    assert marked(stores, approved) == ("王小明", IdentityState.APPROVED)
    assert holders(stores, approved, submitted) == [approved.user_id] * 2


def test_an_approved_renewal_frees_the_former_certificate(stores: Stores) -> None:
    approved, submitted = renewal(stores)
    decided = stores.decide(submitted, approved=True)
    assert stores.identities.get(approved.user_id) == decided
    assert decided.renews is None
    assert marked(stores, approved) == ("王晓明", IdentityState.APPROVED)
    assert holders(stores, approved, submitted) == [None, approved.user_id]
    assert ledger(stores, submitted.certificate.fingerprint).proven_by == approved.user_id


def test_a_rejected_renewal_frees_its_own_certificate_alone(stores: Stores) -> None:
    approved, submitted = renewal(stores)
    rejected = stores.decide(submitted, approved=False)
    assert stores.identities.get(approved.user_id) == replace(rejected, renews=approved.in_force)
    assert marked(stores, approved) == ("王小明", IdentityState.APPROVED)
    assert holders(stores, approved, submitted) == [approved.user_id, None]


@pytest.mark.parametrize("accepted", [False, True])
def test_a_change_of_name_never_frees_the_certificate(stores: Stores, accepted: bool) -> None:
    approved, submitted = renewal(stores, same_certificate=True)
    stores.decide(submitted, approved=accepted)
    assert holders(stores, approved) == [approved.user_id]
    assert marked(stores, approved) == ("王晓明" if accepted else "王小明", IdentityState.APPROVED)
    person = ledger(stores, approved.certificate.fingerprint)
    assert person.verified_name == ("王晓明" if accepted else "王小明")


def test_an_image_of_the_stream_knows_what_is_renewed() -> None:
    approved = an_identity("u1").decide(True, "", "auditor", an_identity("u1").submitted_at)
    submitted = again(approved, renews=approved.in_force)
    assert identity_of_image(IdentityItem.from_domain(submitted, "").to_dynamodb_dict()) == submitted
