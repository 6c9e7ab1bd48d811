"""Builder of the reconciliation of orders and number pools."""

from functools import cache

from guahao.adapters.redis.number_pool_checks import RedisPools
from guahao.bootstrap import parts
from guahao.bootstrap.hospitals.partner_calls import partner_calls
from guahao.bootstrap.payment.payment import payments, settlements
from guahao.usecases.booking.number_pool_checks import PoolChecks
from guahao.usecases.reconciliation.reconcile_orders import Reconciliation


@cache
def reconciliation() -> Reconciliation:
    pools = PoolChecks(RedisPools(parts.redis()), parts.numbers().of, parts.utc_now)
    return Reconciliation(parts.order_index(), payments(), settlements(), partner_calls(), pools, parts.utc_now)
