"""The item of an order and its indexes."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

from pynamodb.attributes import BooleanAttribute, ListAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from guahao.adapters.dynamo.base import Item
from guahao.adapters.dynamo.order_index_keys import day_key, hospital_key, name_key, placed_key, shard_of, state_key, visit_key
from guahao.adapters.dynamo.order_maps import PartMap, StepMap, SubstitutionMap
from guahao.domain.booking.bookable import HalfDay
from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.booking.refunds import refunded_at
from guahao.domain.booking.visits import Holder, Visit
from guahao.domain.hospitals.partner_calls import HospitalKnows, HospitalRecord
from guahao.domain.payment.payment import Payment, PaymentState
from guahao.domain.time import shanghai_date

# What the item keeps of them as it is, under the same names.
_OF_HOLDER = tuple(field.name for field in fields(Holder) if field.name != "name")
_OF_VISIT = tuple(field.name for field in fields(Visit) if field.name not in ("date", "half_day"))


class ByUser(GlobalSecondaryIndex[Any]):
    """A user's orders by the moment they were placed."""

    class Meta:
        index_name = "by_user"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True)
    placed = UnicodeAttribute(range_key=True)


class ByHospital(GlobalSecondaryIndex[Any]):
    """A hospital's orders in a state by the day of the visit."""

    class Meta:
        index_name = "by_hospital"
        projection = KeysOnlyProjection()

    hospital_state = UnicodeAttribute(hash_key=True)
    visit = UnicodeAttribute(range_key=True)


class ByState(GlobalSecondaryIndex[Any]):
    """The orders in a state by the day of the visit, in shards."""

    class Meta:
        index_name = "by_state"
        projection = IncludeProjection(["origin_id"])

    state_shard = UnicodeAttribute(hash_key=True)
    visit = UnicodeAttribute(range_key=True)


class ByName(GlobalSecondaryIndex[Any]):
    """Orders by the first character of the patient's name."""

    class Meta:
        index_name = "by_name"
        projection = IncludeProjection(["hospital_code", "visit"])

    initial = UnicodeAttribute(hash_key=True)
    name_key = UnicodeAttribute(range_key=True)


class ByPhone(GlobalSecondaryIndex[Any]):
    """Orders by the mark of the patient's phone and the moment they were placed."""

    class Meta:
        index_name = "by_phone"
        projection = IncludeProjection(["hospital_code", "visit"])

    phone_mark = UnicodeAttribute(hash_key=True)
    placed = UnicodeAttribute(range_key=True)


class Outstanding(GlobalSecondaryIndex[Any]):
    """The outstanding orders by their last change, in shards; only they have the attribute `outstanding`."""

    class Meta:
        index_name = "outstanding"
        projection = KeysOnlyProjection()

    outstanding = UnicodeAttribute(hash_key=True)
    changed_at = UTCDateTimeAttribute(range_key=True)


class PaidOn(GlobalSecondaryIndex[Any]):
    """The orders by the day of Shanghai on which their payment arrived, in shards; only they have the attribute `paid_shard`."""

    class Meta:
        index_name = "paid_on"
        projection = KeysOnlyProjection()

    paid_shard = UnicodeAttribute(hash_key=True)
    order_id = UnicodeAttribute(range_key=True)


class RefundedOn(GlobalSecondaryIndex[Any]):
    """The orders by the day of Shanghai on which their last refund was done, in shards; only they have the attribute `refunded_shard`."""

    class Meta:
        index_name = "refunded_on"
        projection = KeysOnlyProjection()

    refunded_shard = UnicodeAttribute(hash_key=True)
    order_id = UnicodeAttribute(range_key=True)


class OrderItem(Item):
    class Meta:
        table_name = ""

    by_user = ByUser()
    by_hospital = ByHospital()
    by_state = ByState()
    by_name = ByName()
    by_phone = ByPhone()
    outstanding_index = Outstanding()
    paid_on = PaidOn()
    refunded_on = RefundedOn()

    order_id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute()
    placed = UnicodeAttribute()
    visit = UnicodeAttribute()
    hospital_state = UnicodeAttribute()
    state_shard = UnicodeAttribute()
    initial = UnicodeAttribute()
    name_key = UnicodeAttribute()
    outstanding = UnicodeAttribute(null=True)
    changed_at = UTCDateTimeAttribute()
    paid_shard = UnicodeAttribute(null=True)
    refunded_shard = UnicodeAttribute(null=True)
    version = NumberAttribute()
    correlation_id = UnicodeAttribute(null=True)
    origin_id = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    patient_name = UnicodeAttribute()
    person = UnicodeAttribute()
    certificate_type = UnicodeAttribute()
    sealed_certificate_number = UnicodeAttribute()
    issuing_state = UnicodeAttribute(default="")
    certificate_of = UnicodeAttribute(default="patient")
    sealed_phone = UnicodeAttribute()
    phone_mark = UnicodeAttribute()
    masked_phone = UnicodeAttribute()
    schedule_id = UnicodeAttribute()
    hospital_schedule_id = UnicodeAttribute()
    hospital_code = UnicodeAttribute()
    hospital_name = UnicodeAttribute()
    department_code = UnicodeAttribute()
    department_name = UnicodeAttribute()
    title = UnicodeAttribute()
    doctor_name = UnicodeAttribute()
    visit_date = UnicodeAttribute()
    half_day = UnicodeAttribute()
    number = NumberAttribute()
    fee_fen = NumberAttribute()
    created_at = UTCDateTimeAttribute()
    hold_until = UTCDateTimeAttribute()
    quit_until = UTCDateTimeAttribute()
    timeline: ListAttribute[StepMap] = ListAttribute(of=StepMap)
    payment_state = UnicodeAttribute()
    transaction_id = UnicodeAttribute(null=True)
    paid_at = UTCDateTimeAttribute(null=True)
    provider_silent = BooleanAttribute(null=True)
    amount_fen = NumberAttribute(null=True)
    parts: ListAttribute[PartMap] = ListAttribute(of=PartMap, null=True)
    substitutions: ListAttribute[SubstitutionMap] = ListAttribute(of=SubstitutionMap, null=True)
    hospital_knows = UnicodeAttribute()
    record_id = UnicodeAttribute(null=True)
    check_in_at = UTCDateTimeAttribute(null=True)
    check_in_place = UnicodeAttribute(null=True)

    @classmethod
    def from_domain(cls, order: Order, correlation_id: str) -> OrderItem:
        """Return the order's item, with the correlation id of its writer."""
        holder, visit = order.holder, order.visit
        record, paid_at, back_at, shard = order.record, order.payment.paid_at, refunded_at(order), shard_of(order.order_id)
        return cls(
            order_id=order.order_id,
            user_id=order.user_id,
            placed=placed_key(order),
            visit=visit_key(order),
            hospital_state=hospital_key(visit.hospital_code, order.state),
            state_shard=state_key(order.state, shard),
            initial=name_key(order)[0],
            name_key=name_key(order),
            outstanding=str(shard) if order.outstanding else None,
            changed_at=order.changed_at,
            paid_shard=day_key(shanghai_date(paid_at), shard) if paid_at else None,
            refunded_shard=day_key(shanghai_date(back_at), shard) if back_at else None,
            version=order.version,
            correlation_id=correlation_id or None,
            origin_id=order.origin_id or None,
            state=order.state.value,
            **{name: getattr(holder, name) for name in _OF_HOLDER},
            patient_name=holder.name,
            **{name: getattr(visit, name) for name in _OF_VISIT},
            visit_date=visit.date.isoformat(),
            half_day=visit.half_day.value,
            created_at=order.created_at,
            hold_until=order.hold_until,
            quit_until=order.quit_until,
            timeline=[StepMap.from_domain(step) for step in order.timeline],
            payment_state=order.payment.state.value,
            transaction_id=order.payment.transaction_id or None,
            paid_at=order.payment.paid_at,
            provider_silent=order.payment.provider_silent or None,
            amount_fen=order.payment.amount_fen,
            parts=[PartMap.from_domain(part) for part in order.payment.parts] or None,
            substitutions=[SubstitutionMap.from_domain(one) for one in order.substitutions] or None,
            hospital_knows=order.hospital_knows.value,
            record_id=record.record_id if record else None,
            check_in_at=record.check_in_at if record else None,
            check_in_place=record.check_in_place if record else None,
        )

    def to_domain(self) -> Order:
        record = HospitalRecord(self.record_id, self.check_in_at, self.check_in_place or "") if self.record_id else None
        return Order(
            order_id=self.order_id,
            user_id=self.user_id,
            version=int(self.version),
            origin_id=self.origin_id or "",
            state=OrderState(self.state),
            holder=Holder(name=self.patient_name, **{name: getattr(self, name) for name in _OF_HOLDER}),
            visit=Visit(
                date=date.fromisoformat(self.visit_date),
                half_day=HalfDay(self.half_day),
                **{name: getattr(self, name) for name in _OF_VISIT},
            ),
            created_at=self.created_at,
            hold_until=self.hold_until,
            quit_until=self.quit_until,
            timeline=tuple(step.to_domain() for step in self.timeline),
            payment=self._payment(),
            substitutions=tuple(one.to_domain() for one in self.substitutions or ()),
            hospital_knows=HospitalKnows(self.hospital_knows),
            record=record,
        )

    def _payment(self) -> Payment:
        amount_fen = None if self.amount_fen is None else int(self.amount_fen)
        parts = tuple(part.to_domain() for part in self.parts or ())
        state, silent = PaymentState(self.payment_state), bool(self.provider_silent)
        return Payment(state, self.transaction_id or "", self.paid_at, silent, amount_fen, parts)


def order_of_image(image: dict[str, Any]) -> Order:
    """Return the order in an image of the table's stream."""
    item = OrderItem()
    item.from_dynamodb_dict(image)
    return item.to_domain()
