"""The store of photos keeps its promises, in memory and in S3: a form takes what it was made for, a copy stays as it was checked."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import botocore.session
import httpx
import pytest

from guahao.adapters.aws.photos import FORM_LIVES_SECONDS, S3Photos
from guahao.adapters.aws.s3 import s3_client
from guahao.domain.errors import Invalid
from guahao.domain.people.photos import LARGEST_BYTES, PhotoType, kept_key, upload_key
from guahao.ports.people.identity import Photos, UploadForm
from tests.fakes.identity import FakePhotos
from tests.photos import jpeg, png, webp

pytestmark = pytest.mark.slow

USER_ID = "kq3zx5n7pdwc2mfthjra6ve4bs"


@dataclass
class Store:
    photos: Photos
    post: Callable[[UploadForm, bytes], bool]
    content: Callable[[str], bytes | None]

    def form(self, kind: PhotoType = PhotoType.PNG, size: int = 1000) -> UploadForm:
        return self.photos.form(upload_key(USER_ID, uuid4().hex, kind), kind.value, size)

    def upload(self, content: bytes, kind: PhotoType = PhotoType.PNG) -> UploadForm:
        form = self.form(kind, len(content))
        assert self.post(form, content)
        return form

    def take(self, form: UploadForm) -> str:
        key = kept_key(form.photo_key, uuid4().hex)
        self.photos.copy(form.photo_key, key)
        return key


@pytest.fixture(params=["fake", "s3"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "fake":
        fake = FakePhotos()
        return Store(fake, fake.post, fake.files.get)
    bucket = request.getfixturevalue("aws")["PHOTOS_BUCKET"]
    return Store(S3Photos(bucket), browser_posts, partial(content_in, bucket))


def browser_posts(form: UploadForm, content: bytes, **changes: str) -> bool:
    """Send the form as a browser does, and tell whether the photo was taken."""
    answer = httpx.post(form.url, data={**form.fields, **changes}, files={"file": ("photo", content)}, trust_env=False)
    assert answer.status_code == 204 or 400 <= answer.status_code < 500
    return answer.is_success


def s3() -> Any:
    return botocore.session.get_session().create_client("s3")


def content_in(bucket: str, key: str) -> bytes | None:
    client = s3()
    try:
        found: bytes = client.get_object(Bucket=bucket, Key=key)["Body"].read()
    except client.exceptions.NoSuchKey:
        return None
    return found


@pytest.mark.parametrize(
    ("kind", "content"), [(PhotoType.JPEG, jpeg()), (PhotoType.PNG, png()), (PhotoType.WEBP, webp())], ids=lambda value: value[:4]
)
def test_a_photo_of_each_type_is_uploaded_and_copied(store: Store, kind: PhotoType, content: bytes) -> None:
    assert store.content(store.take(store.upload(content, kind))) == content


def test_a_form_takes_no_more_than_was_declared(store: Store) -> None:
    form = store.form(size=len(png()))
    assert not store.post(form, png() + b"\0")
    assert not store.post(form, b"")
    assert store.content(form.photo_key) is None


def test_a_form_takes_no_more_than_five_megabytes_whatever_was_declared(store: Store) -> None:
    form = store.form(size=LARGEST_BYTES + 1)
    assert not store.post(form, png() + b"\0" * LARGEST_BYTES)
    assert store.post(form, png())


@pytest.mark.parametrize("content", [jpeg(), b"GIF89a", png()[:20], b"<html>" + png(), png(width=50_000)], ids=range(5))
def test_what_is_no_image_of_its_type_is_refused_and_not_copied(store: Store, content: bytes) -> None:
    form = store.upload(content)
    with pytest.raises(Invalid) as refusal:
        store.take(form)
    assert [fault["field"] for fault in refusal.value.errors] == ["photoKey"]
    assert store.content(kept_key(form.photo_key, "1")) is None


def test_what_was_never_uploaded_is_refused(store: Store) -> None:
    with pytest.raises(Invalid):
        store.take(store.form())


def test_an_upload_that_changes_after_it_was_copied_changes_no_copy(store: Store) -> None:
    form = store.upload(png())
    key = store.take(form)
    assert store.post(form, png(shade=0))
    assert store.content(form.photo_key) == png(shade=0)
    assert store.content(key) == png()


def test_a_forgotten_photo_is_gone_and_forgetting_and_keeping_it_again_do_no_harm(store: Store) -> None:
    key = store.take(store.upload(png()))
    store.photos.retain(key)
    for _ in range(2):
        store.photos.delete(key)
        store.photos.retain(key)
    assert store.content(key) is None


@pytest.mark.parametrize("changes", [{"key": f"uploads/{USER_ID}/other.png"}, {"key": "photos/mine.png"}, {"Content-Type": "text/html"}])
def test_a_form_opens_no_other_place_and_no_other_type(aws: dict[str, str], changes: dict[str, str]) -> None:
    photos = S3Photos(aws["PHOTOS_BUCKET"])
    form = photos.form(upload_key(USER_ID, uuid4().hex, PhotoType.PNG), "image/png", 1000)
    assert not browser_posts(form, png(), **changes)


def test_a_copy_is_marked_for_forgetting_until_it_is_kept(aws: dict[str, str]) -> None:
    store = Store(S3Photos(aws["PHOTOS_BUCKET"]), browser_posts, partial(content_in, aws["PHOTOS_BUCKET"]))
    key = store.take(store.upload(png()))

    def tags() -> list[dict[str, str]]:
        found: list[dict[str, str]] = s3().get_object_tagging(Bucket=aws["PHOTOS_BUCKET"], Key=key)["TagSet"]
        return found

    assert tags() == [{"Key": "submitted", "Value": "no"}]
    store.photos.retain(key)
    store.photos.retain(key)
    assert tags() == []


def test_a_link_shows_the_photo_and_tells_the_browser_not_to_keep_it(aws: dict[str, str]) -> None:
    store = Store(S3Photos(aws["PHOTOS_BUCKET"]), browser_posts, partial(content_in, aws["PHOTOS_BUCKET"]))
    link = store.photos.link(store.take(store.upload(png())), 60)
    shown = httpx.get(link, trust_env=False)
    assert (shown.status_code, shown.content) == (200, png())
    headers = {name: shown.headers[name] for name in ("content-type", "content-disposition", "cache-control")}
    assert headers == {"content-type": "image/png", "content-disposition": "inline", "cache-control": "private, no-store"}
    assert httpx.URL(link).params["X-Amz-Expires"] == "60"
    assert httpx.get(link.replace("X-Amz-Signature=", "X-Amz-Signature=0"), trust_env=False).status_code == 403


def test_an_upload_that_changes_between_the_look_and_the_copy_is_refused(aws: dict[str, str]) -> None:
    store = Store(S3Photos(aws["PHOTOS_BUCKET"]), browser_posts, partial(content_in, aws["PHOTOS_BUCKET"]))
    form, events = store.upload(png()), s3_client().meta.events

    def change(**_: Any) -> None:
        assert browser_posts(form, png(shade=0))

    events.register("before-send.s3.CopyObject", change, unique_id="change")
    try:
        with pytest.raises(Invalid):
            store.take(form)
    finally:
        events.unregister("before-send.s3.CopyObject", unique_id="change")
    assert store.content(store.take(form)) == png(shade=0)


def test_an_empty_upload_is_refused(aws: dict[str, str]) -> None:
    photo_key = upload_key(USER_ID, uuid4().hex, PhotoType.PNG)
    s3().put_object(Bucket=aws["PHOTOS_BUCKET"], Key=photo_key, Body=b"")
    with pytest.raises(Invalid):
        S3Photos(aws["PHOTOS_BUCKET"]).copy(photo_key, kept_key(photo_key, "1"))


def test_a_form_lives_five_minutes(aws: dict[str, str]) -> None:
    form = S3Photos(aws["PHOTOS_BUCKET"]).form(upload_key(USER_ID, uuid4().hex, PhotoType.PNG), "image/png", 1000)
    ends_at = datetime.fromisoformat(json.loads(b64decode(form.fields["policy"]))["expiration"])
    signed_at = datetime.strptime(form.fields["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert ends_at - signed_at == timedelta(seconds=FORM_LIVES_SECONDS) == timedelta(minutes=5)
