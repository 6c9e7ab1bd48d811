"""Jobs to the queues of those who do them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guahao.adapters.aws.queues import send_message
from guahao.contracts.jobs import JobMessage
from guahao.domain.jobs import Job, Work


class SqsJobQueue:
    """A queue for each work."""

    def __init__(self, sqs: Any, urls: Mapping[Work, str]) -> None:
        self._sqs = sqs
        self._urls = urls

    def ask(self, job: Job) -> None:
        """Have the job done by whoever does its work; the message arrives at least once."""
        send_message(self._sqs, self._urls[job.work], JobMessage(job_id=job.job_id))
