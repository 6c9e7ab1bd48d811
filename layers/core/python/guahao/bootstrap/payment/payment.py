"""Builders of the payment use cases."""

from functools import cache

from guahao.adapters.aws.secrets import secret_json
from guahao.adapters.wechat.payment import WechatAccount, WechatPay
from guahao.bootstrap import parts
from guahao.contracts.messages import HoldEnd
from guahao.runtime import settings
from guahao.usecases.payment.holds import Holds
from guahao.usecases.payment.payment import Checkout, Payments
from guahao.usecases.payment.settlements import Settlements


@cache
def payments() -> Payments:
    notifications = f"{settings.text('PUBLIC_URL')}/api/payments/wechat/notifications"
    account = WechatAccount.from_secret(secret_json(settings.text("WECHAT_PAY_SECRET")), settings.text("WECHAT_PAY_URL"), notifications)
    return Payments(parts.orders(), WechatPay(account), parts.utc_now)


@cache
def checkout() -> Checkout:
    from guahao.adapters.qr import draw_qr
    from guahao.adapters.redis.payment import RedisQrCodes

    return Checkout(payments(), RedisQrCodes(parts.redis()), draw_qr)


@cache
def holds() -> Holds:
    return Holds(payments(), parts.outbox(HoldEnd))


@cache
def settlements() -> Settlements:
    return Settlements(payments())
