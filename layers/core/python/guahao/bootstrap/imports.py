"""Joins the import of the dictionary with spreadsheets, its draft and the dictionary, once for each process."""

from __future__ import annotations

from functools import cache

from guahao.adapters.aws.clients import client
from guahao.adapters.aws.queues import postpone
from guahao.adapters.imports import open_draft
from guahao.adapters.xlsx.reader import read_sheet
from guahao.adapters.xlsx.writer import write_sheet
from guahao.bootstrap.dictionary import dictionary_press
from guahao.bootstrap.jobs import files, job_runner
from guahao.runtime import settings
from guahao.usecases.imports import Imports


@cache
def imports() -> Imports:
    """Return what does the jobs of imports."""
    return Imports(job_runner(), files(), dictionary_press(), open_draft, read_sheet, write_sheet)


def postpone_import(receipt_handle: str, seconds: int) -> None:
    """Let the message of an import that failed come again after so many seconds."""
    postpone(client("sqs"), settings.text("IMPORTS_QUEUE"), receipt_handle, seconds)
