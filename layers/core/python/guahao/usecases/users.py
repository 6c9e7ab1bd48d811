"""Users as administrators deal with them: find, look at, lock."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from guahao.domain.accounts import Login, User
from guahao.domain.audit_log import Action, Deed
from guahao.domain.errors import Invalid, NotFound, Unavailable
from guahao.domain.ledger import BookingPolicy
from guahao.domain.patients import Patient
from guahao.domain.periods import require_in_order
from guahao.domain.time import shanghai_date
from guahao.domain.users import UserFilter, UserStatus, lock, unlock
from guahao.ports.accounts import Accounts, Logins, UserMoved
from guahao.ports.audit_log import AuditLog
from guahao.ports.clock import Clock
from guahao.ports.patients import PatientMoved, PatientStore
from guahao.ports.users import UserPage, UserStore
from guahao.ports.vault import Vault
from guahao.usecases.accounts import user_id_of_phone
from guahao.usecases.ledgers import with_suspensions

LOGINS_SHOWN = 20
# Every lost round is somebody else's finished write on the same user or person, of which there are few.
_ROUNDS = 10
_PHONE = re.compile(r"\d{11}", re.ASCII)


@dataclass(frozen=True)
class UserFile:
    """A user with everything that an administrator sees of them."""

    user: User
    patients: list[Patient]
    logins: list[Login]


@dataclass(frozen=True)
class Users:
    """The desk of users. Whoever asks is an administrator: a look at one user and each change is in the audit log, a search is not."""

    accounts: Accounts
    users: UserStore
    patients: PatientStore
    logins: Logins
    log: AuditLog
    vault: Vault
    clock: Clock
    booking_policy: BookingPolicy

    def find(self, text: str, status: str | None, first: date | None, last: date | None, limit: int, cursor: str | None) -> UserPage:
        """Return a page of users: `text` is a whole phone number or how a name begins, the days are those of the registration."""
        text = text.strip()
        by_phone = bool(_PHONE.fullmatch(text))
        wanted = UserFilter("" if by_phone else text, UserStatus(status) if status else None, first, last)
        require_in_order(first, last)
        if by_phone and cursor:
            raise Invalid("A phone number has one user at most and no next page. Leave the cursor away.")
        if by_phone:
            user = self.accounts.get(user_id_of_phone(self.vault, text))
            return UserPage([user] if user and wanted.fits(user) else [], None)
        return self.users.find(wanted, limit, cursor)

    def look(self, administrator: str, user_id: str) -> UserFile:
        """Return everything of the user, noted in the audit log before, or raise NotFound."""
        user = self._get(user_id)
        now = self.clock()
        self.log.append(Deed(administrator, Action.USER_VIEWED, user_id), now)
        patients = with_suspensions(list(self.patients.of_user(user_id)), self.patients, self.booking_policy, now)
        return UserFile(user, patients, self.logins.latest(user_id, LOGINS_SHOWN))

    def lock(self, administrator: str, user_id: str, reason: str) -> User:
        """Lock the user, so that their sessions end within a minute, or raise NotFound or LockStateConflict."""
        return self._change(Deed(administrator, Action.USER_LOCKED, user_id, reason), lambda user: lock(user, reason))

    def unlock(self, administrator: str, user_id: str, reason: str) -> User:
        """Open the user's account again, for a new login, or raise NotFound or LockStateConflict."""
        return self._change(Deed(administrator, Action.USER_UNLOCKED, user_id, reason), lambda user: unlock(user, self.clock()))

    def unsuspend(self, administrator: str, user_id: str, patient_id: str, reason: str) -> Patient:
        """Let the person of the user's patient book again, in every account, or raise NotFound or BookingsNotSuspended."""
        deed = Deed(administrator, Action.PATIENT_UNSUSPENDED, f"{user_id}/{patient_id}", reason)
        for _ in range(_ROUNDS):
            patient = self.patients.get(user_id, patient_id)
            if patient is None:
                raise NotFound("This user has no such patient. Look at the user again.")
            ledger, now = self.patients.ledger(patient.person), self.clock()
            if not ledger.knows(patient):
                continue  # removed, or become another person, since it was read
            pardoned = ledger.pardon(self.booking_policy, shanghai_date(now))
            try:
                self.users.put_ledger(pardoned, deed, now)
            except PatientMoved:
                continue
            return patient
        raise Unavailable("This patient is being changed by many at once. Send the same request again.")

    def _change(self, deed: Deed, decide: Callable[[User], User]) -> User:
        for _ in range(_ROUNDS):
            before = self._get(deed.subject)
            after = decide(before)
            try:
                self.users.move(before, after, deed, self.clock())
            except UserMoved:
                continue
            return after
        raise Unavailable("This user is being changed by many at once. Send the same request again.")

    def _get(self, user_id: str) -> User:
        user = self.accounts.get(user_id)
        if user is None:
            raise NotFound("There is no such user. GET /api/admin/users finds those there are.")
        return user
