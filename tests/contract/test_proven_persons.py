"""An approved identity makes its person a proven one, in the same write, on DynamoDB and on the fake."""

from __future__ import annotations

from guahao.adapters.dynamo.ledgers import read_ledger
from guahao.domain.booking.ledger import Ledger
from tests.contract.test_identities_store import Stores, an_identity
from tests.contract.test_identities_store import stores as stores
from tests.fakes.identity import FakeIdentities


def ledger(stores: Stores, person: str) -> Ledger:
    identities = stores.identities
    return identities.ledgers.get(person, Ledger(person)) if isinstance(identities, FakeIdentities) else read_ledger(person)


def test_whose_identity_is_approved_has_proven_to_be_its_person(stores: Stores) -> None:
    user = stores.user()
    identity = stores.submit(an_identity(user.user_id))
    assert ledger(stores, identity.certificate.fingerprint).proven_by == ""
    stores.decide(identity, approved=True)
    assert ledger(stores, identity.certificate.fingerprint).proven_by == user.user_id


def test_whose_identity_is_rejected_has_proven_nothing(stores: Stores) -> None:
    identity = stores.submit(an_identity(stores.user().user_id))
    stores.decide(identity, approved=False)
    assert ledger(stores, identity.certificate.fingerprint) == Ledger(identity.certificate.fingerprint)
