"""Invalidation of number pools, so that the next booking reads the schedule anew."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta

from guahao.domain.catalog.booking_rule import LONGEST_CYCLE_DAYS
from guahao.domain.errors import PoolUnavailable
from guahao.ports.booking.number_pool import NumberPool
from guahao.ports.catalog.catalog import Catalog

# Schedules in one round trip; a batch of a hospital fits into one.
_AT_ONCE = 1000


def invalidate(pool: NumberPool, schedule_ids: Sequence[str]) -> None:
    """Invalidate the pools. Failures of Redis are ignored: a pool expires after ten minutes, and the store refuses its wrong numbers."""
    with suppress(PoolUnavailable):
        _invalidate(pool, schedule_ids)


def invalidate_hospital(
    catalog: Catalog, pool: NumberPool, hospital_code: str, today: date, department_codes: Sequence[str] | None = None
) -> None:
    """Invalidate the pools of the hospital's coming schedules, in all departments or in those given."""
    invalidate(pool, _coming(catalog, hospital_code, department_codes, today))


def require_hospital_invalidated(catalog: Catalog, pool: NumberPool, hospital_code: str, today: date) -> None:
    """Invalidate the pools of the hospital's coming schedules, or raise PoolUnavailable: a pool that stays would go on selling."""
    _invalidate(pool, _coming(catalog, hospital_code, None, today))


def _invalidate(pool: NumberPool, schedule_ids: Sequence[str]) -> None:
    for first in range(0, len(schedule_ids), _AT_ONCE):
        pool.invalidate(schedule_ids[first : first + _AT_ONCE])


def _coming(catalog: Catalog, hospital_code: str, department_codes: Sequence[str] | None, today: date) -> Sequence[str]:
    return catalog.schedule_ids(hospital_code, department_codes, today, today + timedelta(days=LONGEST_CYCLE_DAYS))
