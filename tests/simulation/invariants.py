"""What must be true of the whole platform once all is quiet, of any set of books: of a simulated world or of a deployed stack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from guahao.domain.booking.ledger import BookingPolicy, Ledger
from guahao.domain.booking.order_states import BEGINNINGS, KNOWN_OF, MOVES, Cause, NumberState, OrderState, State
from guahao.domain.booking.orders import Number, Order
from guahao.domain.hospitals.partner_calls import HospitalKnows
from guahao.domain.payment.payment import PaymentState

HOSPITAL_REACH = timedelta(days=7)
"""So long after a visit its hospital is told of it."""

LIVING = (OrderState.AWAITING_PAYMENT, OrderState.PAID, OrderState.CHECKED_IN, OrderState.NO_SHOW)
NOT_SOLD_AGAIN = (Cause.HOSPITAL_REFUSED, Cause.HOSPITAL_SILENT)
PAID_FOR = (OrderState.PAID, OrderState.CHECKED_IN, OrderState.NO_SHOW)


@dataclass(frozen=True)
class TradeBook:
    """One trade in the provider's books; `can_be_paid` while a phone could still pay it."""

    paid_fen: int
    refunded_fen: int
    can_be_paid: bool = False


@dataclass(frozen=True)
class HospitalBook:
    """One order in the books of its hospital."""

    number: int
    knows: HospitalKnows


@dataclass(frozen=True)
class Books:
    """What each party has written down. A notice is (whom or what it is about, its kind); `notice_subject` says so of an order.

    `totals` are those of schedules that were published once; of those with another total since, `left` is how many must be free.
    """

    orders: Sequence[Order]
    numbers: Mapping[str, Sequence[Number]]
    totals: Mapping[str, int]
    ledgers: Mapping[str, Ledger]
    trades: Mapping[str, TradeBook]
    hospital: Mapping[str, HospitalBook]
    notices: Counter[tuple[str, str]]
    today: date
    lost_notices: Counter[tuple[str, str]] = field(default_factory=Counter)
    notice_subject: Callable[[Order], str] = lambda order: order.order_id
    left: Mapping[str, int] = field(default_factory=dict)
    suspended: frozenset[str] = frozenset()
    offered: Mapping[str, int | None] = field(default_factory=dict)
    counted: Mapping[tuple[str, date], Mapping[OrderState, int]] | None = None
    policy: BookingPolicy = field(default_factory=BookingPolicy)


def violations(books: Books) -> list[str]:
    """Return everything that is not as it must be, in words; nothing if all is well."""
    rules = (_timelines, _numbers, _money, _ledgers, _hospitals, _notices, _statistics, _settled)
    return [f"{rule.__name__.removeprefix('_')}: {found}" for rule in rules for found in rule(books)]


def _timelines(books: Books) -> Iterator[str]:
    """An order's story begins as stories may and goes on by moves of the table alone, to where the order is."""
    for order in books.orders:
        states = [State(step.state, step.payment) for step in order.timeline]
        if states[0] not in BEGINNINGS:
            yield f"{order.order_id} began as {states[0]}"
        for before, step, after in zip(states, order.timeline[1:], states[1:], strict=False):
            if MOVES[step.cause].get(before) != after:
                yield f"{order.order_id} moved from {before} to {after} by {step.cause}"
            if step.cause is Cause.CANCELLED_BY_USER and before.order is OrderState.PAID and step.at >= order.quit_until:
                yield f"{order.order_id} was cancelled by its user at {step.at}, which was possible until {order.quit_until}"
            if step.cause is Cause.HOLD_EXPIRED and step.at < order.hold_until:
                yield f"{order.order_id} expired at {step.at}, before its hold ended at {order.hold_until}"
        if states[-1] != (order.state, order.payment.state):
            yield f"{order.order_id} is {order.state}, {order.payment.state}, and its timeline ends with {states[-1]}"


def _numbers(books: Books) -> Iterator[str]:
    """Every number has one living order at most, every living order its number, and no number is lost or made."""
    living = {(order.visit.schedule_id, order.visit.number): order for order in books.orders if order.state in LIVING}
    for place, count in Counter((o.visit.schedule_id, o.visit.number) for o in books.orders if o.state in LIVING).items():
        if count > 1:
            yield f"number {place[1]} of {place[0]} is sold {count} times"
    refused = {(o.visit.schedule_id, o.visit.number) for o in books.orders if o.cancelled_for in NOT_SOLD_AGAIN}
    for schedule_id, numbers in books.numbers.items():
        if sorted(number.number for number in numbers) != list(range(1, books.totals.get(schedule_id, len(numbers)) + 1)):
            yield f"{schedule_id} has the numbers {[number.number for number in numbers]}"
        for number in numbers:
            order = living.get((schedule_id, number.number))
            if (number.order_id or None) != (order.order_id if order else None):
                yield f"number {number.number} of {schedule_id} names {number.order_id!r} and belongs to {order and order.order_id!r}"
            is_refused = (schedule_id, number.number) in refused and schedule_id in books.totals
            if order and is_refused:
                yield f"number {number.number} of {schedule_id}, which the hospital will not have, is that of {order.order_id}"
            unsold = NumberState.CLOSED if is_refused or schedule_id in books.suspended else NumberState.FREE
            due = order.number_state if order else unsold
            is_off_sale = not order and schedule_id not in books.totals and number.state is NumberState.CLOSED
            if number.state is not due and not is_off_sale:
                yield f"number {number.number} of {schedule_id} is {number.state} instead of {due}"
        free = sum(1 for number in numbers if number.state is NumberState.FREE)
        if schedule_id not in books.suspended and books.left.get(schedule_id, free) != free:
            yield f"{free} numbers of {schedule_id} are free, its total leaves {books.left[schedule_id]}"
        if books.offered.get(schedule_id) not in (None, free):
            yield f"{books.offered[schedule_id]} numbers of {schedule_id} are offered, {free} are free"
    for schedule_id in books.suspended:
        for order in books.orders:
            if order.visit.schedule_id == schedule_id and order.state is not OrderState.CANCELLED:
                yield f"{order.order_id} is {order.state} in a suspended schedule"


def _money(books: Books) -> Iterator[str]:
    """Every payment became one paid order, less what a substitute's fee gave back, or was refunded; both sides have the same sums."""
    orders = {order.order_id: order for order in books.orders}
    for order_id, trade in books.trades.items():
        if order_id not in orders:
            yield f"the provider has the trade {order_id} of no order"
        if trade.refunded_fen > trade.paid_fen:
            yield f"{order_id}: {trade.refunded_fen} of {trade.paid_fen} fen went back"
    for order in books.orders:
        trade = books.trades.get(order.order_id, TradeBook(0, 0))
        paid = order.charged_fen if order.payment.state in (PaymentState.PAID, PaymentState.REFUNDED) else 0
        refunded = paid if order.payment.state is PaymentState.REFUNDED else max(0, paid - order.visit.fee_fen)
        if (trade.paid_fen, trade.refunded_fen) != (paid, refunded):
            yield f"{order.order_id} is {order.payment.state}, the provider took {trade.paid_fen} and gave back {trade.refunded_fen} fen"
        if trade.can_be_paid and order.state is not OrderState.AWAITING_PAYMENT:
            yield f"{order.order_id} is {order.state} and can still be paid"
        if order.state in PAID_FOR and (order.charged_fen or order.visit.fee_fen) and order.payment.state is not PaymentState.PAID:
            yield f"{order.order_id} is {order.state} and its payment {order.payment.state}"
        if order.state is OrderState.CANCELLED and order.payment.state is PaymentState.PAID:
            yield f"{order.order_id} is cancelled and keeps its money"


def _ledgers(books: Books) -> Iterator[str]:
    """A ledger holds the living orders of its person, as far back as caps look, and none of the caps was passed."""
    horizon = books.today - timedelta(days=books.policy.quarter_days)
    persons = {order.holder.person for order in books.orders} | set(books.ledgers)
    for person in sorted(persons):
        living = [order for order in books.orders if order.holder.person == person and order.state in LIVING]
        ledger = books.ledgers.get(person, Ledger(person))
        noted = {booked.order_id for booked in ledger.bookings if booked.date > horizon}
        due = {order.order_id for order in living if order.visit.date > horizon}
        if noted != due:
            yield f"the ledger of {person} has {sorted(noted - due)} too many and lacks {sorted(due - noted)}"
        missed = {(o.order_id, o.visit.date) for o in living if o.state is OrderState.NO_SHOW and o.visit.date > horizon}
        if {(m.order_id, m.missed_on) for m in ledger.no_shows if m.missed_on > horizon} != missed:
            yield f"the ledger of {person} has the missed visits {ledger.no_shows}, there are {sorted(missed)}"
        yield from _caps(person, living, books.policy)


def _caps(person: str, living: Sequence[Order], policy: BookingPolicy) -> Iterator[str]:
    places = Counter((order.visit.date, order.visit.hospital_code, order.visit.department_code) for order in living)
    for place, count in places.items():
        if count > 1:
            yield f"{person} has {count} numbers for {place}"
    for days, cap in ((1, policy.per_day), (policy.week_days, policy.per_week), (policy.quarter_days, policy.per_quarter)):
        for start in {order.visit.date for order in living}:
            count = sum(1 for order in living if start <= order.visit.date < start + timedelta(days=days))
            if count > cap:
                yield f"{person} has {count} bookings in the {days} days from {start}"


def _hospitals(books: Books) -> Iterator[str]:
    """A hospital has every order that it should know, as it is, and gives no number to two patients."""
    orders = {order.order_id: order for order in books.orders}
    for order_id in books.hospital:
        if order_id not in orders:
            yield f"the hospital has an order {order_id} that we do not have"
    for order in books.orders:
        if order.hospital_knows is HospitalKnows.GIVEN_UP and order.visit.date < books.today - HOSPITAL_REACH:
            continue
        book = books.hospital.get(order.order_id)
        if order.cancelled_for is Cause.HOSPITAL_REFUSED:
            if book and book.knows is not HospitalKnows.CANCELLED:
                yield f"{order.order_id} was refused by the hospital, which has it as {book.knows}"
        elif book is None:
            if order.state is not OrderState.CANCELLED:
                yield f"{order.order_id} is unknown to its hospital"
        elif (book.number, book.knows) != (order.visit.number, KNOWN_OF[order.state]):
            yield f"{order.order_id} is {order.state} with number {order.visit.number}, the hospital has {book.knows} with {book.number}"
    kept = Counter(
        (orders[i].visit.schedule_id, b.number) for i, b in books.hospital.items() if i in orders and b.knows is not HospitalKnows.CANCELLED
    )
    for (schedule_id, number), count in kept.items():
        if count > 1:
            yield f"the hospital has number {number} of {schedule_id} {count} times"


def _notices(books: Books) -> Iterator[str]:
    """Nobody is told anything twice, or anything that never was; whatever is so at the end was told, unless its SMS was lost."""
    may, must = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for order in books.orders:
        about = books.notice_subject(order)
        was_paid = any(step.state is OrderState.PAID for step in order.timeline)
        cancelled = order.state is OrderState.CANCELLED
        may.update(
            {(about, "waiting"): was_paid, (about, "paid"): was_paid, (about, "cancelled"): cancelled, (about, "reminder"): was_paid}
        )
        must.update({(about, "paid"): order.state in PAID_FOR and order.record is not None, (about, "cancelled"): cancelled})
    # Of substitutes a patient may be told several times.
    for notice in sorted(notice for notice in set(books.notices) | set(must) if notice[1] != "substituted"):
        sent, lost = books.notices[notice], books.lost_notices[notice]
        if sent > may[notice]:
            yield f"{notice} was sent {sent} times, {may[notice]} are true"
        if sent + lost < must[notice]:
            yield f"{notice} was sent {sent} times, {must[notice]} are due and {lost} were lost"


def _statistics(books: Books) -> Iterator[str]:
    """Every order is counted once, on its day and for its hospital, as what it is."""
    if books.counted is None:
        return
    due: dict[tuple[str, date], Counter[OrderState]] = {}
    for order in books.orders:
        due.setdefault((order.visit.hospital_code, order.visit.date), Counter())[order.state] += 1
    for place in sorted(set(due) | set(books.counted)):
        counted, expected = books.counted.get(place, {}), due.get(place, Counter())
        if any(counted.get(state, 0) != expected[state] for state in OrderState):
            yield f"{place} counts {dict(counted)} instead of {dict(expected)}"


def _settled(books: Books) -> Iterator[str]:
    """Nothing is due any more that nobody but the platform brings about."""
    sold = Counter(order.visit.schedule_id for order in books.orders if order.state in PAID_FOR)
    came = Counter(order.visit.schedule_id for order in books.orders if order.state is OrderState.CHECKED_IN)
    for order in books.orders:
        schedule_id = order.visit.schedule_id
        if order.outstanding:
            yield f"{order.order_id} is {order.state}, {order.payment.state}, and the hospital knows {order.hospital_knows}"
        # The night after the visit takes until the next morning; a hospital that is silent about most of a schedule proves nothing.
        is_over = order.visit.date < books.today - timedelta(days=1)
        is_proven = came[schedule_id] * 100 >= sold[schedule_id] * books.policy.no_show_attendance_percent
        if order.state is OrderState.PAID and order.record and is_over and is_proven:
            yield f"{order.order_id} still waits for its patient, who missed the visit on {order.visit.date}"
