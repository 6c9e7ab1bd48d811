"""A photo that is not there is told from one that may not be read, though its function lists only its part of the bucket."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from guahao.adapters.aws import photos
from guahao.adapters.aws.photos import S3Photos
from guahao.domain.errors import Invalid, Unavailable

UPLOAD, KEPT = "uploads/u1/a.png", "photos/u1/a.png"


def use_store(monkeypatch: pytest.MonkeyPatch, listed: list[str]) -> list[str]:
    """Let every access be denied but lists, and return the prefixes that are listed."""
    asked = []

    def deny(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": ""}}, "GetObject")

    def list_objects_v2(*, Bucket: str, Prefix: str, MaxKeys: int) -> dict[str, Any]:  # noqa: N803
        asked.append(Prefix)
        return {"Contents": [{"Key": key} for key in listed if key.startswith(Prefix)][:MaxKeys]} if Bucket else {}

    store = SimpleNamespace(get_object=deny, delete_object_tagging=deny, list_objects_v2=list_objects_v2)
    monkeypatch.setattr(photos, "s3_client", lambda: store)
    return asked


def test_an_upload_that_is_not_there_is_refused_by_its_field(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = use_store(monkeypatch, [])
    with pytest.raises(Invalid) as refusal:
        S3Photos("b").copy(UPLOAD, KEPT)
    assert refusal.value.errors == [{"field": "photoKey", "reason": "nothing was uploaded, or too long ago"}]
    assert asked == [UPLOAD]


def test_a_copy_that_is_gone_needs_no_keeping(monkeypatch: pytest.MonkeyPatch) -> None:
    assert use_store(monkeypatch, []) == []
    S3Photos("b").retain(KEPT)


def test_a_photo_that_is_there_and_may_not_be_touched_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    use_store(monkeypatch, [UPLOAD, KEPT])
    for call in (lambda: S3Photos("b").copy(UPLOAD, KEPT), lambda: S3Photos("b").retain(KEPT)):
        with pytest.raises((ClientError, Unavailable)):
            call()
