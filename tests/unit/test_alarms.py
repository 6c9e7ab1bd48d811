"""The alarms watch what there is: the figures that runs tell, and the timers that run."""

from __future__ import annotations

from typing import Any

from infra.cloudformation import read
from infra.functions import ROOT

from tests.unit.reconciling import LONG, World
from tests.unit.test_reconcile_bill import Day
from tests.unit.test_template import events

ALARMS: dict[str, Any] = read(ROOT / "infra" / "alarms.yaml")["Resources"]
PARAMETERS = read(ROOT / "template.yaml")["Parameters"]
TIMERS = {
    function: PARAMETERS[told["Ref"]]["Default"] if isinstance(told := event["ScheduleExpression"], dict) else told
    for function, event in events("ScheduleV2")
}
WEEK_SECONDS = 7 * 24 * 3600
HOUR_SECONDS = 3600


def each(name: str) -> tuple[list[str], dict[str, Any]]:
    """Return what a repeated alarm is repeated for, and its properties."""
    _, values, (alarm,) = (*ALARMS[f"Fn::ForEach::{name}"][:2], ALARMS[f"Fn::ForEach::{name}"][2].values())
    return values, alarm["Properties"]


def test_no_timer_waits_for_three_errors_in_minutes() -> None:
    assert not set(TIMERS) & {name.replace("-", "_") for name in each("Errors")[0]}


def test_a_timer_that_does_not_come_to_its_end_is_missed() -> None:
    daily, alarm = each("DailySilent")
    assert sorted(daily) == sorted(name for name, schedule in TIMERS.items() if schedule.startswith("cron"))
    # CloudWatch looks back a week at most; a run of a quarter of an hour must not be missed while it lasts.
    assert 25 * HOUR_SECONDS <= alarm["Period"] * alarm["EvaluationPeriods"] <= WEEK_SECONDS
    often = ALARMS["ReconciliationSilent"]["Properties"]
    assert [often["Dimensions"][0]["Value"]] == [name for name, schedule in TIMERS.items() if schedule.startswith("rate")]
    assert (alarm["TreatMissingData"], often["TreatMissingData"]) == ("breaching", "breaching")


def test_whatever_the_daily_run_leaves_to_a_person_is_an_alarm() -> None:
    told = {name for name in Day().reconciliation().run(None) if not name.endswith("Fen")}
    repaired = {"latePayments", "refunds", "suspendedOrders", "unappliedLocks"}
    assert {*each("DailyFindings")[0], ALARMS["BillMissing"]["Properties"]["MetricName"]} == told - repaired


def test_a_bill_that_is_late_once_is_no_alarm() -> None:
    minute, hours, *_ = TIMERS["reconcile_bill"].removeprefix("cron(").split()
    alarm = ALARMS["BillMissing"]["Properties"]
    # CloudWatch's days begin at midnight of UTC, as the schedule's do.
    assert alarm["Period"] == 24 * HOUR_SECONDS
    assert (minute.isdigit(), alarm["Statistic"], alarm["Threshold"]) == (True, "Sum", len(hours.split(",")) - 1)


def test_whatever_no_run_can_help_is_an_alarm() -> None:
    assert set(each("NeedsAPerson")[0]) <= set(World().reconciliation().run(0, LONG))


def test_paid_orders_that_wait_for_their_hospital_are_an_alarm() -> None:
    alarm = ALARMS["UnconfirmedOrders"]["Properties"]
    assert alarm["MetricName"] in World().reconciliation().run(0, LONG)
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")
