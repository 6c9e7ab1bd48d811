"""Identity verification, the user's side."""

from __future__ import annotations

from functools import cache

from guahao.adapters.aws.photos import S3Photos
from guahao.adapters.aws.vault import KmsVault
from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.accounts import DynamoAccounts
from guahao.bootstrap.identities import identity_store
from guahao.runtime import settings
from guahao.usecases.identity import IdentityDesk


@cache
def identity_desk() -> IdentityDesk:
    """Return the desk that takes submissions."""
    return IdentityDesk(
        identities=identity_store(),
        accounts=DynamoAccounts(settings.text("ACCOUNTS_TABLE")),
        photos=S3Photos(settings.text("PHOTOS_BUCKET")),
        vault=KmsVault(settings.text("VAULT_KEY"), settings.text("FINGERPRINT_KEY")),
        clock=utc_now,
    )
