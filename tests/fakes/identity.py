"""Identities and their photos in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

from guahao.domain.administration.audit_log import AuditEntry
from guahao.domain.booking.ledger import Ledger
from guahao.domain.errors import DuplicateCertificate, Invalid
from guahao.domain.people.accounts import IdentityState
from guahao.domain.people.identity import Identity, freed
from guahao.domain.people.photos import HEAD_BYTES, LARGEST_BYTES, content_fault, type_of
from guahao.domain.versions import VersionConflict
from guahao.ports.pages import Page
from guahao.ports.people.identity import UploadForm
from tests.fakes.accounts import FakeAccounts
from tests.fakes.audit_log import FakeAuditLog
from tests.fakes.ledgers import written


@dataclass
class FakeIdentities:
    accounts: FakeAccounts = field(default_factory=FakeAccounts)
    audit_log: FakeAuditLog = field(default_factory=FakeAuditLog)
    identities: dict[str, Identity] = field(default_factory=dict)
    claims: dict[str, str] = field(default_factory=dict)
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def get(self, user_id: str) -> Identity | None:
        return self.identities.get(user_id)

    def holder(self, fingerprint: str) -> str | None:
        return self.claims.get(fingerprint)

    def submit(self, before: Identity | None, after: Identity) -> None:
        with self._lock:
            self._require_unmoved(before, after.user_id)
            if self.claims.get(after.certificate.fingerprint, after.user_id) != after.user_id:
                raise DuplicateCertificate("This certificate belongs to another account.", rule="certificateOnce")
            self.claims[after.certificate.fingerprint] = after.user_id
            self._write(after)

    def decide(self, before: Identity, after: Identity, entry: AuditEntry) -> None:
        assert after.decided_at
        with self._lock:
            self._require_unmoved(before, after.user_id)
            self.audit_log.append(entry, after.decided_at)
            for fingerprint in freed(before, after):
                del self.claims[fingerprint]
            if after.state is IdentityState.APPROVED:
                person = after.certificate.fingerprint
                self.ledgers[person] = written(self.ledgers.get(person, Ledger(person)).prove(after.user_id).verified_as(after.name))
            self._write(after)

    def in_state(self, state: IdentityState, limit: int, cursor: str | None) -> Page[Identity]:
        places = {f"{i.submitted_at.isoformat()}#{i.user_id}": i for i in self.identities.values() if i.state is state}
        found = [place for place in sorted(places) if place > (cursor or "")]
        more = len(found) > limit
        return Page([places[place] for place in found[:limit]], found[limit - 1] if more else None)

    def _require_unmoved(self, before: Identity | None, user_id: str) -> None:
        stored = self.identities.get(user_id)
        if (stored and stored.version) != (before and before.version):
            raise VersionConflict

    def _write(self, identity: Identity) -> None:
        self.identities[identity.user_id] = identity
        self.accounts.users[identity.user_id] = identity.mark(self.accounts.users[identity.user_id])


@dataclass
class FakePhotos:
    """Files by key; `post` is what a browser does with a form, and `let_time_pass` what the life-cycle rules do."""

    files: dict[str, bytes] = field(default_factory=dict)
    unsubmitted: set[str] = field(default_factory=set)

    def form(self, photo_key: str, content_type: str, size: int) -> UploadForm:
        return UploadForm("https://photos.example", {"key": photo_key, "Content-Type": content_type, "most": str(size)}, photo_key)

    def post(self, form: UploadForm, content: bytes) -> bool:
        fits = 1 <= len(content) <= min(int(form.fields["most"]), LARGEST_BYTES)
        if fits:
            self.files[form.photo_key] = content
        return fits

    def copy(self, photo_key: str, kept_key: str) -> None:
        content = self.files.get(photo_key)
        fault = content_fault(type_of(photo_key), content[:HEAD_BYTES], len(content)) if content else "nothing was uploaded"
        if content is None or fault:
            raise Invalid("The photo cannot be taken.", [{"field": "photoKey", "reason": fault}])
        self.files[kept_key] = content
        self.unsubmitted.add(kept_key)

    def retain(self, kept_key: str) -> None:
        self.unsubmitted.discard(kept_key)

    def delete(self, kept_key: str) -> None:
        self.files.pop(kept_key, None)
        self.unsubmitted.discard(kept_key)

    def link(self, kept_key: str, seconds: int) -> str:
        return f"https://photos.example/{kept_key}?seconds={seconds}"

    def let_time_pass(self) -> None:
        self.files = {key: content for key, content in self.files.items() if key.startswith("photos/") and key not in self.unsubmitted}
