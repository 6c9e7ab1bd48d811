"""Files of jobs in a private bucket of S3."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import BinaryIO
from urllib.parse import quote

from guahao.adapters.aws.clients import answering
from guahao.adapters.aws.s3 import s3_client

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LINK_SECONDS = 300
_S3 = "The store of files"


class S3Files:
    """Files by key; see `ports.administration.jobs.Files`. While a file is open, it lies on the function's own disk."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def put(self, key: str, content: bytes) -> None:
        self._store(key, content)

    @contextmanager
    def reading(self, key: str) -> Iterator[BinaryIO]:
        with TemporaryFile() as file:
            with answering(_S3):
                copyfileobj(s3_client().get_object(Bucket=self._bucket, Key=key)["Body"], file)
            file.seek(0)
            yield file

    @contextmanager
    def writing(self, key: str) -> Iterator[BinaryIO]:
        with TemporaryFile() as file:
            yield file
            file.seek(0)
            self._store(key, file)

    def link(self, key: str, filename: str) -> str:
        disposition = f"attachment; filename*=UTF-8''{quote(filename)}"
        wanted = {"Bucket": self._bucket, "Key": key, "ResponseContentDisposition": disposition}
        with answering(_S3):
            url: str = s3_client().generate_presigned_url("get_object", Params=wanted, ExpiresIn=LINK_SECONDS)
        return url

    def _store(self, key: str, body: bytes | BinaryIO) -> None:
        with answering(_S3):
            s3_client().put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=SPREADSHEET)
