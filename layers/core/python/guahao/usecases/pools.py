"""Having the next who books read a session's facts anew."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta

from guahao.domain.catalog import LONGEST_CYCLE_DAYS
from guahao.domain.errors import PoolUnavailable
from guahao.ports.booking import NumberPool
from guahao.ports.catalog import Catalog

# So many in one round trip, of which a batch of a hospital's makes one.
_AT_ONCE = 1000


def forget(pool: NumberPool, schedule_ids: Sequence[str]) -> None:
    """Forget the sessions' pools. Without Redis what a pool says lives for ten minutes at most, and the store knows better meanwhile."""
    with suppress(PoolUnavailable):
        for first in range(0, len(schedule_ids), _AT_ONCE):
            pool.forget(schedule_ids[first : first + _AT_ONCE])


def forget_hospital(
    catalog: Catalog, pool: NumberPool, hospital_code: str, today: date, department_codes: Sequence[str] | None = None
) -> None:
    """Forget the pools of all sessions of the hospital, or of some departments, that any booking rule could have opened by now."""
    forget(pool, _coming(catalog, hospital_code, department_codes, today))


def shut_hospital(catalog: Catalog, pool: NumberPool, hospital_code: str, today: date) -> None:
    """Forget the pools of all coming sessions or raise PoolUnavailable: a pool that stays would sell for a hospital that must not."""
    schedule_ids = _coming(catalog, hospital_code, None, today)
    for first in range(0, len(schedule_ids), _AT_ONCE):
        pool.forget(schedule_ids[first : first + _AT_ONCE])


def _coming(catalog: Catalog, hospital_code: str, department_codes: Sequence[str] | None, today: date) -> Sequence[str]:
    return catalog.schedule_ids(hospital_code, department_codes, today, today + timedelta(days=LONGEST_CYCLE_DAYS))
