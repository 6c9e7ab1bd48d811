"""Does the jobs of exports."""

from guahao.bootstrap.exports import exports, postpone_export
from guahao.contracts.jobs import JobMessage
from guahao.runtime.batch import each_message


def handle(body: str) -> None:
    """Take one message of the queue."""
    exports().run(JobMessage.model_validate_json(body).job_id)


handler = each_message(handle, postpone_export)
