"""Runs the jobs of exports."""

from guahao.bootstrap.administration.exports import exports
from guahao.bootstrap.parts import postpone
from guahao.contracts.messages import ExportRequest
from guahao.runtime.batch import each_message


def handle(message: ExportRequest) -> None:
    """Write the spreadsheet of one export."""
    exports().run(message.job_id)


handler = each_message(ExportRequest, handle, postpone)
