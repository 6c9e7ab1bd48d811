"""What an order's item holds several of: steps of its timeline, substitutions, partial refunds."""

from __future__ import annotations

from typing import Any

from pynamodb.attributes import BooleanAttribute, MapAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from guahao.domain.booking.order_states import Cause, OrderState
from guahao.domain.booking.orders import Step
from guahao.domain.booking.visits import Substitution
from guahao.domain.payment.payment import PartialRefund, PaymentState


class StepMap(MapAttribute[str, Any]):
    at = UTCDateTimeAttribute()
    state = UnicodeAttribute()
    payment = UnicodeAttribute()
    cause = UnicodeAttribute()

    @classmethod
    def from_domain(cls, step: Step) -> StepMap:
        """Return the step's map."""
        return cls(at=step.at, state=step.state.value, payment=step.payment.value, cause=step.cause.value)

    def to_domain(self) -> Step:
        """Return the step of the map."""
        return Step(self.at, OrderState(self.state), PaymentState(self.payment), Cause(self.cause))


class SubstitutionMap(MapAttribute[str, Any]):
    at = UTCDateTimeAttribute()
    settles_at = UTCDateTimeAttribute()
    doctor_name = UnicodeAttribute()
    title = UnicodeAttribute()
    fee_fen = NumberAttribute()
    quit_until = UTCDateTimeAttribute()

    @classmethod
    def from_domain(cls, substitution: Substitution) -> SubstitutionMap:
        """Return the substitution's map."""
        return cls(**vars(substitution))

    def to_domain(self) -> Substitution:
        """Return the substitution of the map."""
        return Substitution(self.at, self.settles_at, self.doctor_name, self.title, int(self.fee_fen), self.quit_until)


class PartMap(MapAttribute[str, Any]):
    fen = NumberAttribute()
    at = UTCDateTimeAttribute()
    done_at = UTCDateTimeAttribute(null=True)
    by_hand = BooleanAttribute(null=True)

    @classmethod
    def from_domain(cls, part: PartialRefund) -> PartMap:
        """Return the partial refund's map."""
        return cls(fen=part.fen, at=part.at, done_at=part.done_at, by_hand=part.by_hand or None)

    def to_domain(self) -> PartialRefund:
        """Return the partial refund of the map."""
        return PartialRefund(int(self.fen), self.at, self.done_at, bool(self.by_hand))
