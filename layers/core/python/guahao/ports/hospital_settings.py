"""What the use cases need to keep hospitals' contracts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from guahao.domain.audit_log import Deed
from guahao.domain.hospital_settings import HospitalContract

HasOrders = Callable[[str, date], bool]
"""Tell whether a hospital has an order that still counts for this day or a later one; an order of the last seconds may be missed."""


class ContractMoved(Exception):
    """The contract was changed, made or removed since it was read."""


@dataclass(frozen=True)
class ContractPage:
    items: list[HospitalContract]
    next_cursor: str | None


class ReadContract(Protocol):
    def get(self, hospital_code: str) -> HospitalContract | None:
        """Return the contract as last written."""
        ...


class HospitalContracts(ReadContract, Protocol):
    """The store of contracts. Each change is written with the deed's audit entry, both or none."""

    def find(self, text: str, limit: int, cursor: str | None) -> ContractPage:
        """Return a page by code: contracts whose name contains the text, in any case and width, or whose code it is."""
        ...

    def add(self, contract: HospitalContract, deed: Deed, now: datetime) -> None:
        """Store a new contract or raise ContractMoved if the hospital has one."""
        ...

    def move(self, before: HospitalContract, after: HospitalContract, deed: Deed, now: datetime) -> None:
        """Write the contract over `before` or raise ContractMoved."""
        ...

    def remove(self, before: HospitalContract, deed: Deed, now: datetime) -> None:
        """Remove the contract or raise ContractMoved."""
        ...
