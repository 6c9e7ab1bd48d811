"""Hospital settings as the use cases need them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol

from guahao.domain.administration.audit_log import AuditEntry
from guahao.domain.hospitals.hospital_settings import HospitalSetting
from guahao.ports.pages import Page

HasOrders = Callable[[str, date], bool]
"""Tell whether a hospital has a live order for this day or a later one; an order of the last seconds may be missed."""


class ReadHospitalSetting(Protocol):
    def get(self, hospital_code: str) -> HospitalSetting | None:
        """Return the setting as last written."""
        ...


class HospitalSettings(ReadHospitalSetting, Protocol):
    """The store of settings. Each change is written together with its audit entry, or not at all."""

    def find(self, text: str, limit: int, cursor: str | None) -> Page[HospitalSetting]:
        """Return a page in the order of codes: settings whose code is the text, or whose name contains it in any case and width."""
        ...

    def add(self, setting: HospitalSetting, entry: AuditEntry, now: datetime) -> None:
        """Store a new setting, or raise VersionConflict if the hospital has one."""
        ...

    def move(self, before: HospitalSetting, after: HospitalSetting, entry: AuditEntry, now: datetime) -> None:
        """Write the setting over `before`, or raise VersionConflict."""
        ...

    def remove(self, before: HospitalSetting, entry: AuditEntry, now: datetime) -> None:
        """Remove the setting, or raise VersionConflict."""
        ...
