"""Make the statistics what the orders say, and print which days were wrong; run again, none is.

The platform may run meanwhile: what is counted while this reads stays counted.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections import Counter

from guahao.adapters.dynamo.order_index import DynamoOrderIndex
from guahao.adapters.dynamo.statistics import DynamoStatistics
from guahao.bootstrap.statistics.statistics import counting
from guahao.domain.booking.order_states import OrderState
from guahao.runtime import settings
from guahao.usecases.statistics.recounting import Recounting


def describe(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--hospital", default="", metavar="CODE", help="of one hospital alone")


def run(options: Namespace) -> int:
    """Rebuild them and return 0."""
    recounting = Recounting(
        DynamoOrderIndex(settings.text("ORDERS_TABLE")), DynamoStatistics(settings.text("STATISTICS_TABLE")), counting()
    )
    recount = recounting.run(options.hospital)
    for before, after in recount.corrections:
        print(f"{after.hospital_code} {after.day}: {told(before.by_state)}; now {told(after.by_state)}.")
    print(f"Orders: {recount.orders}, counted anew: {recount.marked}, days corrected: {len(recount.corrections)}.")
    return 0


def told(by_state: Counter[OrderState]) -> str:
    """Return the counts that are not zero."""
    return ", ".join(f"{state} {by_state[state]}" for state in OrderState if by_state[state]) or "nothing"
