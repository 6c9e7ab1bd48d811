"""The schedules of any hospital as operators see them, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from guahao.domain.catalog.schedules import OfferedSchedule
from guahao.domain.errors import Invalid
from guahao.ports.catalog.catalog import Catalog, FreeNumbers
from guahao.ports.pages import Page
from guahao.usecases.catalog.schedules import offers
from guahao.usecases.hospitals.hospitals_admin import published_hospital

if TYPE_CHECKING:
    from guahao.contracts.queries import CatalogueSchedulesQuery


@dataclass(frozen=True)
class SchedulesAdmin:
    """The schedules of any hospital, day by day."""

    catalog: Catalog
    free_numbers: FreeNumbers

    def of_day(self, hospital_code: str, query: CatalogueSchedulesQuery) -> Page[OfferedSchedule]:
        """Return a page of the day's schedules in the order of half-days, of one department or of all, or raise NotFound or Invalid."""
        published_hospital(self.catalog, hospital_code)
        limit, cursor = query.limit, query.cursor
        schedules = self.catalog.schedules(hospital_code, query.department_code, query.date, query.date)
        ids = [schedule.schedule_id for schedule in schedules]
        if cursor and cursor not in ids:
            raise Invalid("This cursor is not of this day.", [{"field": "cursor", "reason": "take it from an answer to the same request"}])
        first = ids.index(cursor) + 1 if cursor else 0
        # Free numbers are read for this page only, because each pool that is not built costs a read.
        page = offers(self.free_numbers, schedules[first : first + limit])
        return Page(page, ids[first + limit - 1] if len(ids) > first + limit else None)
