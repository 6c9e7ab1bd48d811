"""What an account holds unpaid, and which holds it let end without payment: the limits against who blocks numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from guahao.domain.booking.order_states import Cause, OrderState
from guahao.domain.errors import UnpaidEnds, UnpaidHolds
from guahao.domain.time import spoken

if TYPE_CHECKING:  # the ledger and the order use what stands here
    from guahao.domain.booking.ledger import BookingPolicy, Ledger
    from guahao.domain.booking.orders import Order

# What the user brings about; suspended schedules and hospitals that refuse are nobody's guilt.
_BY_USER = (Cause.CANCELLED_BY_USER, Cause.HOLD_EXPIRED)


@dataclass(frozen=True)
class UnpaidPolicy:
    """How many holds may end without payment within so many hours, and how many may be there at once."""

    hours: int = 24
    ends_per_schedule: int = 2
    ends_per_person: int = 3
    ends_per_account: int = 6
    holds: int = 2
    holds_of_persons: int = 3

    def begins(self, now: datetime) -> datetime:
        """Return the moment behind which an end counts."""
        return now - timedelta(hours=self.hours)


class UnpaidEnd(NamedTuple):
    """A hold for a person that the account let end without payment, and when."""

    order_id: str
    user_id: str
    at: datetime


class Unpaid(NamedTuple):
    """An unpaid hold of an account, until its end or, if it ended without payment, for as long as that counts.

    `person` is empty where nobody has proven the certificate: all such patients of an account count as one.
    """

    order_id: str
    schedule_id: str
    person: str
    until: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Tally:
    """An account's unpaid holds and unpaid ends; `version` is what the next write must find (0: not stored)."""

    entries: tuple[Unpaid, ...] = ()
    version: int = 0

    def add(self, order: Order, ledger: Ledger, policy: BookingPolicy, now: datetime) -> Tally:
        """Return the tally with the order's hold in it, or raise UnpaidEnds or UnpaidHolds; a paid order needs no place in it.

        `ledger` is that of the order's person.
        """
        if order.state is not OrderState.AWAITING_PAYMENT:
            return self
        person = order.holder.person if ledger.proven_by else ""
        since = policy.unpaid.begins(now)
        # A hold counts from its end, which may come late: until then it stays.
        kept = tuple(one for one in self.entries if one.ended_at is None or one.ended_at > since)
        ended = [one for one in kept if one.ended_at]
        of_person = ledger.unpaid_ends_counted_in(order.user_id) if person else _ends(one for one in ended if not one.person)
        _require_few_ends(
            {
                "Schedule": (_ends(one for one in ended if one.schedule_id == order.visit.schedule_id), policy.unpaid.ends_per_schedule),
                "Person": ([at for at in of_person if at > since], policy.unpaid.ends_per_person),
                "Account": (_ends(ended), policy.unpaid.ends_per_account),
            },
            policy,
        )
        _require_few_holds([one for one in kept if not one.ended_at and one.until > now], person, policy)
        return replace(self, entries=(*kept, Unpaid(order.order_id, order.visit.schedule_id, person, order.hold_until)))

    def follow(self, order: Order) -> Tally:
        """Return the tally as the order, which may be in it, now has it; the tally itself if nothing changes."""
        mine = [one for one in self.entries if one.order_id == order.order_id]
        others = tuple(one for one in self.entries if one.order_id != order.order_id)
        if order.state is OrderState.AWAITING_PAYMENT:
            return replace(self, entries=(*others, *(one._replace(until=order.hold_until) for one in mine))) if mine else self
        end = unpaid_end(order)
        return replace(self, entries=(*others, *(one._replace(ended_at=end) for one in mine if end))) if mine else self


def unpaid_end(order: Order) -> datetime | None:
    """Return when the user let the order end without payment; None if it did not end so, the provider was down or the doctor another."""
    if order.payment.provider_silent or order.substitutions:
        return None
    steps = pairwise(order.timeline)
    return next((step.at for before, step in steps if before.state is OrderState.AWAITING_PAYMENT and step.cause in _BY_USER), None)


def note_silence(order: Order, silent: bool) -> Order:
    """Return the order that notes whether the provider, last asked about its payment, was down."""
    if order.payment.provider_silent is silent:
        return order
    return replace(order, payment=replace(order.payment, provider_silent=silent), version=order.version + 1)


def _ends(entries: Iterable[Unpaid]) -> list[datetime]:
    return [one.ended_at for one in entries if one.ended_at]


def _require_few_ends(counted: dict[str, tuple[list[datetime], int]], policy: BookingPolicy) -> None:
    """Pass, or raise UnpaidEnds for the limit that holds longest."""
    full = []
    for per, (ends, limit) in counted.items():
        if len(ends) >= limit:
            # So many are in the window that this one must leave it before there is room.
            leaves = sorted(ends)[len(ends) - limit] + timedelta(hours=policy.unpaid.hours)
            full.append((leaves, f"unpaidEndsPer{per}@{policy.version}"))
    if full:
        retry_at, rule = max(full)
        detail = f"Too many numbers were held and not paid for. Book again from {spoken(retry_at)}."
        raise UnpaidEnds(detail, rule=rule, retry_at=retry_at)


def _require_few_holds(holds: list[Unpaid], person: str, policy: BookingPolicy) -> None:
    """Pass, or raise UnpaidHolds until the first of the holds ends."""
    differ = len({person, *(one.person for one in holds)}) > len(holds)
    if len(holds) >= (policy.unpaid.holds_of_persons if differ else policy.unpaid.holds):
        first = min(one.until for one in holds)
        detail = f"{len(holds)} numbers wait for payment. Pay for one or cancel it, or book again from {spoken(first)}."
        raise UnpaidHolds(detail, rule=f"unpaidHolds@{policy.version}", retry_at=first)
