"""Builders of the dictionary import use cases."""

from functools import cache

from guahao.adapters.xlsx.reader import read_sheet, require_workbook
from guahao.bootstrap import parts
from guahao.bootstrap.administration.jobs import job_runner, job_service
from guahao.domain.administration.jobs import Work
from guahao.usecases.dictionary.dictionary import DictionaryPublisher
from guahao.usecases.dictionary.imports import Imports, ImportService


@cache
def import_service() -> ImportService:
    return ImportService(job_service(Work.IMPORT), require_workbook)


@cache
def dictionary_publisher() -> DictionaryPublisher:
    from guahao.adapters.redis.dictionary import RedisDictionaryCache

    return DictionaryPublisher(parts.dictionary(), RedisDictionaryCache(parts.redis()), parts.utc_now)


@cache
def imports() -> Imports:
    from guahao.adapters.import_draft import open_draft
    from guahao.adapters.xlsx.writer import write_sheet

    return Imports(job_runner(), parts.files(), dictionary_publisher(), open_draft, read_sheet, write_sheet)
