"""Joins the identities' stream with photos and the SMS queue, once for each process."""

from __future__ import annotations

from functools import cache
from typing import Any

from guahao.adapters.aws.clients import client
from guahao.adapters.aws.identity import SqsIdentityOutbox
from guahao.adapters.aws.photos import S3Photos
from guahao.adapters.dynamo.identities import identity_of_image
from guahao.runtime import settings
from guahao.usecases.identity_changes import IdentityChanges


def follow_images(images: dict[str, Any]) -> None:
    """Do what follows from one record of the stream, which has a new image because the event source filters the others out."""
    before = identity_of_image(images["OldImage"]) if "OldImage" in images else None
    _identity_changes().follow(before, identity_of_image(images["NewImage"]))


@cache
def _identity_changes() -> IdentityChanges:
    outbox = SqsIdentityOutbox(client("sqs"), settings.text("SMS_QUEUE"))
    return IdentityChanges(outbox, S3Photos(settings.text("PHOTOS_BUCKET")))
