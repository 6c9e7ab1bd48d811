"""Partner calls: telling hospitals about changes of their orders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from guahao.contracts.partner_calls import Registration
from guahao.domain.booking.order_states import Cause, OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.errors import HospitalRefused, HospitalUnreachable
from guahao.domain.hospitals.hospital_access import HospitalAccess
from guahao.domain.hospitals.partner_calls import HospitalKnows, HospitalRecord
from guahao.ports.booking.orders import Orders
from guahao.ports.clock import Clock
from guahao.ports.hospitals.partners import PartnerSystem, ReadHospitalAccess
from guahao.ports.vault import Vault
from guahao.usecases.booking.orders import change, find

if TYPE_CHECKING:
    from guahao.contracts import CertificateType

# The states of paid orders: whoever came, or missed the visit, had paid.
_PAID = (OrderState.PAID, OrderState.CHECKED_IN, OrderState.NO_SHOW)
_Register = Callable[[Order, HospitalAccess], HospitalRecord]


@dataclass(frozen=True)
class PartnerCalls:
    """Tells hospitals what they do not know of an order yet."""

    orders: Orders
    settings: ReadHospitalAccess
    system: PartnerSystem
    vault: Vault
    clock: Clock

    def notify_hospital(self, order_id: str) -> bool:
        """Tell the hospital everything about the order that it has not confirmed, and return whether there was anything.

        A hospital that refuses the booking cancels the order. Raises HospitalUnreachable while something is left to tell, so that the
        caller tries again.
        """
        order = find(self.orders, order_id)
        if not order.hospital_is_behind:
            return False
        self._bring_up_to_date(order, self._register_after_former)
        return True

    def give_up(self, order_id: str) -> bool:
        """Note that the hospital is told no more about the order, and return whether anything was left to tell."""
        order = find(self.orders, order_id)
        return change(self.orders, order_id, lambda current: current.give_up_hospital()).version != order.version

    def _bring_up_to_date(self, order: Order, register: _Register) -> None:
        setting = self.settings.get(order.visit.hospital_code)
        if setting is None:
            raise HospitalUnreachable(f"Hospital {order.visit.hospital_code} has no setting: an administrator must create one.")
        if order.record is None:
            # A cancelled order is registered too: an earlier registration may have reached the hospital although its answer was lost.
            registered = self._registered(order, setting, register)
            if registered is None:
                return
            order = registered
        if order.record:
            self._notify(order, order.record, setting)

    def _registered(self, order: Order, setting: HospitalAccess, register: _Register) -> Order | None:
        try:
            record = register(order, setting)
        except HospitalRefused:
            change(self.orders, order.order_id, self._refused)
            return None
        if record.is_of(order.visit.date):
            return change(self.orders, order.order_id, lambda current: current.with_record(record))
        if order.state is not OrderState.CANCELLED:
            raise HospitalUnreachable(
                f"The hospital's check-in, {record.check_in_at.isoformat()}, is not on the visit's day: no confirmation."
            )
        # Patients are told nothing of it, and the hospital has it to be cancelled.
        return replace(order, record=record)

    def _refused(self, order: Order) -> Order:
        # A hospital that refused the order does not have it, so it has nothing to cancel.
        if order.state is OrderState.CANCELLED:
            return order.hospital_informed(HospitalKnows.CANCELLED)
        return order.cancel(Cause.HOSPITAL_REFUSED, self.clock())

    def _register(self, order: Order, setting: HospitalAccess) -> HospitalRecord:
        return self.system.register(setting, self._registration(order))

    def _register_after_former(self, order: Order, setting: HospitalAccess) -> HospitalRecord:
        """Register the order; if the hospital still counts the number as a former owner's, tell it of the cancellations first."""
        try:
            return self._register(order, setting)
        except HospitalRefused:
            # All of them, because the hospital may have missed the cancellation of an order before the last one.
            former = [order_id for order_id in self.orders.former_owners(order) if order_id != order.order_id]
            if not former:
                raise
            for order_id in former:
                earlier = find(self.orders, order_id)
                if earlier.hospital_is_behind:
                    self._bring_up_to_date(earlier, self._register)
            return self._register(order, setting)

    def _notify(self, order: Order, record: HospitalRecord, setting: HospitalAccess) -> None:
        if order.state in _PAID and order.hospital_knows is HospitalKnows.BOOKED:
            self.system.record_payment(setting, record.record_id, order.order_id, order.booked_fen)
            change(self.orders, order.order_id, lambda current: current.hospital_informed(HospitalKnows.PAID))
        if order.state is OrderState.CANCELLED and order.hospital_knows is not HospitalKnows.CANCELLED:
            self.system.record_cancellation(setting, record.record_id, order.order_id, order.cancelled_for or "")
            change(self.orders, order.order_id, lambda current: current.hospital_informed(HospitalKnows.CANCELLED))

    def _registration(self, order: Order) -> Registration:
        return Registration(
            order_id=order.order_id,
            hospital_schedule_id=order.visit.hospital_schedule_id,
            department_code=order.visit.department_code,
            date=order.visit.date,
            half_day=order.visit.half_day.value,
            number=order.visit.number,
            fee_fen=order.booked_fen,
            patient_name=order.holder.name,
            patient_phone=self.vault.open(order.holder.sealed_phone),
            certificate_type=cast("CertificateType", order.holder.certificate_type),
            certificate_number=self.vault.open(order.holder.sealed_certificate_number),
            certificate_of=order.holder.certificate_of,
            issuing_state=order.holder.issuing_state,
        )
