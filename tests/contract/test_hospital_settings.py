"""The store of hospitals' settings, in DynamoDB and in the fake, and what the gateway reads of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from guahao.adapters.aws.vault import KmsVault
from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.audit_log import DynamoAuditLog
from guahao.adapters.dynamo.hospital_access import DynamoHospitalAccess
from guahao.adapters.dynamo.hospital_orders import DynamoHospitalOrders
from guahao.adapters.dynamo.hospital_settings import DynamoHospitalSettings
from guahao.adapters.dynamo.numbers import DynamoNumbers
from guahao.adapters.dynamo.orders import DynamoOrders
from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.booking.orders import Order, place
from guahao.domain.hospitals.hospital_settings import HospitalSetting
from guahao.domain.payment.payment import Trade, TradeState
from guahao.domain.versions import VersionConflict
from guahao.ports.hospitals.hospital_settings import HospitalSettings
from guahao.runtime.correlation import trace
from tests.builders import NOW, VISIT, patient, schedule
from tests.fakes.audit_log import FakeAuditLog
from tests.fakes.hospital_settings import FakeHospitalSettings

KEY, OTHER_KEY = "ab" * 32, "cd" * 32


@pytest.fixture
def dynamo(aws: dict[str, str], audit_log_table: str) -> DynamoHospitalSettings:
    return DynamoHospitalSettings(aws["HOSPITAL_SETTINGS_TABLE"], DynamoAuditLog(audit_log_table))


@pytest.fixture
def settings(aws: dict[str, str]) -> DynamoHospitalAccess:
    return DynamoHospitalAccess(aws["HOSPITAL_SETTINGS_TABLE"], KmsVault(aws["VAULT_KEY"], aws["FINGERPRINT_KEY"]))


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest) -> tuple[HospitalSettings, Callable[[], list[AuditEntry]]]:
    if request.param == "fake":
        log = FakeAuditLog()
        return FakeHospitalSettings(log), lambda: [entry.entry for entry in log.all()]
    settings: DynamoHospitalSettings = request.getfixturevalue("dynamo")
    kept = DynamoAuditLog(request.getfixturevalue("audit_log_table"))
    return settings, lambda: [entry.entry for entry in kept.all()]


Store = tuple[HospitalSettings, Callable[[], list[AuditEntry]]]


@pytest.fixture
def code() -> str:
    return uuid4().hex[:8]


def setting(code: str, name: str = "协和医院") -> HospitalSetting:
    return HospitalSetting(code, name, "https://h.example", "王主任", "sealed phone", "010****6114", "sealed key", NOW)


def entry(code: str, action: Action = Action.HOSPITAL_CHANGED) -> AuditEntry:
    return AuditEntry("operator", action, code, "a reason")


def test_a_setting_comes_back_as_it_was_last_written_and_each_write_is_in_the_log(store: Store, code: str) -> None:
    settings, entries = store
    assert settings.get(code) is None
    before = setting(code)
    settings.add(before, entry(code, Action.HOSPITAL_CREATED), NOW)
    assert settings.get(code) == before
    for after in (before.lock("expired", NOW), before.lock("expired", NOW).unlock().with_key("another", timedelta(hours=1), NOW)):
        written = replace(after, version=before.version + 1)
        settings.move(before, written, entry(code), NOW)
        assert settings.get(code) == written
        before = written
    settings.remove(before, entry(code, Action.HOSPITAL_REMOVED), NOW)
    assert settings.get(code) is None
    assert settings.find(code, 5, None).items == []
    actions = [Action.HOSPITAL_CREATED, Action.HOSPITAL_CHANGED, Action.HOSPITAL_CHANGED, Action.HOSPITAL_REMOVED]
    assert entries() == [entry(code, action) for action in actions]


def test_what_was_changed_meanwhile_is_neither_written_nor_in_the_log(store: Store, code: str) -> None:
    settings, entries = store
    first = setting(code)
    settings.add(first, entry(code), NOW)
    second = first.lock("expired", NOW)
    settings.move(first, second, entry(code), NOW)
    for write in (
        lambda: settings.add(first, entry(code), NOW),
        lambda: settings.move(first, first.unlock(), entry(code), NOW),
        lambda: settings.remove(first, entry(code), NOW),
        lambda: settings.remove(setting(f"{code}1"), entry(code), NOW),
        lambda: settings.move(setting(f"{code}1"), setting(f"{code}1").unlock(), entry(code), NOW),
    ):
        with pytest.raises(VersionConflict):
            write()
    assert settings.get(code) == second
    assert settings.get(f"{code}1") is None
    assert len(entries()) == 2


def test_settings_are_found_by_part_of_the_name_or_the_whole_code_page_by_page(store: Store, code: str) -> None:
    settings, _ = store
    for end, name in (("1", f"北京{code}Ｕnion医院"), ("11", f"上海{code}医院"), ("2", f"{code}UNION")):
        settings.add(setting(f"{code}-{end}", name), entry(code), NOW)

    def found(text: str) -> list[str]:
        return [c.hospital_code.removeprefix(f"{code}-") for c in settings.find(text, 100, None).items]

    assert found(f"{code}union") == ["1", "2"]
    assert found(f" {code}-1 ") == ["1"]
    assert found(f"{code}-") == found(".*") == []
    first = settings.find(code, 2, None)
    assert ([c.hospital_code for c in first.items], first.next_cursor) == ([f"{code}-1", f"{code}-11"], f"{code}-11")
    last = settings.find(code, 2, first.next_cursor)
    assert ([c.hospital_code for c in last.items], last.next_cursor) == ([f"{code}-2"], None)
    assert {f"{code}-{end}" for end in ("1", "11", "2")} <= {c.hospital_code for c in settings.find("", 100, f"{code}-").items}


def test_the_gateway_reads_the_keys_that_are_good(
    dynamo: DynamoHospitalSettings, settings: DynamoHospitalAccess, aws: dict[str, str], code: str
) -> None:
    vault, now = KmsVault(aws["VAULT_KEY"], aws["FINGERPRINT_KEY"]), utc_now()
    first = replace(setting(code), sealed_key=vault.seal(KEY))
    dynamo.add(first, entry(code), now)
    found = settings.get(code)
    assert found
    assert (found.api_url, found.keys(now), found.locked) == (first.api_url, [KEY], False)
    second = first.with_key(vault.seal(OTHER_KEY), timedelta(hours=1), now).lock("expired", now)
    dynamo.move(first, second, entry(code), now)
    found = settings.get(code)
    assert found
    assert (found.keys(now), found.keys(now + timedelta(hours=1)), found.locked) == ([OTHER_KEY, KEY], [OTHER_KEY], True)
    assert settings.get(code[:-1]) is None
    over = second.with_key(vault.seal(KEY), timedelta(), now)
    dynamo.move(second, over, entry(code), now)
    found = settings.get(code)
    assert found
    assert found.keys(now) == [KEY]


def test_an_order_counts_for_its_hospital_until_it_is_cancelled_or_its_day_is_over(aws: dict[str, str], code: str) -> None:
    orders = DynamoOrders(aws["ORDERS_TABLE"], aws["NUMBERS_TABLE"], aws["ACCOUNTS_TABLE"], trace)
    counts = DynamoHospitalOrders(aws["ORDERS_TABLE"]).any_counts
    placed = [_booked(aws, orders, code) for _ in range(2)]
    assert counts(code, VISIT)
    assert not counts(code, VISIT + timedelta(days=1))
    assert not counts(code[:-1], VISIT)
    now = placed[0].created_at
    paid = placed[0].open_payment(now).pay(Trade(placed[0].order_id, TradeState.PAID, placed[0].visit.fee_fen, "t", now), now)
    orders.move(placed[0], paid)
    for order in (placed[1], paid):
        assert counts(code, VISIT - timedelta(days=1))
        orders.move(order, order.cancel_by_user(NOW))
    assert not counts(code, VISIT)


def _booked(aws: dict[str, str], orders: DynamoOrders, code: str) -> Order:
    offered = schedule(uuid4().hex, hospital_code=code)
    DynamoNumbers(aws["NUMBERS_TABLE"]).fit(offered.schedule_id, 1)
    person = patient(uuid4().hex)
    order = place(offered, 1, order_id=uuid4().hex, patient=person, now=datetime(2026, 3, 2, tzinfo=UTC), hold=timedelta(minutes=15))
    orders.place(order, orders.ledger(order.holder.person))
    return order
