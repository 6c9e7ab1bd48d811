"""Photos of certificates in a private bucket, whose lifecycle rules delete uploads, and copies that nobody submitted."""

from __future__ import annotations

from botocore.exceptions import ClientError

from guahao.adapters.aws.clients import answering
from guahao.adapters.aws.s3 import s3_client
from guahao.domain.errors import Invalid
from guahao.domain.people.photos import HEAD_BYTES, LARGEST_BYTES, content_fault, type_of
from guahao.ports.people.identity import UploadForm

FORM_LIVES_SECONDS = 300
_SERVICE = "The store of photos"
# The rule in infra/data.yaml deletes objects with this tag.
_UNSUBMITTED = "submitted=no"
_REASONS = {
    "NoSuchKey": "nothing was uploaded, or too long ago",
    "InvalidRange": "the upload is empty",
    "PreconditionFailed": "the upload was changed meanwhile",
}


class S3Photos:
    """Photos in S3; see `ports.people.identity.Photos` for what each method promises."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def form(self, photo_key: str, content_type: str, size: int) -> UploadForm:
        fields = {"Content-Type": content_type}
        conditions = [fields, ["content-length-range", 1, min(size, LARGEST_BYTES)]]
        with answering(_SERVICE):
            post = s3_client().generate_presigned_post(self._bucket, photo_key, fields, conditions, FORM_LIVES_SECONDS)
        return UploadForm(post["url"], post["fields"], photo_key)

    def copy(self, photo_key: str, kept_key: str) -> None:
        kind = type_of(photo_key)
        with answering(_SERVICE):
            try:
                found = s3_client().get_object(Bucket=self._bucket, Key=photo_key, Range=f"bytes=0-{HEAD_BYTES - 1}")
                fault = content_fault(kind, found["Body"].read(), int(found["ContentRange"].rpartition("/")[2]))
                if fault:
                    raise _refused(fault)
                # The form may still be used to change the upload, so only the content that was checked is copied.
                s3_client().copy_object(
                    Bucket=self._bucket,
                    Key=kept_key,
                    CopySource={"Bucket": self._bucket, "Key": photo_key},
                    CopySourceIfMatch=found["ETag"],
                    MetadataDirective="REPLACE",
                    ContentType=kind.value,
                    TaggingDirective="REPLACE",
                    Tagging=_UNSUBMITTED,
                )
            except ClientError as error:
                code = "NoSuchKey" if self._is_missing(error, photo_key) else _code(error)
                if code not in _REASONS:
                    raise
                raise _refused(_REASONS[code]) from error

    def retain(self, kept_key: str) -> None:
        with answering(_SERVICE):
            try:
                s3_client().delete_object_tagging(Bucket=self._bucket, Key=kept_key)
            except ClientError as error:
                if not self._is_missing(error, kept_key):  # its submission was rejected and another one has come since
                    raise

    def _is_missing(self, error: ClientError, key: str) -> bool:
        """Tell whether the call failed because nothing is there, which S3 may keep from whoever lists a part of the bucket alone."""
        if _code(error) != "AccessDenied":
            return _code(error) == "NoSuchKey"
        found = s3_client().list_objects_v2(Bucket=self._bucket, Prefix=key, MaxKeys=1)
        return key not in [entry["Key"] for entry in found.get("Contents", [])]

    def delete(self, kept_key: str) -> None:
        with answering(_SERVICE):
            s3_client().delete_object(Bucket=self._bucket, Key=kept_key)

    def link(self, kept_key: str, seconds: int) -> str:
        shown = {"ResponseContentDisposition": "inline", "ResponseCacheControl": "private, no-store"}
        with answering(_SERVICE):
            url: str = s3_client().generate_presigned_url(
                "get_object", Params={"Bucket": self._bucket, "Key": kept_key, **shown}, ExpiresIn=seconds
            )
        return url


def _code(error: ClientError) -> str:
    code: str = error.response["Error"]["Code"]
    return code


def _refused(reason: str) -> Invalid:
    return Invalid("The photo cannot be taken. Upload it again.", [{"field": "photoKey", "reason": reason}])
