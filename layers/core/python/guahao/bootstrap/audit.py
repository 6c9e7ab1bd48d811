"""The audit of identities, joined with its stores, once for each process."""

from __future__ import annotations

from functools import cache

from guahao.adapters.aws.photos import S3Photos
from guahao.adapters.aws.vault import KmsVault
from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.audit_log import DynamoAuditLog
from guahao.bootstrap.identities import identity_store
from guahao.runtime import settings
from guahao.usecases.audit import Audit


@cache
def audit() -> Audit:
    """Return the process's desk of auditors."""
    log = DynamoAuditLog(settings.text("AUDIT_LOG_TABLE"))
    vault = KmsVault(settings.text("VAULT_KEY"), settings.text("FINGERPRINT_KEY"))
    return Audit(identity_store(), S3Photos(settings.text("PHOTOS_BUCKET")), log, vault, utc_now)
