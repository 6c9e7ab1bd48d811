"""Builders of the identity use cases."""

from functools import cache

from guahao.adapters.aws.photos import S3Photos
from guahao.adapters.dynamo.identities import identity_of_image as identity_of_image
from guahao.bootstrap import parts
from guahao.contracts.messages import IdentityNotice
from guahao.runtime import settings
from guahao.usecases.people.audit import Audit
from guahao.usecases.people.identity import IdentityService
from guahao.usecases.people.identity_changed import IdentityChanges


@cache
def identity_service() -> IdentityService:
    return IdentityService(parts.identities(), parts.accounts(), S3Photos(settings.text("PHOTOS_BUCKET")), parts.vault(), parts.utc_now)


@cache
def audit() -> Audit:
    return Audit(parts.identities(), S3Photos(settings.text("PHOTOS_BUCKET")), parts.audit_log(), parts.vault(), parts.utc_now)


@cache
def identity_changes() -> IdentityChanges:
    return IdentityChanges(parts.outbox(IdentityNotice), S3Photos(settings.text("PHOTOS_BUCKET")))
