"""WeChat Pay's notifications of payments."""

from guahao.bootstrap.payment.payment import payments
from guahao.runtime.api import Allow, Answer, Api, Call

handler = Api("payment_notify")


@handler.route("POST", "/api/payments/wechat/notifications", allow=Allow.PROVIDER, status=204)
def notify(call: Call[None]) -> Answer:
    """Take a signed notification; any answer but 204 makes the provider send it again."""
    payments().notified(call.headers, call.raw_body)
    return Answer(status=204)
