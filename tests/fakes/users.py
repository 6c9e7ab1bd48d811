"""The search for users in memory, over the fake accounts and beside the fake audit log; it may share the ledgers of a `FakeOrders`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from guahao.domain.administration.audit_log import AuditEntry
from guahao.domain.booking.ledger import Ledger
from guahao.domain.errors import Invalid
from guahao.domain.people.accounts import User
from guahao.domain.people.users import UserFilter
from guahao.domain.texts import folded
from guahao.domain.versions import VersionConflict
from guahao.ports.pages import Page
from tests.fakes.accounts import FakeAccounts
from tests.fakes.audit_log import FakeAuditLog
from tests.fakes.ledgers import written


@dataclass
class FakeUsers:
    accounts: FakeAccounts
    log: FakeAuditLog
    ledgers: dict[str, Ledger] = field(default_factory=dict)

    def find(self, wanted: UserFilter, limit: int, cursor: str | None) -> Page[User]:
        named = bool(wanted.name_prefix)
        keys = {
            (folded(user.name) if named else user.created_at.isoformat()) + f"#{user.user_id}": user
            for user in self.accounts.users.values()
        }
        fitting = [key for key in sorted(keys, reverse=not named) if wanted.fits(keys[key])]
        if cursor and (cursor not in keys or not cursor.startswith(wanted.name_prefix)):
            raise Invalid("This cursor is not one of ours.", [{"field": "cursor", "reason": "take it from an earlier answer"}])
        if cursor:
            fitting = [key for key in fitting if (key > cursor if named else key < cursor)]
        return Page([keys[key] for key in fitting[:limit]], fitting[limit - 1] if len(fitting) > limit else None)

    def move(self, before: User, after: User, entry: AuditEntry, now: datetime) -> None:
        stored = self.accounts.get(before.user_id)
        if stored is None or stored.version != before.version:
            raise VersionConflict
        self.accounts.users[after.user_id] = after
        self.log.append(entry, now)

    def put_ledger(self, ledger: Ledger, entry: AuditEntry, now: datetime) -> None:
        if self.ledgers.get(ledger.person, Ledger(ledger.person)).version != ledger.version:
            raise VersionConflict
        self.ledgers[ledger.person] = written(ledger)
        self.log.append(entry, now)
