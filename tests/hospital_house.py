"""A world for tests of hospitals' settings: their store, and all that follows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import pytest

from guahao.domain.administration.audit_log import AuditEntry
from guahao.domain.errors import HospitalConflict
from guahao.domain.hospitals.signing import sign
from guahao.runtime.api import SignedRequest
from guahao.usecases.booking.bookable import bookable_schedules
from guahao.usecases.hospitals.hospital_settings import HospitalSettingService
from guahao.usecases.hospitals.partner_signatures import PartnerSignatures
from tests.builders import schedule_entry
from tests.fakes.audit_log import FakeAuditLog
from tests.fakes.clock import FakeClock
from tests.fakes.hospital_settings import AccessOfSettings, FakeHospitalSettings
from tests.fakes.partners import FakeNonces
from tests.fakes.vault import FakeVault
from tests.killing import Killer
from tests.publishing import CODE, World

ACTOR, NEW, URL = "li.na", "2000", "https://his.hospital.example/api"
DETAILS = ("协和医院", URL, "王主任", "010-69156114")


@dataclass
class House(World):
    """Two hospitals with settings and all that follows them; CODE has a schedule whose pool is built."""

    log: FakeAuditLog = field(default_factory=FakeAuditLog)
    vault: FakeVault = field(default_factory=FakeVault)
    clock: FakeClock = field(default_factory=FakeClock)
    booked_until: date = date.min

    def __post_init__(self) -> None:
        super().__post_init__()
        self.store, self.keys = FakeHospitalSettings(self.log), (f"{n:064}" for n in range(1, 100))
        self.key = self.settings().create(ACTOR, CODE, *DETAILS).key
        self.catalog.set_online(CODE, True)
        self.publish(schedule_entry())
        self.build_pool()

    def settings(self, killer: Killer | None = None) -> HospitalSettingService:
        watch = killer.watch if killer else lambda part: part
        parts = (watch(self.store), watch(self.catalog), watch(self.pool))
        return HospitalSettingService(
            *parts,
            self.vault,
            self.clock,
            draw_key=lambda: next(self.keys),
            has_orders=lambda _, first: first <= self.booked_until,
        )

    def gateway(self, key: str) -> str:
        """Return what the gate knows the hospital as that signs with the key."""
        timestamp, nonce = str(int(self.clock().timestamp())), "0123456789abcdef"
        signature = sign(key, "GET", "/api/gateway/hospital", timestamp, nonce, b"")
        headers = {"x-hospital-code": CODE, "x-timestamp": timestamp, "x-nonce": nonce, "x-signature": signature}
        access = PartnerSignatures(AccessOfSettings(self.store, self.vault), FakeNonces(), self.clock)
        return access.verify(SignedRequest("GET", "/api/gateway/hospital", headers, b""))

    def is_bookable(self) -> bool:
        """Tell whether the pool, or whoever builds it anew, sells the schedule."""
        schedule_id = self.schedule().schedule_id
        known = self.pool.schedules.get(schedule_id) or bookable_schedules(self.catalog, [schedule_id])[schedule_id]
        return known.sells

    def entries(self) -> list[AuditEntry]:
        """Return what is in the audit log behind the making of the setting."""
        return [entry.entry for entry in self.log.entries[1:]]

    def refusal(self, act: Callable[[], object]) -> str | None:
        """Return the rule behind the conflict, which left everything as it was."""
        before = dict(self.store.settings), self.entries(), self.catalog.hospital(CODE), dict(self.pool.schedules)
        with pytest.raises(HospitalConflict) as refused:
            act()
        assert (dict(self.store.settings), self.entries(), self.catalog.hospital(CODE), dict(self.pool.schedules)) == before
        return refused.value.rule
