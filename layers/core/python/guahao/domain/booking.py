"""Orders, and how each of their moves comes about."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from guahao.domain.errors import IdempotencyKeyReused, OrderStateConflict, PaymentMismatch, QuitDeadlinePassed
from guahao.domain.gateway import HospitalKnows, HospitalRecord
from guahao.domain.order_states import KNOWN_OF, MOVES, NUMBER_OF, Cause, NumberState, OrderState, State
from guahao.domain.payment import PaymentState, Trade
from guahao.domain.sessions import BookableSession, HalfDay
from guahao.domain.time import shanghai_date, spoken

if TYPE_CHECKING:  # who moves orders loads no patients
    from guahao.domain.patients import Patient


@dataclass(frozen=True)
class Step:
    """One entry of an order's timeline: what is true from then on, and why."""

    at: datetime
    state: OrderState
    payment: PaymentState
    cause: Cause


@dataclass(frozen=True)
class Payment:
    """The one payment of an order; the merchant's order number is the order's id."""

    state: PaymentState = PaymentState.NONE
    transaction_id: str = ""
    paid_at: datetime | None = None


_RECEIVED = (PaymentState.PAID, PaymentState.REFUNDING, PaymentState.REFUNDED)


@dataclass(frozen=True)
class Number:
    """One place in a session and who has it."""

    number: int
    state: NumberState
    order_id: str = ""


@dataclass(frozen=True)
class Order:
    """A registration. Moves return a changed copy with the next version; stores write it only over the version it came from.

    It remembers whom it was made for as they were then, so that it never depends on a patient who was changed or removed since:
    `person` is the fingerprint of the certificate, under which the ledger lies that it counts in.
    """

    order_id: str
    user_id: str
    patient_id: str
    patient_name: str
    person: str
    certificate_type: str
    sealed_certificate_number: str
    sealed_phone: str
    phone_mark: str
    masked_phone: str
    schedule_id: str
    hospital_schedule_id: str
    hospital_code: str
    hospital_name: str
    department_code: str
    department_name: str
    title: str
    doctor_name: str
    date: date
    half_day: HalfDay
    number: int
    fee_fen: int
    created_at: datetime
    hold_until: datetime
    quit_until: datetime
    state: OrderState
    timeline: tuple[Step, ...]
    payment: Payment = Payment()
    record: HospitalRecord | None = None
    hospital_knows: HospitalKnows = HospitalKnows.NOTHING
    version: int = 1

    @property
    def number_state(self) -> NumberState:
        """What the order makes of its number; one that the hospital will not take is sold to nobody else."""
        return NumberState.CLOSED if self.cancelled_for is Cause.HOSPITAL_REFUSED else NUMBER_OF[self.state]

    @property
    def cancelled_for(self) -> Cause | None:
        """Why the order was cancelled, None if it was not."""
        return next((step.cause for step in self.timeline if step.state is OrderState.CANCELLED), None)

    @property
    def is_no_show(self) -> bool:
        return self.state is OrderState.NO_SHOW

    @property
    def changed_at(self) -> datetime:
        return self.timeline[-1].at

    @property
    def hospital_is_behind(self) -> bool:
        """Whether the hospital has not confirmed what it should know; one that refused the booking, or was given up, need hear no more."""
        told = self.hospital_knows in (KNOWN_OF[self.state], HospitalKnows.GIVEN_UP)
        return not told and self.cancelled_for is not Cause.HOSPITAL_REFUSED

    @property
    def unsettled(self) -> bool:
        """Whether something is still due that nobody but we bring about: the end of a hold or payment, a refund, the hospital's books."""
        due = self.state is OrderState.AWAITING_PAYMENT or self.payment.state in (PaymentState.OPEN, PaymentState.REFUNDING)
        return due or self.hospital_is_behind

    @property
    def refunded_at(self) -> datetime | None:
        """When the provider had sent the money back; None before, and if somebody did so by hand."""
        return next((step.at for step in self.timeline if step.cause is Cause.REFUNDED), None)

    @property
    def refund_no(self) -> str:
        """The one refund number of this order, so that a refund asked for again is the same refund."""
        return f"{self.order_id}R"

    def require_request(self, schedule_id: str, patient_id: str) -> Order:
        """Return the order if it answers this request, else raise IdempotencyKeyReused."""
        if (self.schedule_id, self.patient_id) != (schedule_id, patient_id):
            raise IdempotencyKeyReused("This Idempotency-Key was used for another booking. Send a new key for a new booking.")
        return self

    def cancel_by_user(self, now: datetime) -> Order:
        """Cancel before the quit deadline; an order already cancelled stays as it is, an unpaid one may always go."""
        if self.state is OrderState.CANCELLED:
            return self
        if self.state is OrderState.PAID and now >= self.quit_until:
            detail = f"Cancelling was possible until {spoken(self.quit_until)}. Ask the hospital directly."
            raise QuitDeadlinePassed(detail, rule="quitDeadline")
        if self.state in (OrderState.CHECKED_IN, OrderState.NO_SHOW):
            raise OrderStateConflict("The visit has begun or is over. Ask the hospital directly.", rule="orderState")
        return self.cancel(Cause.CANCELLED_BY_USER, now)

    def expire(self, now: datetime) -> Order:
        """Cancel an unpaid order whose hold has ended; leave any other as it is."""
        if self.state is not OrderState.AWAITING_PAYMENT or now < self.hold_until:
            return self
        return self.cancel(Cause.HOLD_EXPIRED, now)

    def cancel_with_session(self, now: datetime) -> Order:
        """Cancel because the session is not held, whether the patient came for it or did not; a cancelled order stays as it is."""
        if self.state is OrderState.CANCELLED:
            return self
        return self.cancel(Cause.SESSION_SUSPENDED, now)

    def cancel(self, cause: Cause, now: datetime) -> Order:
        """Cancel, sending back what was paid."""
        return self._move(cause, now)

    def attend(self, now: datetime) -> Order:
        """Note that the patient came and took the number, also late; one who came already stays as noted."""
        if self.state is OrderState.CHECKED_IN:
            return self
        return self._move(Cause.ATTENDED, now)

    def miss(self, now: datetime) -> Order:
        """Note, the day after the visit or later, that the patient did not come; an order that waits for nobody stays as it is.

        One that the hospital has never confirmed stays too: nobody misses a visit that the hospital did not expect.
        """
        if self.state is not OrderState.PAID or self.record is None or shanghai_date(now) <= self.date:
            return self
        return self._move(Cause.NO_SHOW, now)

    def open_payment(self, now: datetime) -> Order:
        """Open the payment while the hold lasts; one that is open stays open."""
        if self.state is not OrderState.AWAITING_PAYMENT:
            raise OrderStateConflict(f"This order is {self.state} and cannot be paid.", rule="payableState")
        if now >= self.hold_until:
            raise OrderStateConflict("The time for paying has ended. Book a number again.", rule="holdDeadline")
        if self.payment.state is PaymentState.OPEN:
            return self
        return self._move(Cause.PAYMENT_OPENED, now)

    def pay(self, trade: Trade, now: datetime) -> Order:
        """Take the money of a paid trade: the order becomes paid, or, if it may no longer be, the money goes back.

        A trade that was taken already changes nothing; another amount than the fee raises PaymentMismatch.
        """
        if trade.amount_fen != self.fee_fen or trade.trade_no != self.order_id:
            raise PaymentMismatch("The notified amount or order is not ours.", rule="amount")
        if self.payment.state in _RECEIVED:
            return self
        received = replace(self.payment, transaction_id=trade.transaction_id or "", paid_at=trade.paid_at or now)
        awaited = self.state is OrderState.AWAITING_PAYMENT
        return self._move(Cause.PAID if awaited else Cause.PAID_TOO_LATE, now, received)

    def close_payment(self, now: datetime) -> Order:
        """Note that the provider takes no more money for a cancelled order; a payment that is not open any more stays as it is."""
        return self if self.payment.state is not PaymentState.OPEN else self._move(Cause.PAYMENT_CLOSED, now)

    def refunded(self, now: datetime) -> Order:
        """Note that the provider has sent the money back."""
        return self if self.payment.state is PaymentState.REFUNDED else self._move(Cause.REFUNDED, now)

    def refunded_by_hand(self, now: datetime) -> Order:
        """Note that somebody has given the money back in another way than by the provider's refund, or raise OrderStateConflict."""
        if State(self.state, self.payment.state) not in MOVES[Cause.REFUNDED_BY_HAND]:
            raise OrderStateConflict("No money of this order is on its way back. Look at it again.", rule="refundingPayment")
        return self._move(Cause.REFUNDED_BY_HAND, now)

    def registered(self, record: HospitalRecord) -> Order:
        """Note the hospital's own record of the order, once."""
        return self if self.record else self._with(record=record, hospital_knows=HospitalKnows.BOOKED)

    def told(self, knows: HospitalKnows) -> Order:
        """Note what the hospital has confirmed to know; after a cancellation there is nothing more to learn."""
        return self if self.hospital_knows in (knows, HospitalKnows.CANCELLED) else self._with(hospital_knows=knows)

    def give_up_hospital(self) -> Order:
        """Note that it is too late to tell the hospital what it has not confirmed, if there is any such thing."""
        return self._with(hospital_knows=HospitalKnows.GIVEN_UP) if self.hospital_is_behind else self

    def _move(self, cause: Cause, now: datetime, payment: Payment | None = None) -> Order:
        """Return the order moved as the table says, with what is new about its payment, or raise OrderStateConflict."""
        found = MOVES[cause].get(State(self.state, self.payment.state))
        if found is None:
            raise OrderStateConflict(f"This order is {self.state} and cannot be changed so ({cause}). Look at it again.", rule="orderState")
        moved = replace(payment or self.payment, state=found.payment)
        return self._with(state=found.order, payment=moved, timeline=(*self.timeline, Step(now, *found, cause)))

    def _with(self, **changes: object) -> Order:
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]


def order_id_of(user_id: str, idempotency_key: str) -> str:
    """Return the id that this user's request always gets: 26 characters, unguessable as the user's id is."""
    digest = hashlib.sha256(f"{user_id}\0{idempotency_key}".encode()).digest()
    return base64.b32encode(digest)[:26].decode().lower()


def place(session: BookableSession, number: int, *, order_id: str, patient: Patient, now: datetime, hold: timedelta) -> Order:
    """Return a new order that holds the number; one without a fee is paid at once."""
    state = OrderState.AWAITING_PAYMENT if session.fee_fen else OrderState.PAID
    return Order(
        order_id=order_id,
        user_id=patient.user_id,
        patient_id=patient.patient_id,
        patient_name=patient.name,
        person=patient.person,
        certificate_type=patient.certificate.type.value,
        sealed_certificate_number=patient.certificate.sealed_number,
        sealed_phone=patient.sealed_phone,
        phone_mark=patient.phone_mark,
        masked_phone=patient.masked_phone,
        schedule_id=session.schedule_id,
        hospital_schedule_id=session.hospital_schedule_id,
        hospital_code=session.hospital_code,
        hospital_name=session.hospital_name,
        department_code=session.department_code,
        department_name=session.department_name,
        title=session.title,
        doctor_name=session.doctor_name,
        date=session.date,
        half_day=session.half_day,
        number=number,
        fee_fen=session.fee_fen,
        created_at=now,
        hold_until=now + hold,
        quit_until=session.quit_until,
        state=state,
        timeline=(Step(now, state, PaymentState.NONE, Cause.BOOKED),),
    )
