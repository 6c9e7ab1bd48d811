"""Joins the exports with the tables that they read, once for each process."""

from __future__ import annotations

from functools import cache

from guahao.adapters.aws.clients import client
from guahao.adapters.aws.queues import postpone
from guahao.adapters.dynamo.dictionary import DynamoDictionary
from guahao.adapters.xlsx.writer import write_sheet
from guahao.bootstrap.jobs import files, job_runner
from guahao.runtime import settings
from guahao.usecases.exports import DictionaryTable, Exports


@cache
def exports() -> Exports:
    """Return what does the jobs of exports: a kind more is a line more here."""
    dictionary = DynamoDictionary(settings.text("DICTIONARY_TABLE"))
    tables = {"dictionary": lambda _: DictionaryTable(dictionary, dictionary.version())}
    return Exports(job_runner(), tables, files(), write_sheet)


def postpone_export(receipt_handle: str, seconds: int) -> None:
    """Let the message of an export that failed come again after so many seconds."""
    postpone(client("sqs"), settings.text("EXPORTS_QUEUE"), receipt_handle, seconds)
