"""Orders and their moves."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from guahao.domain.booking.bookable import BookableSchedule
from guahao.domain.booking.order_states import KNOWN_OF, MOVES, NUMBER_OF, Cause, NumberState, OrderState, State
from guahao.domain.booking.visits import Holder, Substitution, Visit
from guahao.domain.errors import IdempotencyKeyReused, OrderStateConflict, PaymentMismatch, QuitDeadlinePassed
from guahao.domain.hospitals.partner_calls import HospitalKnows, HospitalRecord
from guahao.domain.payment.payment import Payment, PaymentState, Trade
from guahao.domain.time import shanghai_date, spoken

if TYPE_CHECKING:  # moving orders needs no patients
    from guahao.domain.people.patients import Patient


@dataclass(frozen=True)
class Step:
    """One entry of an order's timeline: the state from then on, and the cause."""

    at: datetime
    state: OrderState
    payment: PaymentState
    cause: Cause


# Their numbers may be taken at the hospital, by somebody else or by a registration whose answer was lost.
_NOT_SOLD_AGAIN = (Cause.HOSPITAL_REFUSED, Cause.HOSPITAL_SILENT)
_RECEIVED = (PaymentState.PAID, PaymentState.REFUNDING, PaymentState.REFUNDED)


@dataclass(frozen=True)
class Number:
    """One place in a schedule and who has it; one that is withdrawn is not sold, nor sold again when it comes back."""

    number: int
    state: NumberState
    order_id: str = ""
    withdrawn: bool = False


@dataclass(frozen=True)
class Order:
    """A registration. Moves return a changed copy with the next version; stores write it only over the version it came from.

    Visit and holder are as they were when it was made: of later changes of the schedule or the patient only a substitution reaches them.
    `origin_id` is the correlation id of the request that made the order.
    """

    order_id: str
    user_id: str
    holder: Holder
    visit: Visit
    created_at: datetime
    hold_until: datetime
    quit_until: datetime
    state: OrderState
    timeline: tuple[Step, ...]
    payment: Payment = field(default_factory=Payment)
    record: HospitalRecord | None = None
    hospital_knows: HospitalKnows = HospitalKnows.NOTHING
    version: int = 1
    origin_id: str = ""
    substitutions: tuple[Substitution, ...] = ()

    @property
    def number_state(self) -> NumberState:
        """The state of the order's number; a number that the hospital refused or never confirmed is not sold again."""
        return NumberState.CLOSED if self.cancelled_for in _NOT_SOLD_AGAIN else NUMBER_OF[self.state]

    @property
    def cancelled_for(self) -> Cause | None:
        """The cause of the cancellation, None if the order is not cancelled."""
        return next((step.cause for step in self.timeline if step.state is OrderState.CANCELLED), None)

    @property
    def is_unconfirmed(self) -> bool:
        """Whether the order is paid and its hospital has not confirmed it."""
        return self.state is OrderState.PAID and self.record is None

    @property
    def paid_since(self) -> datetime:
        """When the order became paid, which it must have; one without a fee was so from the beginning."""
        return next(step.at for step in self.timeline if step.state is OrderState.PAID)

    @property
    def is_no_show(self) -> bool:
        return self.state is OrderState.NO_SHOW

    @property
    def changed_at(self) -> datetime:
        return self.timeline[-1].at

    @property
    def hospital_is_behind(self) -> bool:
        """Whether the hospital must still be told something; a hospital that refused the order, or was given up, is told nothing more."""
        told = self.hospital_knows in (KNOWN_OF[self.state], HospitalKnows.GIVEN_UP)
        return not told and self.cancelled_for is not Cause.HOSPITAL_REFUSED

    @property
    def outstanding(self) -> bool:
        """Whether something is still due that only we can do: the end of a hold, a payment, a refund, or a call to the hospital."""
        due = self.state is OrderState.AWAITING_PAYMENT or self.payment.state in (PaymentState.OPEN, PaymentState.REFUNDING)
        return due or self.owes_difference or self.hospital_is_behind

    @property
    def charged_fen(self) -> int:
        """The amount of the order's trade: its fee, or that of before a substitute with a lower one."""
        return self.visit.fee_fen if self.payment.amount_fen is None else self.payment.amount_fen

    @property
    def booked_fen(self) -> int:
        """The fee at which it was booked, as the hospital knows the order."""
        return self.substitutions[0].fee_fen if self.substitutions else self.visit.fee_fen

    @property
    def owes_difference(self) -> bool:
        """Whether more was paid than the fee is now, and the difference is not back yet."""
        return self.payment.state is PaymentState.PAID and self.charged_fen - self.payment.returned_fen > self.visit.fee_fen

    @property
    def refund_no(self) -> str:
        """The number of this order's full refund, so that one asked for again is the same; the one number that ends in R."""
        return f"{self.order_id}R"

    def require_request(self, schedule_id: str, patient_id: str) -> Order:
        """Return the order if it answers this request, else raise IdempotencyKeyReused."""
        if (self.visit.schedule_id, self.holder.patient_id) != (schedule_id, patient_id):
            raise IdempotencyKeyReused("This Idempotency-Key was used for another booking. Send a new key for a new booking.")
        return self

    def cancel_by_user(self, now: datetime) -> Order:
        """Cancel before the quit deadline, an unpaid order at any time; a cancelled order stays as it is."""
        if self.state is OrderState.CANCELLED:
            return self
        if self.state is OrderState.PAID and now >= self.quit_until:
            detail = f"Cancelling was possible until {spoken(self.quit_until)}. Ask the hospital directly."
            raise QuitDeadlinePassed(detail, rule="quitDeadline")
        if self.state in (OrderState.CHECKED_IN, OrderState.NO_SHOW):
            raise OrderStateConflict("The visit has begun or is over. Ask the hospital directly.", rule="orderState")
        return self.cancel(Cause.CANCELLED_BY_USER, now)

    def expire(self, now: datetime) -> Order:
        """Cancel an unpaid order whose hold has ended; leave any other, also one that costs nothing any more, as it is."""
        if self.state is not OrderState.AWAITING_PAYMENT or now < self.hold_until or not self.visit.fee_fen:
            return self
        return self.cancel(Cause.HOLD_EXPIRED, now)

    def cancel_with_schedule(self, now: datetime) -> Order:
        """Cancel because the schedule is suspended, also after a check-in or a no-show; a cancelled order stays as it is."""
        if self.state is OrderState.CANCELLED:
            return self
        return self.cancel(Cause.SCHEDULE_SUSPENDED, now)

    def cancel_unconfirmed(self, now: datetime) -> Order:
        """Cancel a paid order that its hospital has not confirmed; leave any other as it is."""
        return self.cancel(Cause.HOSPITAL_SILENT, now) if self.is_unconfirmed else self

    def cancel(self, cause: Cause, now: datetime) -> Order:
        """Cancel and refund what was paid."""
        return self._move(cause, now)

    def check_in(self, now: datetime) -> Order:
        """Note that the patient came and took the number, on the visit's day or late; one who came already stays as noted."""
        if self.state is OrderState.CHECKED_IN:
            return self
        if shanghai_date(now) < self.visit.date:
            raise OrderStateConflict(f"The visit is on {self.visit.date}: nobody comes for it before that day.", rule="visitDay")
        return self._move(Cause.ATTENDED, now)

    def mark_no_show(self, now: datetime) -> Order:
        """Note, from the day after the visit on, that the patient did not come; an order that waits for nobody stays as it is."""
        # Nobody misses a visit that the hospital did not expect.
        if self.state is not OrderState.PAID or self.record is None or shanghai_date(now) <= self.visit.date:
            return self
        return self._move(Cause.NO_SHOW, now)

    def require_visit_over(self, now: datetime) -> None:
        """Pass from the day after the visit on, or raise OrderStateConflict."""
        if shanghai_date(now) <= self.visit.date:
            raise OrderStateConflict(f"The visit is on {self.visit.date}: nobody has missed it before that day is over.", rule="visitDay")

    def open_payment(self, now: datetime) -> Order:
        """Open the payment while the hold lasts; an open payment stays open."""
        if self.state is not OrderState.AWAITING_PAYMENT:
            raise OrderStateConflict(f"This order is {self.state} and cannot be paid.", rule="payableState")
        if now >= self.hold_until:
            raise OrderStateConflict("The time for paying has ended. Book a number again.", rule="holdDeadline")
        if self.payment.state is PaymentState.OPEN:
            return self
        return self._move(Cause.PAYMENT_OPENED, now)

    def pay(self, trade: Trade, now: datetime) -> Order:
        """Record a paid trade: the order becomes paid or, if it can no longer be, is refunded.

        A trade that was recorded before changes nothing; another amount than the fee raises PaymentMismatch.
        """
        if trade.amount_fen != self.charged_fen or trade.trade_no != self.order_id:
            raise PaymentMismatch("The notified amount or order is not ours.", rule="amount")
        if self.payment.state in _RECEIVED:
            return self
        received = replace(self.payment, transaction_id=trade.transaction_id or "", paid_at=trade.paid_at or now)
        awaited = self.state is OrderState.AWAITING_PAYMENT
        return self._move(Cause.PAID if awaited else Cause.PAID_TOO_LATE, now, received)

    def waive_fee(self, now: datetime) -> Order:
        """Record that a substitute without a fee left an order nothing to pay; a payment that was open must be closed."""
        return self._move(Cause.SUBSTITUTED, now, replace(self.payment, amount_fen=0))

    def close_payment(self, now: datetime) -> Order:
        """Record that the provider has closed the payment of a cancelled order; a payment that is not open stays as it is."""
        return self if self.payment.state is not PaymentState.OPEN else self._move(Cause.PAYMENT_CLOSED, now)

    def refunded(self, now: datetime) -> Order:
        """Record that the provider has finished the refund."""
        return self if self.payment.state is PaymentState.REFUNDED else self._move(Cause.REFUNDED, now)

    def refunded_by_hand(self, now: datetime) -> Order:
        """Record that a person gave the money back without the provider's refund, or raise OrderStateConflict."""
        if State(self.state, self.payment.state) not in MOVES[Cause.REFUNDED_BY_HAND]:
            raise OrderStateConflict("No money of this order is on its way back. Look at it again.", rule="refundingPayment")
        return self._move(Cause.REFUNDED_BY_HAND, now)

    def with_record(self, record: HospitalRecord) -> Order:
        """Record the hospital's own record of the order, once."""
        return self if self.record else self._with(record=record, hospital_knows=HospitalKnows.BOOKED)

    def hospital_informed(self, knows: HospitalKnows) -> Order:
        """Record what the hospital has confirmed; after a cancellation nothing changes any more."""
        return self if self.hospital_knows in (knows, HospitalKnows.CANCELLED) else self._with(hospital_knows=knows)

    def give_up_hospital(self) -> Order:
        """Record that the hospital is told nothing more, if anything is left to tell."""
        return self._with(hospital_knows=HospitalKnows.GIVEN_UP) if self.hospital_is_behind else self

    def _move(self, cause: Cause, now: datetime, payment: Payment | None = None) -> Order:
        """Return the order after the move in the table, with its changed payment, or raise OrderStateConflict."""
        found = MOVES[cause].get(State(self.state, self.payment.state))
        if found is None:
            raise OrderStateConflict(f"This order is {self.state} and cannot be changed so ({cause}). Look at it again.", rule="orderState")
        moved = replace(payment or self.payment, state=found.payment)
        return self._with(state=found.order, payment=moved, timeline=(*self.timeline, Step(now, *found, cause)))

    def _with(self, **changes: object) -> Order:
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]


def order_id_of(user_id: str, idempotency_key: str) -> str:
    """Return the id of the order, always the same for this request: 26 characters, which nobody can guess."""
    digest = hashlib.sha256(f"{user_id}\0{idempotency_key}".encode()).digest()
    return base64.b32encode(digest)[:26].decode().lower()


def place(schedule: BookableSchedule, number: int, *, order_id: str, patient: Patient, now: datetime, hold: timedelta) -> Order:
    """Return a new order that holds the number; one without a fee is paid at once."""
    state = OrderState.AWAITING_PAYMENT if schedule.fee_fen else OrderState.PAID
    certificate = patient.shown_certificate
    return Order(
        order_id=order_id,
        user_id=patient.user_id,
        holder=Holder(
            patient_id=patient.patient_id,
            name=patient.name,
            person=patient.person,
            certificate_type=certificate.type.value,
            sealed_certificate_number=certificate.sealed_number,
            sealed_phone=patient.sealed_phone,
            phone_mark=patient.phone_mark,
            masked_phone=patient.masked_phone,
            issuing_state=certificate.issuing_state,
            certificate_of="guardian" if patient.is_newborn else "patient",
        ),
        visit=Visit(
            schedule_id=schedule.schedule_id,
            hospital_schedule_id=schedule.hospital_schedule_id,
            hospital_code=schedule.hospital_code,
            hospital_name=schedule.hospital_name,
            department_code=schedule.department_code,
            department_name=schedule.department_name,
            title=schedule.title,
            doctor_name=schedule.doctor_name,
            date=schedule.date,
            half_day=schedule.half_day,
            number=number,
            fee_fen=schedule.fee_fen,
        ),
        created_at=now,
        hold_until=now + hold,
        quit_until=schedule.quit_until,
        state=state,
        timeline=(Step(now, state, PaymentState.NONE, Cause.BOOKED),),
    )
