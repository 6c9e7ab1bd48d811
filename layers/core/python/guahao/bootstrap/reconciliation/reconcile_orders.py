"""Builds what brings to their end the orders, schedules and pools that something was lost for."""

from functools import cache

from guahao.adapters.redis.number_pool_checks import RedisPools
from guahao.adapters.redis.partners import RedisPublicationLock
from guahao.bootstrap import parts
from guahao.bootstrap.hospitals.partner_calls import partner_calls
from guahao.bootstrap.payment.payment import payments, settlements
from guahao.contracts.confirmation_policy import ConfirmationPolicySetting
from guahao.runtime import settings
from guahao.usecases.booking.number_pool_checks import PoolChecks
from guahao.usecases.reconciliation.out_of_step import OutOfStep
from guahao.usecases.reconciliation.reconcile_orders import Reconciliation
from guahao.usecases.reconciliation.unconfirmed import UnconfirmedOrders


@cache
def reconciliation() -> Reconciliation:
    pools = PoolChecks(RedisPools(parts.redis()), parts.numbers().of, parts.utc_now)
    schedules = OutOfStep(parts.catalog(), parts.numbers(), parts.number_pool(), RedisPublicationLock(parts.redis()), parts.utc_now)
    policy = ConfirmationPolicySetting.model_validate_json(settings.text("CONFIRMATION_POLICY")).policy()
    unconfirmed = UnconfirmedOrders(parts.orders(), parts.catalog(), policy, parts.utc_now)
    return Reconciliation(parts.order_index(), payments(), settlements(), partner_calls(), unconfirmed, pools, schedules, parts.utc_now)
