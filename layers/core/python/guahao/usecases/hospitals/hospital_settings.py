"""Hospital settings: operators create, change and remove them, and the catalogue follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.errors import HospitalConflict
from guahao.domain.hospitals.hospital_access import require_api_url
from guahao.domain.hospitals.hospital_settings import HospitalSetting, KeyedHospitalSetting
from guahao.domain.people.phones import mask_phone
from guahao.ports.hospitals.hospital_settings import HasOrders
from guahao.ports.pages import Page
from guahao.usecases.hospitals.hospital_access import HospitalAccessService, unchanged

if TYPE_CHECKING:
    from guahao.contracts.queries import HospitalSettingQuery

# Longer than a pool lives, a booking takes and the index of orders lags, so that every booking from before the lock is visible.
BOOKINGS_END_AFTER = timedelta(minutes=15)


@dataclass(frozen=True)
class HospitalSettingService(HospitalAccessService):
    """Creates, changes and removes settings for operators, named as `actor`."""

    has_orders: HasOrders = field(kw_only=True)
    any_address: bool = field(default=False, kw_only=True)

    def find(self, query: HospitalSettingQuery) -> Page[HospitalSetting]:
        """Return a page of the settings whose name contains the text or whose code it is."""
        return self.settings.find(query.q, query.limit, query.cursor)

    def create(
        self, actor: str, hospital_code: str, name: str, api_url: str, contact_name: str, contact_phone: str
    ) -> KeyedHospitalSetting:
        """Create a setting and return it with its key, or raise Invalid or HospitalConflict; the hospital begins offline and unlocked."""
        require_api_url(api_url, any_address=self.any_address)
        if self.settings.get(hospital_code):
            raise HospitalConflict("A hospital has this code already. Choose another.", rule="hospitalCodeFree")
        now, key = self.clock(), self.draw_key()
        sealed_phone, sealed_key = self.vault.seal(contact_phone), self.vault.seal(key)
        setting = HospitalSetting(hospital_code, name, api_url, contact_name, sealed_phone, mask_phone(contact_phone), sealed_key, now)
        # A catalogue entry with this code is left from a removed hospital; it must not be online before an operator decides so.
        self.catalog.set_online(hospital_code, False)
        with unchanged():
            self.settings.add(setting, AuditEntry(actor, Action.HOSPITAL_CREATED, hospital_code), now)
        self._apply_lock(hospital_code)
        return KeyedHospitalSetting(**vars(setting), key=key)

    def change(
        self, actor: str, hospital_code: str, name: str, api_url: str, contact_name: str, contact_phone: str | None
    ) -> HospitalSetting:
        """Change the setting, its phone only if one is given, or raise Invalid, NotFound or HospitalConflict."""
        require_api_url(api_url, any_address=self.any_address)
        before = self.get(hospital_code)
        details = {"name": name, "api_url": api_url, "contact_name": contact_name}
        if contact_phone:
            details |= {"sealed_contact_phone": self.vault.seal(contact_phone), "masked_contact_phone": mask_phone(contact_phone)}
        return self._move(before, before.with_details(**details), AuditEntry(actor, Action.HOSPITAL_CHANGED, hospital_code))

    def remove(self, actor: str, hospital_code: str) -> None:
        """Remove the setting of a locked hospital without orders to come, or raise NotFound or HospitalConflict.

        A hospital with schedules must have been locked for so long that every booking begun before the lock is visible. What the hospital
        published stays in the catalogue, offline and locked.
        """
        setting = self.get(hospital_code)
        if setting.locked_at is None or self._catalog_lacks_lock(hospital_code):
            raise HospitalConflict("Only a locked hospital can be removed. Lock it first.", rule="hospitalLocked")
        now, today = self.clock(), self._today()
        bookings_end_at = setting.locked_at + BOOKINGS_END_AFTER
        if now < bookings_end_at and self.catalog.schedule_ids(hospital_code, None, today, date.max):
            detail = "Bookings that began before the lock may still be finishing. Remove the hospital after `retryAt`."
            raise HospitalConflict(detail, rule="bookingsSettled", retry_at=bookings_end_at)
        if self.has_orders(hospital_code, today):
            detail = "Patients have orders today or later. Wait until their visits are over, or unlock it to suspend its schedules."
            raise HospitalConflict(detail, rule="noOrdersToCome")
        self.catalog.set_online(hospital_code, False)
        with unchanged():
            self.settings.remove(setting, AuditEntry(actor, Action.HOSPITAL_REMOVED, hospital_code), now)
