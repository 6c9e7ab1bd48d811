"""Builder of the use case for refunds by hand."""

from functools import cache

from guahao.adapters.dynamo.refunds_by_hand import DynamoAuditedOrders
from guahao.bootstrap import parts
from guahao.bootstrap.payment.payment import payments
from guahao.runtime import settings
from guahao.usecases.payment.refunds_by_hand import RefundsByHand


@cache
def refunds_by_hand() -> RefundsByHand:
    return RefundsByHand(payments(), DynamoAuditedOrders(settings.text("ORDERS_TABLE"), parts.audit_log(), parts.trace))
