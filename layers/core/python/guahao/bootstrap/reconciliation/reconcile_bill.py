"""Builder of the daily reconciliation."""

from functools import cache

from guahao.bootstrap import parts
from guahao.bootstrap.hospitals.changed_schedules import suspended_schedules
from guahao.bootstrap.payment.payment import payments, settlements
from guahao.usecases.reconciliation.reconcile_bill import Bills, DailyReconciliation
from guahao.usecases.reconciliation.withdrawals import Withdrawals


@cache
def daily_reconciliation() -> DailyReconciliation:
    stores = parts.numbers().of, parts.hospital_settings(), parts.catalog(), parts.number_pool()
    bills = Bills(parts.order_index(), payments(), settlements())
    return DailyReconciliation(Withdrawals(suspended_schedules(), *stores, parts.utc_now), bills, parts.utc_now)
