from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from guahao.contracts.queries import UserQuery
from guahao.domain.administration.audit_log import Action, AuditEntry, SealedEntry
from guahao.domain.booking.ledger import BookingPolicy, Ledger, NoShow
from guahao.domain.errors import BookingNotBanned, Invalid, LockStateConflict, NotFound, Unavailable
from guahao.domain.people.accounts import IdentityState, User
from guahao.domain.people.patients import Patient
from guahao.domain.people.sessions import Login
from guahao.domain.people.users import UserFilter, UserStatus
from guahao.domain.time import midnight
from guahao.domain.versions import VersionConflict
from guahao.usecases.people.login import new_user
from guahao.usecases.people.users import LOGINS_SHOWN, Users
from tests import builders
from tests.fakes.accounts import FakeAccounts, FakeLogins
from tests.fakes.audit_log import FakeAuditLog
from tests.fakes.clock import FakeClock
from tests.fakes.patients import FakePatients
from tests.fakes.users import FakeUsers
from tests.fakes.vault import FakeVault

AUDITOR = "auditor"


class House:
    """The users over fakes."""

    def __init__(self) -> None:
        self.accounts, self.logins, self.log, self.clock = FakeAccounts(), FakeLogins(), FakeAuditLog(), FakeClock()
        self.ledgers: dict[str, Ledger] = {}
        self.patients = FakePatients(ledgers=self.ledgers)
        self.store = FakeUsers(self.accounts, self.log, self.ledgers)
        policy = BookingPolicy()
        self.users = Users(self.accounts, self.store, self.patients, self.logins, self.log, FakeVault(), self.clock, policy)

    def register(self, phone: str = "13800000001", **changes: object) -> User:
        return self.accounts.register(replace(new_user(FakeVault(), phone, self.clock()), **changes))  # type: ignore[arg-type]

    @property
    def entries(self) -> list[AuditEntry]:
        return [entry.entry for entry in self.log.entries]

    def found(self, text: str = "", status: str | None = None, first: date | None = None, last: date | None = None) -> list[str]:
        return [user.name for user in self.users.find(UserQuery(q=text, status=status, first=first, last=last)).items]


@pytest.fixture
def house() -> House:
    return House()


def test_a_whole_phone_number_finds_its_one_user(house: House) -> None:
    house.register("13800000001", name="林一")
    house.register("13800000002", name="林二")
    assert house.found("13800000002") == house.found(" 13800000002 ") == ["林二"]
    assert house.found("13800000003") == []


def test_a_phone_number_has_no_next_page(house: House) -> None:
    house.register("13800000001")
    with pytest.raises(Invalid):
        house.users.find(UserQuery(q="13800000001", cursor="cursor"))


@pytest.mark.parametrize("text", ["1380000000", "138000000011", "138****0001", "１３８０００００００１"])
def test_part_of_a_phone_number_finds_nobody(house: House, text: str) -> None:
    house.register("13800000001", name="林一")
    assert house.found(text) == []


def test_a_phone_is_found_only_if_the_rest_fits(house: House) -> None:
    house.register("13800000001", name="林一", identity_state=IdentityState.APPROVED)
    assert house.found("13800000001", "approved", date(2026, 3, 2), date(2026, 3, 2)) == ["林一"]
    assert house.found("13800000001", "rejected") == []
    assert house.found("13800000001", first=date(2026, 3, 3)) == []
    assert house.found("13800000001", last=date(2026, 3, 1)) == []


def test_days_in_the_wrong_order_are_refused(house: House) -> None:
    for text in ("", "林", "13800000001"):
        with pytest.raises(Invalid) as refusal:
            house.users.find(UserQuery(q=text, first=date(2026, 3, 2), last=date(2026, 3, 1)))
        assert [fault["field"] for fault in refusal.value.errors] == ["from"]


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        (datetime(2026, 3, 1, 15, 59, 59, 999999, UTC), False),
        (datetime(2026, 3, 1, 16, 0, 0, 0, UTC), True),
        (datetime(2026, 3, 2, 15, 59, 59, 999999, UTC), True),
        (datetime(2026, 3, 2, 16, 0, 0, 0, UTC), False),
    ],
)
def test_a_day_is_one_of_shanghai_and_both_days_count(at: datetime, inside: bool) -> None:
    day = UserFilter(first=date(2026, 3, 2), last=date(2026, 3, 2))
    assert day.fits(builders.user(created_at=at)) is inside
    assert day.begins_at
    assert day.ends_at
    assert (day.begins_at <= at < day.ends_at) is inside


def test_a_locked_user_is_in_no_state_of_identity(house: House) -> None:
    house.register(name="林一", identity_state=IdentityState.APPROVED, locked=True)
    assert house.found(status=UserStatus.LOCKED) == ["林一"]
    assert house.found(status=UserStatus.APPROVED) == []


def test_a_user_is_shown_with_patients_and_latest_logins(house: House) -> None:
    user = house.register()
    own = builders.patient(user_id=user.user_id)
    house.patients.patients = {(p.user_id, p.patient_id): p for p in (own, builders.patient("p2", "other"))}
    for n in range(LOGINS_SHOWN + 1):
        house.logins.open(Login(user.user_id, f"{n:03}", house.clock(), "203.0.113.7", house.clock()))
    shown = house.users.view(AUDITOR, user.user_id)
    assert (shown.user, shown.patients) == (user, [own])
    assert [login.token_id for login in shown.logins] == [f"{n:03}" for n in range(LOGINS_SHOWN, 0, -1)]


def test_looking_at_a_user_is_in_the_audit_log(house: House) -> None:
    user = house.register()
    house.users.view(AUDITOR, user.user_id)
    assert house.entries == [AuditEntry(AUDITOR, Action.USER_VIEWED, user.user_id)]


def test_who_cannot_be_noted_in_the_log_sees_nothing(house: House) -> None:
    class FullLog(FakeAuditLog):
        def append(self, entry: AuditEntry, now: datetime) -> SealedEntry:
            raise Unavailable("down")

    user = house.register()
    with pytest.raises(Unavailable):
        replace(house.users, log=FullLog()).view(AUDITOR, user.user_id)


def test_searching_is_no_view_of_anybody(house: House) -> None:
    house.register()
    house.found("13800000001")
    assert house.entries == []


def test_a_lock_keeps_the_identity_and_an_unlock_brings_all_back_but_the_sessions(house: House) -> None:
    user = house.register(name="林一", identity_state=IdentityState.APPROVED)
    locked = house.users.lock(AUDITOR, user.user_id, "被盗用")
    assert locked == house.accounts.get(user.user_id) == replace(user, locked=True, lock_reason="被盗用", version=1)
    house.clock.advance(minutes=1)
    opened = house.users.unlock(AUDITOR, user.user_id, "已核实")
    assert opened == house.accounts.get(user.user_id) == replace(user, sessions_since=house.clock(), version=2)


def test_locks_and_unlocks_are_in_the_audit_log_with_their_reason(house: House) -> None:
    user = house.register()
    house.users.lock(AUDITOR, user.user_id, "被盗用")
    house.users.unlock(AUDITOR, user.user_id, "已核实")
    assert house.entries == [
        AuditEntry(AUDITOR, Action.USER_LOCKED, user.user_id, "被盗用"),
        AuditEntry(AUDITOR, Action.USER_UNLOCKED, user.user_id, "已核实"),
    ]


def test_a_second_lock_or_unlock_is_refused_and_noted_nowhere(house: House) -> None:
    user = house.register()
    with pytest.raises(LockStateConflict):
        house.users.unlock(AUDITOR, user.user_id, "已核实")
    house.users.lock(AUDITOR, user.user_id, "被盗用")
    with pytest.raises(LockStateConflict, match="unlock the user first"):
        house.users.lock(AUDITOR, user.user_id, "别的原因")
    assert [entry.action for entry in house.entries] == [Action.USER_LOCKED]
    stored = house.accounts.get(user.user_id)
    assert stored
    assert stored.lock_reason == "被盗用"


def test_a_user_who_is_not_there_is_not_found_and_noted_nowhere(house: House) -> None:
    for attempt in (
        lambda: house.users.view(AUDITOR, "nobody"),
        lambda: house.users.lock(AUDITOR, "nobody", "被盗用"),
        lambda: house.users.unlock(AUDITOR, "nobody", "已核实"),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert house.entries == []


def suspended(house: House) -> Patient:
    """Register a user with a patient whose person has missed three visits, the last of them yesterday."""
    patient = builders.patient(user_id=house.register().user_id)
    house.patients.patients[patient.user_id, patient.patient_id] = patient
    days = [date(2026, 3, 1) - timedelta(days=n) for n in range(3)]
    missed = tuple(NoShow(str(day), day, date(2026, 3, 2)) for day in days)
    house.ledgers[patient.person] = replace(Ledger(patient.person, no_shows=missed).register(patient), version=5)
    return patient


def test_a_suspended_patient_is_shown_with_the_end_until_it_is_lifted(house: House) -> None:
    patient = suspended(house)
    (shown,) = house.users.view(AUDITOR, patient.user_id).patients
    assert shown.booking_banned_until == midnight(date(2026, 5, 31))
    lifted = house.users.lift_ban(AUDITOR, patient.user_id, patient.patient_id, "医院误报")
    assert (lifted, lifted.booking_banned_until) == (patient, None)
    (shown,) = house.users.view(AUDITOR, patient.user_id).patients
    assert shown.booking_banned_until is None
    assert house.entries[1] == AuditEntry(AUDITOR, Action.PATIENT_BAN_LIFTED, f"{patient.user_id}/{patient.patient_id}", "医院误报")


def test_who_may_book_is_not_let_book_again(house: House) -> None:
    patient = suspended(house)
    house.users.lift_ban(AUDITOR, patient.user_id, patient.patient_id, "医院误报")
    with pytest.raises(BookingNotBanned):
        house.users.lift_ban(AUDITOR, patient.user_id, patient.patient_id, "医院误报")
    for user_id, patient_id in ((patient.user_id, "p2"), ("other", patient.patient_id)):
        with pytest.raises(NotFound):
            house.users.lift_ban(AUDITOR, user_id, patient_id, "医院误报")
    assert len(house.entries) == 1


def test_lifting_a_suspension_loses_nothing_that_is_written_meanwhile(house: House) -> None:
    patient, rounds = suspended(house), [3]

    class Busy(FakeUsers):
        def put_ledger(self, ledger: Ledger, entry: AuditEntry, now: datetime) -> None:
            if rounds[0]:
                rounds[0] -= 1
                current = self.ledgers[patient.person]
                late = NoShow(f"late{rounds[0]}", date(2026, 3, 1), date(2026, 3, 2))
                self.ledgers[patient.person] = replace(current, no_shows=(*current.no_shows, late), version=current.version + 1)
            super().put_ledger(ledger, entry, now)

    busy = Busy(house.accounts, house.log, house.ledgers)
    replace(house.users, users=busy).lift_ban(AUDITOR, patient.user_id, patient.patient_id, "医院误报")
    assert len(house.ledgers[patient.person].no_shows) == 6
    assert len(house.entries) == 1


class BusyUsers(FakeUsers):
    """Somebody else writes the user's record just before each of the first writes here."""

    rounds = 0

    def move(self, before: User, after: User, entry: AuditEntry, now: datetime) -> None:
        if self.rounds:
            self.rounds -= 1
            current = self.accounts.users[before.user_id]
            moved = replace(current, identity_state=IdentityState.APPROVED, version=current.version + 1)
            self.accounts.users[before.user_id] = moved
        super().move(before, after, entry, now)


def test_a_lock_loses_nothing_that_is_written_meanwhile(house: House) -> None:
    user, busy = house.register(), BusyUsers(house.accounts, house.log)
    busy.rounds = 3
    replace(house.users, users=busy).lock(AUDITOR, user.user_id, "被盗用")
    stored = house.accounts.get(user.user_id)
    assert stored == replace(user, identity_state=IdentityState.APPROVED, locked=True, lock_reason="被盗用", version=4)
    assert len(house.entries) == 1


def test_a_user_who_never_stands_still_is_left_alone(house: House) -> None:
    user, busy = house.register(), BusyUsers(house.accounts, house.log)
    busy.rounds = 1000
    with pytest.raises(Unavailable):
        replace(house.users, users=busy).lock(AUDITOR, user.user_id, "被盗用")
    assert house.entries == []


def test_the_newest_come_first(house: House) -> None:
    for n in range(3):
        house.register(f"1380000000{n}", name=f"林{n}")
        house.clock.advance(hours=1)
    assert house.found() == ["林2", "林1", "林0"]


def test_a_write_over_an_older_record_is_refused(house: House) -> None:
    user = house.register()
    newer = replace(user, version=1)
    house.accounts.users[user.user_id] = newer
    with pytest.raises(VersionConflict):
        house.store.move(user, newer, AuditEntry(AUDITOR, Action.USER_LOCKED, user.user_id), house.clock() + timedelta(1))
    assert house.entries == []
