"""The order as DynamoDB keeps it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pynamodb.attributes import ListAttribute, MapAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from guahao.adapters.dynamo.base import Item
from guahao.domain.booking import Order, Payment, Step
from guahao.domain.gateway import HospitalKnows, HospitalRecord
from guahao.domain.order_states import Cause, OrderState
from guahao.domain.payment import PaymentState
from guahao.domain.sessions import HalfDay


class StepMap(MapAttribute[str, Any]):
    at = UTCDateTimeAttribute()
    state = UnicodeAttribute()
    payment = UnicodeAttribute()
    cause = UnicodeAttribute()

    @classmethod
    def from_domain(cls, step: Step) -> StepMap:
        """Return the map that keeps the step."""
        return cls(at=step.at, state=step.state.value, payment=step.payment.value, cause=step.cause.value)

    def to_domain(self) -> Step:
        """Return the step that the map keeps."""
        return Step(self.at, OrderState(self.state), PaymentState(self.payment), Cause(self.cause))


class ByUser(GlobalSecondaryIndex[Any]):
    """A user's orders by the moment they were placed."""

    class Meta:
        index_name = "by_user"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True)
    placed = UnicodeAttribute(range_key=True)


class ByHospital(GlobalSecondaryIndex[Any]):
    """A hospital's orders by the day of the visit."""

    class Meta:
        index_name = "by_hospital"
        projection = AllProjection()

    hospital_code = UnicodeAttribute(hash_key=True)
    visit = UnicodeAttribute(range_key=True)


class OrderItem(Item):
    class Meta:
        table_name = ""

    by_user = ByUser()
    by_hospital = ByHospital()

    order_id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute()
    placed = UnicodeAttribute()
    visit = UnicodeAttribute()
    version = NumberAttribute()
    state = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    patient_name = UnicodeAttribute()
    person = UnicodeAttribute()
    certificate_type = UnicodeAttribute()
    sealed_certificate_number = UnicodeAttribute()
    sealed_phone = UnicodeAttribute()
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
    hospital_knows = UnicodeAttribute()
    record_id = UnicodeAttribute(null=True)
    check_in_at = UTCDateTimeAttribute(null=True)
    check_in_place = UnicodeAttribute(null=True)

    @classmethod
    def from_domain(cls, order: Order) -> OrderItem:
        record = order.record
        return cls(
            order_id=order.order_id,
            user_id=order.user_id,
            placed=placed_key(order.created_at, order.order_id),
            visit=f"{order.date.isoformat()}#{order.order_id}",
            version=order.version,
            state=order.state.value,
            patient_id=order.patient_id,
            patient_name=order.patient_name,
            person=order.person,
            certificate_type=order.certificate_type,
            sealed_certificate_number=order.sealed_certificate_number,
            sealed_phone=order.sealed_phone,
            schedule_id=order.schedule_id,
            hospital_schedule_id=order.hospital_schedule_id,
            hospital_code=order.hospital_code,
            hospital_name=order.hospital_name,
            department_code=order.department_code,
            department_name=order.department_name,
            title=order.title,
            doctor_name=order.doctor_name,
            visit_date=order.date.isoformat(),
            half_day=order.half_day.value,
            number=order.number,
            fee_fen=order.fee_fen,
            created_at=order.created_at,
            hold_until=order.hold_until,
            quit_until=order.quit_until,
            timeline=[StepMap.from_domain(step) for step in order.timeline],
            payment_state=order.payment.state.value,
            transaction_id=order.payment.transaction_id or None,
            paid_at=order.payment.paid_at,
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
            state=OrderState(self.state),
            patient_id=self.patient_id,
            patient_name=self.patient_name,
            person=self.person,
            certificate_type=self.certificate_type,
            sealed_certificate_number=self.sealed_certificate_number,
            sealed_phone=self.sealed_phone,
            schedule_id=self.schedule_id,
            hospital_schedule_id=self.hospital_schedule_id,
            hospital_code=self.hospital_code,
            hospital_name=self.hospital_name,
            department_code=self.department_code,
            department_name=self.department_name,
            title=self.title,
            doctor_name=self.doctor_name,
            date=date.fromisoformat(self.visit_date),
            half_day=HalfDay(self.half_day),
            number=int(self.number),
            fee_fen=int(self.fee_fen),
            created_at=self.created_at,
            hold_until=self.hold_until,
            quit_until=self.quit_until,
            timeline=tuple(step.to_domain() for step in self.timeline),
            payment=Payment(PaymentState(self.payment_state), self.transaction_id or "", self.paid_at),
            hospital_knows=HospitalKnows(self.hospital_knows),
            record=record,
        )


def placed_key(created_at: datetime, order_id: str) -> str:
    """Return the sort key of a user's orders: the moment, and the id to keep two of one moment apart."""
    return f"{created_at.isoformat(timespec='milliseconds')}#{order_id}"


def order_of_image(image: dict[str, Any]) -> Order:
    """Return the order in one image of the table's stream."""
    item = OrderItem()
    item.from_dynamodb_dict(image)
    return item.to_domain()
