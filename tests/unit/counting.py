"""A world in which orders are counted, for the tests of statistics."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.usecases.statistics.recounting import Recounting
from guahao.usecases.statistics.statistics import Counting
from tests.builders import VISIT, altered
from tests.fakes.booking import FakeOrders
from tests.fakes.orders import FakeOrderIndex
from tests.fakes.statistics import FakeStatistics
from tests.unit.test_order_states import order


class World:
    def __init__(self) -> None:
        self.orders, self.statistics = FakeOrders(), FakeStatistics()
        self.counting = Counting(self.orders, self.statistics)

    def put(self, order_id: str, state: OrderState, **changes: object) -> Order:
        """Write the order in the state, over what it was, without counting it."""
        before = self.orders.orders.get(order_id)
        version = before.version + 1 if before else 1
        written = altered(order(state), order_id=order_id, version=version, **changes)
        self.orders.orders[order_id] = written
        return written

    def counted(self) -> dict[tuple[str, date], Counter[OrderState]]:
        """Return what is counted, without zeros."""
        counted = {place: +counts.by_state for place, counts in self.statistics.counts.items()}
        return {place: by_state for place, by_state in counted.items() if by_state}

    def due(self) -> dict[tuple[str, date], Counter[OrderState]]:
        """Return what should be counted."""
        due: dict[tuple[str, date], Counter[OrderState]] = {}
        for each in self.orders.orders.values():
            due.setdefault((each.visit.hospital_code, each.visit.date), Counter())[each.state] += 1
        return due

    def recounting(self, statistics: FakeStatistics | None = None) -> Recounting:
        return Recounting(FakeOrderIndex(self.orders), statistics or self.statistics, self.counting)


def put_some(world: World) -> None:
    """Write orders of two hospitals on some days, all of them counted."""
    for number, state in enumerate([*OrderState] * 3):
        code = "10001" if number % 2 else "10002"
        world.put(f"o{number}", state, hospital_code=code, date=VISIT + timedelta(days=number % 3))
        world.counting.count(f"o{number}")


def forget(statistics: FakeStatistics) -> None:
    """Make every count nothing."""
    for place, counts in statistics.counts.items():
        statistics.counts[place] = counts._replace(by_state=Counter())
