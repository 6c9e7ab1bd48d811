"""Publications by the time at which they were signed: what is older than what was taken changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from guahao.contracts.partner import Entry
from guahao.domain.errors import Conflict
from guahao.domain.hospitals.publishing import Published
from guahao.ports.clock import Clock
from guahao.ports.hospitals.partners import Publications
from guahao.usecases.hospitals.partner_batches import Outcome

STALE = "stale"

Read = TypeVar("Read", bound=Entry)


class Element(StrEnum):
    """What a hospital publishes."""

    HOSPITAL = "hospital"
    DEPARTMENT = "department"
    SCHEDULE = "schedule"


@dataclass(frozen=True)
class PublicationOrder:
    """Knows when the last publication of each element was signed; the same second counts in order of arrival. Nobody's is signed now."""

    publications: Publications
    clock: Clock

    def fresh(
        self, hospital_code: str, element: Element, entries: Sequence[Read | Outcome], signed_at: int | None
    ) -> Iterator[Read | Outcome]:
        """Yield the entries in order, what was signed before the last one taken as rejected."""
        told = [entry.key for entry in entries if not isinstance(entry, Outcome)]
        stale = self.stale(hospital_code, element, told, signed_at)
        for entry in entries:
            if isinstance(entry, Outcome) or entry.key not in stale:
                yield entry
            else:
                yield Outcome(entry.key, Published.REJECTED, [{"field": entry.key_field, "reason": STALE}])

    def stale(self, hospital_code: str, element: Element, keys: Collection[str], signed_at: int | None) -> set[str]:
        """Return those of the elements that somebody published, or removed, who signed later."""
        names = {_name(hospital_code, element, key): key for key in keys}
        latest = self.publications.latest(list(names))
        return {key for name, key in names.items() if self._moment(signed_at) < latest.get(name, 0)}

    def require_fresh(self, hospital_code: str, element: Element, key: str, signed_at: int | None) -> None:
        """Pass unless the element was published by somebody who signed later, else raise Conflict."""
        if self.stale(hospital_code, element, [key], signed_at):
            raise Conflict(
                "This was signed before what is there now was published. Look at it and sign anew what is still meant.", rule=STALE
            )

    def note(self, hospital_code: str, element: Element, keys: Collection[str], signed_at: int | None) -> None:
        """Note that what was signed then is the last one taken of the elements."""
        self.publications.note([_name(hospital_code, element, key) for key in keys], self._moment(signed_at))

    def _moment(self, signed_at: int | None) -> int:
        return int(self.clock().timestamp()) if signed_at is None else signed_at


def _name(hospital_code: str, element: Element, key: str) -> str:
    return f"{element}/{hospital_code}/{key}"
