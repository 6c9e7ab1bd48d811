"""Does the jobs of imports."""

from guahao.bootstrap.imports import imports, postpone_import
from guahao.contracts.jobs import JobMessage
from guahao.runtime.batch import each_message


def handle(body: str) -> None:
    """Take one message of the queue."""
    imports().run(JobMessage.model_validate_json(body).job_id)


handler = each_message(handle, postpone_import)
