"""Telling hospitals what became of an order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from guahao.contracts.hospital import Registration
from guahao.domain.booking import Order
from guahao.domain.errors import HospitalRefused, HospitalUnreachable
from guahao.domain.gateway import HospitalKnows, HospitalRecord, HospitalSetting
from guahao.domain.order_states import Cause, OrderState
from guahao.ports.booking import Orders
from guahao.ports.clock import Clock
from guahao.ports.gateway import HospitalSettings, HospitalSystem
from guahao.ports.vault import Vault
from guahao.usecases.changes import change, find

# Whoever came, or did not, has paid before.
_PAID = (OrderState.PAID, OrderState.CHECKED_IN, OrderState.NO_SHOW)
_Register = Callable[[Order, HospitalSetting], HospitalRecord]


@dataclass(frozen=True)
class HospitalCalls:
    """Brings a hospital's knowledge of an order up to date, from whatever it was told before."""

    orders: Orders
    settings: HospitalSettings
    system: HospitalSystem
    vault: Vault
    clock: Clock

    def tell(self, order_id: str) -> bool:
        """Tell the hospital all it has not confirmed to know, and return whether there was any of it.

        A hospital that refuses the booking cancels the order. Raises HospitalUnreachable while there is something left to tell, so that
        the caller tries again.
        """
        order = find(self.orders, order_id)
        if not order.hospital_is_behind:
            return False
        self._tell(order, self._register_after_former)
        return True

    def give_up(self, order_id: str) -> bool:
        """Note that the hospital is told no more of the order, and return whether there was anything left to tell."""
        order = find(self.orders, order_id)
        return change(self.orders, order_id, lambda current: current.give_up_hospital()).version != order.version

    def _tell(self, order: Order, register: _Register) -> None:
        setting = self.settings.get(order.hospital_code)
        if setting is None:
            raise HospitalUnreachable(f"Hospital {order.hospital_code} has no setting: an administrator must make one.")
        if order.record is None:
            # A cancelled order is registered too: an earlier attempt may have reached the hospital without its answer reaching us.
            registered = self._registered(order, setting, register)
            if registered is None:
                return
            order = registered
        if order.record:
            self._bring_up_to_date(order, order.record, setting)

    def _registered(self, order: Order, setting: HospitalSetting, register: _Register) -> Order | None:
        try:
            record = register(order, setting)
        except HospitalRefused:
            change(self.orders, order.order_id, self._refused)
            return None
        return change(self.orders, order.order_id, lambda current: current.registered(record))

    def _refused(self, order: Order) -> Order:
        # What the hospital will not have it does not have, so there is nothing that it would have to cancel.
        if order.state is OrderState.CANCELLED:
            return order.told(HospitalKnows.CANCELLED)
        return order.cancel(Cause.HOSPITAL_REFUSED, self.clock())

    def _register(self, order: Order, setting: HospitalSetting) -> HospitalRecord:
        return self.system.register(setting, self._registration(order))

    def _register_after_former(self, order: Order, setting: HospitalSetting) -> HospitalRecord:
        """Register; if the hospital still counts the number as a former owner's, tell it of those cancellations first."""
        try:
            return self._register(order, setting)
        except HospitalRefused:
            # Not the last one alone: it may have come and gone while the hospital heard nothing of the one before.
            former = [order_id for order_id in self.orders.former_owners(order) if order_id != order.order_id]
            if not former:
                raise
            for order_id in former:
                earlier = find(self.orders, order_id)
                if earlier.hospital_is_behind:
                    self._tell(earlier, self._register)
            return self._register(order, setting)

    def _bring_up_to_date(self, order: Order, record: HospitalRecord, setting: HospitalSetting) -> None:
        if order.state in _PAID and order.hospital_knows is HospitalKnows.BOOKED:
            self.system.record_payment(setting, record.record_id, order.order_id, order.fee_fen)
            change(self.orders, order.order_id, lambda current: current.told(HospitalKnows.PAID))
        if order.state is OrderState.CANCELLED and order.hospital_knows is not HospitalKnows.CANCELLED:
            self.system.record_cancellation(setting, record.record_id, order.order_id, order.cancelled_for or "")
            change(self.orders, order.order_id, lambda current: current.told(HospitalKnows.CANCELLED))

    def _registration(self, order: Order) -> Registration:
        return Registration(
            order_id=order.order_id,
            hospital_schedule_id=order.hospital_schedule_id,
            department_code=order.department_code,
            date=order.date,
            half_day=order.half_day.value,
            number=order.number,
            fee_fen=order.fee_fen,
            patient_name=order.patient_name,
            patient_phone=self.vault.open(order.sealed_phone),
            certificate_type=order.certificate_type,
            certificate_number=self.vault.open(order.sealed_certificate_number),
        )
