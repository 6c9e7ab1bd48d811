"""Users for administrators: finding, viewing and locking them, and lifting bans."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.booking.ledger import BookingPolicy
from guahao.domain.errors import Invalid, NotFound
from guahao.domain.people.accounts import User
from guahao.domain.people.patients import Patient
from guahao.domain.people.sessions import Login
from guahao.domain.people.users import UserFilter, UserStatus, lock, unlock
from guahao.domain.periods import require_in_order
from guahao.domain.texts import folded
from guahao.domain.time import shanghai_date
from guahao.domain.versions import VersionConflict, retry
from guahao.ports.administration.audit_log import AuditLog
from guahao.ports.clock import Clock
from guahao.ports.pages import Page
from guahao.ports.people.accounts import Accounts, Logins
from guahao.ports.people.patients import PatientStore
from guahao.ports.people.users import UserStore
from guahao.ports.vault import Vault
from guahao.usecases.people.login import user_id_of_phone
from guahao.usecases.people.patients import with_bans

if TYPE_CHECKING:
    from guahao.contracts.queries import UserQuery

LOGINS_SHOWN = 20
_PHONE = re.compile(r"\d{11}", re.ASCII)


@dataclass(frozen=True)
class UserFile:
    """A user with everything that an administrator sees."""

    user: User
    patients: list[Patient]
    logins: list[Login]


@dataclass(frozen=True)
class Users:
    """The users, as administrators see them. Viewing a user and every change are in the audit log, searches are not."""

    accounts: Accounts
    users: UserStore
    patients: PatientStore
    logins: Logins
    log: AuditLog
    vault: Vault
    clock: Clock
    booking_policy: BookingPolicy

    def find(self, query: UserQuery) -> Page[User]:
        """Return a page of users; `text` is a whole phone number or the beginning of a name, the days are those of the registration."""
        text = query.q.strip()
        by_phone = bool(_PHONE.fullmatch(text))
        wanted = UserFilter("" if by_phone else folded(text), UserStatus(query.status) if query.status else None, query.first, query.last)
        require_in_order(query.first, query.last)
        if by_phone and query.cursor:
            raise Invalid("A phone number has one user at most and no next page. Leave the cursor away.")
        if by_phone:
            user = self.accounts.get(user_id_of_phone(self.vault, text))
            return Page([user] if user and wanted.fits(user) else [], None)
        return self.users.find(wanted, query.limit, query.cursor)

    def view(self, administrator: str, user_id: str) -> UserFile:
        """Write an audit entry and return everything of the user, or raise NotFound."""
        user = self._get(user_id)
        now = self.clock()
        self.log.append(AuditEntry(administrator, Action.USER_VIEWED, user_id), now)
        patients = with_bans(list(self.patients.of_user(user_id)), self.patients, self.booking_policy, now)
        return UserFile(user, patients, self.logins.latest(user_id, LOGINS_SHOWN))

    def lock(self, administrator: str, user_id: str, reason: str) -> User:
        """Lock the user, whose sessions end within a minute, or raise NotFound or LockStateConflict."""
        return self._change(AuditEntry(administrator, Action.USER_LOCKED, user_id, reason), lambda user: lock(user, reason))

    def unlock(self, administrator: str, user_id: str, reason: str) -> User:
        """Unlock the user, who must log in again, or raise NotFound or LockStateConflict."""
        return self._change(AuditEntry(administrator, Action.USER_UNLOCKED, user_id, reason), lambda user: unlock(user, self.clock()))

    def lift_ban(self, administrator: str, user_id: str, patient_id: str, reason: str) -> Patient:
        """Let the person of the user's patient book again, in every account, or raise NotFound or BookingNotBanned."""
        entry = AuditEntry(administrator, Action.PATIENT_BAN_LIFTED, f"{user_id}/{patient_id}", reason)

        def lift() -> Patient:
            patient = self.patients.get(user_id, patient_id)
            if patient is None:
                raise NotFound("This user has no such patient. Open the user again.")
            ledger, now = self.patients.ledger(patient.person), self.clock()
            if not ledger.knows(patient):
                raise VersionConflict  # the patient was removed, or became another person, since it was read
            self.users.put_ledger(ledger.pardon(self.booking_policy, shanghai_date(now)), entry, now)
            return patient

        return retry(lift, "This patient")

    def _change(self, entry: AuditEntry, decide: Callable[[User], User]) -> User:
        def change() -> User:
            before = self._get(entry.subject)
            after = decide(before)
            self.users.move(before, after, entry, self.clock())
            return after

        return retry(change, "This user")

    def _get(self, user_id: str) -> User:
        user = self.accounts.get(user_id)
        if user is None:
            raise NotFound("There is no such user. GET /api/admin/users finds those there are.")
        return user
