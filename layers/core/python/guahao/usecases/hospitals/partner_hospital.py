"""A hospital's own catalogue entry, as its partner system publishes it, always under the hospital's own code."""

from __future__ import annotations

from dataclasses import dataclass

from guahao.contracts.partner import HospitalEntry
from guahao.domain.catalog.booking_rule import BookingRule
from guahao.domain.catalog.catalog import Grade, Hospital
from guahao.domain.errors import Invalid, NotFound
from guahao.domain.hospitals.publishing import Published, published
from guahao.domain.time import shanghai_date
from guahao.ports.booking.number_pool import NumberPool
from guahao.ports.catalog.catalog import Catalog
from guahao.ports.clock import Clock
from guahao.ports.hospitals.partners import PublicationLock
from guahao.usecases.booking.number_pool import invalidate_hospital
from guahao.usecases.hospitals.partner_batches import Outcome
from guahao.usecases.hospitals.publication_order import STALE, Element, PublicationOrder


@dataclass(frozen=True)
class PartnerHospital:
    """The catalogue entries of hospitals; one publication of a hospital is handled at a time."""

    catalog: Catalog
    pool: NumberPool
    publication_lock: PublicationLock
    order: PublicationOrder
    clock: Clock

    def hospital(self, hospital_code: str) -> Hospital:
        """Return the hospital's own entry or raise NotFound."""
        found = self.catalog.hospital(hospital_code)
        if found is None:
            raise NotFound("Your hospital is not published yet: PUT /api/gateway/hospital does that.")
        return found

    def publish_hospital(self, hospital_code: str, entry: HospitalEntry, signed_at: int | None = None) -> Outcome:
        """Make the hospital's entry what is given; a new one is offline."""
        if entry.hospital_code not in (None, hospital_code):
            reason = f"you sign as {hospital_code}; leave the field out or give this code"
            raise Invalid("A hospital can publish only itself.", [{"field": "hospitalCode", "reason": reason}])
        with self.publication_lock.of(hospital_code):
            if self.order.stale(hospital_code, Element.HOSPITAL, [hospital_code], signed_at):
                return Outcome(hospital_code, Published.REJECTED, [{"field": "hospitalCode", "reason": STALE}])
            self.order.note(hospital_code, Element.HOSPITAL, [hospital_code], signed_at)
            before = self.catalog.hospital(hospital_code)
            after = _hospital(hospital_code, entry, before)
            if before != after:
                self.catalog.put_hospital(after)
            invalidate_hospital(self.catalog, self.pool, hospital_code, shanghai_date(self.clock()))
        return Outcome(hospital_code, published(before, after))


def _hospital(hospital_code: str, entry: HospitalEntry, before: Hospital | None) -> Hospital:
    told = entry.model_dump(exclude={"hospital_code", "grade", "grade_name", "region_name", "booking_rule"})
    return Hospital(
        hospital_code=hospital_code,
        grade=Grade(entry.grade),
        booking_rule=BookingRule(**entry.booking_rule.model_dump()),
        online=before is not None and before.online,
        locked=before is not None and before.locked,
        **told,
    )
