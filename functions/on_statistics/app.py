"""Counts orders in the statistics."""

from guahao.bootstrap.statistics.statistics import counting
from guahao.contracts.messages import Count
from guahao.runtime.batch import each_message


def handle(message: Count) -> None:
    """Count one order."""
    counting().count(message.order_id)


handler = each_message(Count, handle)
