"""Chooses who sends SMS, once for each process: a process loads that operator's libraries alone."""

from __future__ import annotations

from functools import cache

from guahao.ports.notices import Sms
from guahao.runtime import settings


@cache
def sms() -> Sms:
    """Return the operator that the configuration names."""
    if settings.text("SMS_PROVIDER") == "aliyun":
        from guahao.adapters.aliyun.sms import AliyunAccount, AliyunSms
        from guahao.adapters.aws.secrets import secret_json
        from guahao.adapters.clock import utc_now

        return AliyunSms(AliyunAccount.from_secret(secret_json(settings.text("SMS_SECRET"))), utc_now)
    from guahao.adapters.aws.sms import SnsSms

    return SnsSms()
