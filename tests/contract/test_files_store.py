"""The store of files keeps its promises, in memory and in S3."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest

from guahao.adapters.aws.files import S3Files
from guahao.adapters.aws.s3 import s3_client
from guahao.domain.errors import Unavailable
from guahao.ports.administration.jobs import Files
from tests.fakes.jobs import FakeFiles
from tests.servers import free_port


@pytest.fixture(params=["fake", "s3"])
def files(request: pytest.FixtureRequest) -> Files:
    return FakeFiles() if request.param == "fake" else S3Files(request.getfixturevalue("aws")["FILES_BUCKET"])


@pytest.fixture(params=["fake", "s3"])
def broken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Files]:
    def make() -> Files:
        if request.param == "fake":
            return FakeFiles(broken=True)
        request.getfixturevalue("aws")
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
        s3_client.cache_clear()
        request.addfinalizer(s3_client.cache_clear)
        return S3Files("files")

    return make


def key() -> str:
    return f"exports/{uuid4().hex}.xlsx"


def content(files: Files, name: str) -> bytes:
    with files.reading(name) as file:
        return file.read()


def test_a_file_is_read_as_it_was_written_piece_by_piece_or_whole(files: Files) -> None:
    name, large = key(), bytes(range(256)) * 40_000
    with files.writing(name) as file:
        file.write(b"....")
        file.write(large)
        file.seek(0)
        file.write(b"PK")
    assert content(files, name) == b"PK.." + large
    with files.reading(name) as file:
        file.seek(-4, 2)
        assert file.read() == large[-4:]
    files.put(name, b"other")
    assert content(files, name) == b"other"


def test_a_file_that_was_not_finished_is_not_there(files: Files) -> None:
    name = key()
    files.put(name, b"before")
    with suppress(ZeroDivisionError), files.writing(name) as file:
        file.write(b"half")
        raise ZeroDivisionError
    assert content(files, name) == b"before"


def test_files_that_do_not_answer_are_unavailable(broken: Callable[[], Files]) -> None:
    files = broken()
    with pytest.raises(Unavailable):
        files.put(key(), b"x")
    with pytest.raises(Unavailable), files.reading(key()):
        pass
    with pytest.raises(Unavailable), files.writing(key()) as file:
        file.write(b"x")


def test_a_link_gives_the_file_under_its_name_for_five_minutes(aws: dict[str, str]) -> None:
    files, name = S3Files(aws["FILES_BUCKET"]), key()
    files.put(name, b"PK")
    link = files.link(name, "dictionary-字典.xlsx")
    answer = httpx.get(link)
    assert (answer.status_code, answer.content) == (200, b"PK")
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''dictionary-%E5%AD%97%E5%85%B8.xlsx"
    assert answer.headers["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert parse_qs(urlsplit(link).query)["X-Amz-Expires"] == ["300"]
