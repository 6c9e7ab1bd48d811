"""A world for tests of what hospitals publish: two hospitals with their stores, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from guahao.contracts.partner import BrokenEntry, ScheduleEntry
from guahao.domain.booking.order_states import NumberState
from guahao.domain.booking.orders import Number
from guahao.domain.catalog.catalog import Department
from guahao.domain.catalog.schedules import Schedule, schedule_id_of
from guahao.usecases.booking.bookable import bookable_schedules
from guahao.usecases.hospitals.partner_batches import Outcome
from guahao.usecases.hospitals.partner_schedules import PartnerSchedules
from guahao.usecases.hospitals.publication_order import PublicationOrder
from tests.builders import hospital
from tests.fakes.booking import FakePool
from tests.fakes.catalog import FakeCatalog, FakeNumbers
from tests.fakes.clock import FakeClock
from tests.fakes.outbox import FakeOutbox
from tests.fakes.partners import FakePublicationLock, FakePublications
from tests.killing import Killer

CODE, OTHER = "1000", "10001"


class CountingNumbers(FakeNumbers):
    """Numbers that know how often somebody asked for them."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def of(self, schedule_id: str) -> list[Number]:
        self.calls += 1
        return super().of(schedule_id)

    def fit(self, schedule_id: str, total: int, *, reopen: bool = True) -> bool:
        self.calls += 1
        return super().fit(schedule_id, total, reopen=reopen)


@dataclass
class World:
    """Two hospitals with the codes of their departments alike, and their stores."""

    catalog: FakeCatalog = field(default_factory=FakeCatalog)
    numbers: CountingNumbers = field(default_factory=CountingNumbers)
    pool: FakePool = field(default_factory=FakePool)
    outbox: FakeOutbox = field(default_factory=FakeOutbox)
    publication_lock: FakePublicationLock = field(default_factory=FakePublicationLock)
    publications: FakePublications = field(default_factory=FakePublications)

    def __post_init__(self) -> None:
        for code in (CODE, OTHER):
            self.catalog.put_hospital(hospital(code))
            self.catalog.set_online(code, True)
            self.catalog.put_departments([Department(code, d, "心内科", "01", "内科") for d in ("0101", "0102")])

    def service(self, killer: Killer | None = None) -> PartnerSchedules:
        parts = (self.catalog, self.numbers, self.pool, self.outbox)
        catalog, numbers, pool, outbox = map(killer.watch, parts) if killer else parts
        return PartnerSchedules(catalog, numbers, pool, outbox, self.publication_lock, self.order, FakeClock())

    @property
    def order(self) -> PublicationOrder:
        return PublicationOrder(self.publications, FakeClock())

    def publish(self, *entries: ScheduleEntry | BrokenEntry, code: str = CODE) -> list[Outcome]:
        return self.service().publish_schedules(code, entries)

    def schedule(self, own_id: str = "a", code: str = CODE) -> Schedule:
        found = self.catalog.schedule(schedule_id_of(code, own_id))
        assert found is not None
        return found

    def states(self, own_id: str = "a", code: str = CODE) -> list[str]:
        return [number.state.value for number in self.numbers.of(schedule_id_of(code, own_id))]

    def take(self, number: int, state: NumberState = NumberState.SOLD, own_id: str = "a") -> None:
        self.numbers.put(schedule_id_of(CODE, own_id), Number(number, state, "o1"))

    def build_pool(self, own_id: str = "a") -> None:
        schedule_id = schedule_id_of(CODE, own_id)
        [epoch] = self.pool.epochs([schedule_id])
        self.pool.build(bookable_schedules(self.catalog, [schedule_id])[schedule_id], self.numbers.of(schedule_id), epoch)

    def everything(self) -> object:
        """All that a reader could ever see; what is sent more than once, or at once besides later, is the same message."""
        page = self.catalog.schedule_page(CODE, None, 1000, None).items
        sent = {(name, about, more if isinstance(more, str) else None) for name, about, more in self.outbox.sent}
        return page, [self.numbers.of(s.schedule_id) for s in page], sent, dict(self.pool.schedules)


def results(outcomes: Sequence[Outcome]) -> list[str]:
    return [outcome.result.value for outcome in outcomes]


def faulty_fields(outcome: Outcome) -> list[str]:
    return [fault["field"] for fault in outcome.errors]
