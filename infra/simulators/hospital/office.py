"""What a hospital's staff does: publish, take back, suspend, receive patients, and look at what the platform has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from pydantic import ValidationError

from infra.simulators.hospital.access import Access
from infra.simulators.hospital.entries import NOT_PUSHED, REJECTED, Entries, Outcome
from infra.simulators.hospital.faults import Faults
from infra.simulators.hospital.orders import Orders
from infra.simulators.hospital.platform import Platform, Reply
from infra.simulators.hospital.problems import RefusedError
from infra.simulators.hospital.shapes import HOSPITAL, KINDS, SCHEDULES, Entry, Kind, published

BATCH = 500
_PAGE = "100"


@dataclass(frozen=True)
class Compared:
    """An entry as we have it and as the platform has it; None where it is not."""

    key: str
    own: dict[str, Any] | None
    theirs: dict[str, Any] | None

    @property
    def differences(self) -> list[str]:
        """Return the fields that are not the same; what the platform adds does not count."""
        if self.own is None or self.theirs is None:
            return []
        return [name for name, value in self.own.items() if self.theirs.get(name) != value]


@dataclass(frozen=True)
class Office:
    """One office for all simulated hospitals, with all that lies in it."""

    access: Access
    faults: Faults
    entries: Entries
    orders: Orders
    platform: Platform

    async def save(self, hospital_code: str, kind: Kind, entries: Sequence[Entry]) -> list[Outcome]:
        """Save the entries and push them."""
        self.entries.save(hospital_code, kind, entries)
        return await self._push(hospital_code, kind, entries)

    async def push(self, hospital_code: str, everything: bool) -> dict[Kind, list[Outcome]]:
        """Push what the platform has not accepted, or everything, up to the first call without a usable answer."""
        if everything:
            self.entries.doubt(hospital_code)
        done: dict[Kind, list[Outcome]] = {}
        for kind in KINDS.values():
            done[kind] = await self._push(hospital_code, kind, self.entries.pending(hospital_code, kind))
            if any(outcome.result == NOT_PUSHED for outcome in done[kind]):
                break
        return done

    async def remove(self, hospital_code: str, kind: Kind, key: str) -> None:
        """Take the entry back from the platform, then forget it; or refuse and keep it."""
        entry = self.entries.get(hospital_code, kind, key)
        reply = await self.platform.call(hospital_code, "DELETE", f"{kind.path}/{quote(key, safe='')}")
        if not reply.accepted and reply.status != 404:
            self.entries.answered(hospital_code, kind, [entry], [Outcome(key, entry.result or NOT_PUSHED, [_words(reply)])])
            raise _refusal(reply)
        self.entries.remove(hospital_code, kind, key)

    async def suspend(self, hospital_code: str, key: str) -> None:
        """Suspend the schedule here, whatever the platform says, and tell the platform."""
        entry = self.entries.get(hospital_code, SCHEDULES, key)
        suspended = Entry(key, entry.content | {"state": "suspended"})
        self.entries.save(hospital_code, SCHEDULES, [suspended])
        reply = await self.platform.call(hospital_code, "POST", f"{SCHEDULES.path}/{quote(key, safe='')}/suspension")
        outcome = Outcome(key, "suspended", []) if reply.accepted else Outcome(key, NOT_PUSHED, [_words(reply)])
        self.entries.answered(hospital_code, SCHEDULES, [suspended], [outcome])
        if not reply.accepted:
            raise _refusal(reply)

    async def attend(self, hospital_code: str, order_id: str) -> dict[str, Any]:
        """Tell the platform that the patient took the number, and record it once the platform has."""
        self.orders.require_awaited(hospital_code, order_id)
        reply = await self.platform.call(hospital_code, "POST", f"/api/gateway/orders/{quote(order_id, safe='')}/attendance")
        if not reply.accepted:
            raise _refusal(reply)
        return self.orders.attended(hospital_code, order_id)

    async def list_no_shows(self, hospital_code: str, key: str) -> dict[str, Any]:
        """Tell the platform who of the schedule is noted here as a no-show, and return its answer."""
        missed = [
            order["orderId"]
            for order in self.orders.received(hospital_code)
            if (order["hospitalScheduleId"], order["state"]) == (key, "noShow")
        ]
        return _object(
            await self.platform.call(hospital_code, "POST", f"{SCHEDULES.path}/{quote(key, safe='')}/no-shows", {"orderIds": missed})
        )

    async def compare(self, hospital_code: str) -> dict[Kind, list[Compared]]:
        """Return every entry beside what the platform has, or refuse if it does not say."""
        compared = {}
        for kind in KINDS.values():
            own = {entry.key: entry.content for entry in self.entries.of(hospital_code, kind)}
            theirs = await self._listed(hospital_code, kind)
            compared[kind] = [Compared(key, own.get(key), theirs.get(key)) for key in sorted(own.keys() | theirs.keys())]
        return compared

    async def adopt(self, hospital_code: str) -> dict[Kind, list[Entry]]:
        """Take over what only the platform has, so that it can be edited here."""
        adopted = {}
        for kind, compared in (await self.compare(hospital_code)).items():
            adopted[kind] = [entry for found in compared if found.own is None and found.theirs for entry in _adoptable(kind, found)]
            self.entries.adopt(hospital_code, kind, adopted[kind])
        return adopted

    async def _push(self, hospital_code: str, kind: Kind, entries: Sequence[Entry]) -> list[Outcome]:
        done: list[Outcome] = []
        for start in range(0, len(entries), BATCH):
            batch = entries[start : start + BATCH]
            content = batch[0].content if kind is HOSPITAL else {"items": [entry.content for entry in batch]}
            reply = await self.platform.call(hospital_code, "PUT", kind.path, content)
            outcomes = _of_hospital(batch[0].key, reply) if kind is HOSPITAL else _of_batch(batch, reply)
            self.entries.answered(hospital_code, kind, batch, outcomes)
            done += outcomes
            if any(outcome.result == NOT_PUSHED for outcome in outcomes):
                # Whatever kept this batch away would keep the others away too.
                return done + [replace(outcomes[0], key=entry.key) for entry in entries[start + BATCH :]]
        return done

    async def _listed(self, hospital_code: str, kind: Kind) -> dict[str, dict[str, Any]]:
        if kind is HOSPITAL:
            reply = await self.platform.call(hospital_code, "GET", kind.path)
            if reply.status == 404:
                return {}
            return {hospital_code: _object(reply)}
        found: dict[str, dict[str, Any]] = {}
        query = {"limit": _PAGE}
        while True:
            reply = await self.platform.call(hospital_code, "GET", kind.path, query=query)
            page = _object(reply)
            found |= {str(item.get(kind.key_field)): item for item in page.get("items", []) if isinstance(item, dict)}
            if not page.get("nextCursor"):
                return found
            query = {"limit": _PAGE, "cursor": str(page["nextCursor"])}


def _of_batch(batch: Sequence[Entry], reply: Reply) -> list[Outcome]:
    answered = reply.content.get("items") if reply.accepted and isinstance(reply.content, dict) else None
    items = [item for item in answered if isinstance(item, dict)] if isinstance(answered, list) else []
    if [item.get("key") for item in items] != [entry.key for entry in batch]:
        said = "The platform's answer does not name each entry in order: push again." if reply.accepted else _words(reply)
        return [Outcome(entry.key, NOT_PUSHED, [said]) for entry in batch]
    return [Outcome(entry.key, str(item.get("result")), item.get("errors") or []) for entry, item in zip(batch, items, strict=True)]


def _of_hospital(key: str, reply: Reply) -> list[Outcome]:
    if reply.accepted and isinstance(reply.content, dict):
        return [Outcome(key, str(reply.content.get("result", "updated")), reply.content.get("errors") or [])]
    if reply.status in (400, 422):
        return [Outcome(key, REJECTED, reply.errors or [_words(reply)])]
    return [Outcome(key, NOT_PUSHED, [_words(reply)])]


def _adoptable(kind: Kind, found: Compared) -> list[Entry]:
    known = {field.alias or name for name, field in kind.shape.model_fields.items()}
    try:
        return [Entry(found.key, published(kind, {name: value for name, value in (found.theirs or {}).items() if name in known}))]
    except ValidationError:
        # Not a thing that this system could have published: it stays the platform's own.
        return []


def _object(reply: Reply) -> dict[str, Any]:
    if not reply.accepted or not isinstance(reply.content, dict):
        raise _refusal(reply)
    return reply.content


def _words(reply: Reply) -> str:
    return f"{reply.status}: {reply.detail}" if reply.status else reply.detail


def _refusal(reply: Reply) -> RefusedError:
    # The platform's no to the thing asked is passed on; all else is about the way there.
    status = reply.status if reply.status in (404, 409, 422) else 502
    return RefusedError(status, f"The platform refused. {_words(reply)}" if reply.status else reply.detail)
