"""What proves that a patient did not come."""

from __future__ import annotations

from collections.abc import Iterable

from guahao.domain.booking.order_states import OrderState

_LIVE = (OrderState.PAID, OrderState.CHECKED_IN, OrderState.NO_SHOW)


def silence_is_proof(states: Iterable[OrderState], percent: int) -> bool:
    """Tell whether the hospital reported who came, for so many percent at least of the live orders of a schedule.

    Only then its silence about another order of the schedule means that the patient did not come.
    """
    live = [state for state in states if state in _LIVE]
    return live.count(OrderState.CHECKED_IN) * 100 >= len(live) * percent
