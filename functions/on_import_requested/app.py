"""Runs the jobs of imports."""

from guahao.bootstrap.dictionary.imports import imports
from guahao.bootstrap.parts import postpone
from guahao.contracts.messages import ImportRequest
from guahao.runtime.batch import each_message


def handle(message: ImportRequest) -> None:
    """Import one spreadsheet as the dictionary."""
    imports().run(message.job_id)


handler = each_message(ImportRequest, handle, postpone)
