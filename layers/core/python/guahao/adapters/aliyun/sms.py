"""SMS through Alibaba Cloud: SendSms of its SMS service (version 2017-05-25)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any
from uuid import uuid4

from urllib3 import PoolManager, Timeout
from urllib3.exceptions import HTTPError, ProtocolError, ReadTimeoutError

from guahao.adapters.aliyun.signing import NO_BODY, authorization, canonical_query
from guahao.domain.errors import SmsLimitReached, SmsRefused, Unavailable
from guahao.domain.notices.wording import Text, values_of
from guahao.ports.clock import Clock

URL = "https://dysmsapi.aliyuncs.com"

_ACTION, _VERSION = "SendSms", "2017-05-25"
_TIMEOUT = Timeout(connect=1, read=3)
_TAKEN = "OK"
# More than 1 a minute, 5 an hour or 10 a day to one phone; which of them, only the words of the answer tell.
_OVER_LIMIT = "isv.BUSINESS_LIMIT_CONTROL"
# What asking again cannot change: it is about the number or the text, not about the account or the moment.
_LASTING = {
    *("isv.MOBILE_NUMBER_ILLEGAL", "isv.BLACK_KEY_CONTROL_LIMIT", "isv.PARAM_LENGTH_LIMIT", "isv.PARAM_NOT_SUPPORT_URL"),
    "isv.SMS_CONTENT_ILLEGAL",
}


@dataclass(frozen=True)
class AliyunAccount:
    """An account at Alibaba Cloud, with its signatures by language (zh, en) and its registered templates by language and our template."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    sign_names: Mapping[str, str]
    template_codes: Mapping[str, Mapping[str, str]]

    @classmethod
    def from_secret(cls, secret: Mapping[str, Any]) -> AliyunAccount:
        """Build the account from the stored secret, a JSON object in camelCase."""
        return cls(secret["accessKeyId"], secret["accessKeySecret"], secret["signNames"], secret["templateCodes"])


class AliyunSms:
    """Sends SMS to mainland numbers, by templates registered for the account; see `ports.notices.notices.Sms`."""

    def __init__(self, account: AliyunAccount, clock: Clock, url: str = URL) -> None:
        self._account = account
        self._clock = clock
        self._url = url

    def send(self, phone: str, text: Text) -> None:
        """Hand the values to the operator, which words them, or raise Unavailable or SmsRefused if it surely did not take them.

        The operator does not recognise a repeat, so there is one attempt, and an unclear or missing answer counts as success.
        """
        path = f"/?{canonical_query(self._parameters(phone, text))}"
        try:
            # A new connection each time: an old one may be dead after this process was frozen, and its reset would count as sent.
            with PoolManager() as pool:
                answer = pool.request("POST", self._url + path, headers=self._signed(path), retries=False, timeout=_TIMEOUT)
        except (ReadTimeoutError, ProtocolError):
            return
        except HTTPError as error:
            # The address contains phone and text, and errors contain the address, so the log must not show them.
            raise _not_taken(type(error).__name__) from None
        code = _code(answer.data)
        if code == _OVER_LIMIT:
            raise SmsLimitReached("The SMS service takes no further message for this phone. Try again in an hour.")
        if code in _LASTING:
            raise SmsRefused(code)
        if code not in (_TAKEN, None):
            raise _not_taken(code)

    def _parameters(self, phone: str, text: Text) -> dict[str, str]:
        code = self._account.template_codes.get(text.language, {}).get(text.template)
        sign_name = self._account.sign_names.get(text.language)
        if not code or not sign_name:
            raise Unavailable(f"The SMS account has no {text.language} template or signature for {text.template}: complete its secret.")
        written = json.dumps(values_of(text), ensure_ascii=False, separators=(",", ":"))
        return {"PhoneNumbers": phone, "SignName": sign_name, "TemplateCode": code, "TemplateParam": written}

    def _signed(self, path: str) -> dict[str, str]:
        headers = {
            "host": self._url.partition("://")[2],
            "x-acs-action": _ACTION,
            "x-acs-content-sha256": NO_BODY,
            "x-acs-date": f"{self._clock().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "x-acs-signature-nonce": uuid4().hex,
            "x-acs-version": _VERSION,
        }
        key_id, key = self._account.access_key_id, self._account.access_key_secret
        return headers | {"authorization": authorization(key_id, key, "POST", path, headers)}


def _code(body: bytes) -> str | None:
    """Return the code of an answer, None if the service did not send it."""
    try:
        document = json.loads(body)
    except ValueError:
        return None
    return str(document["Code"]) if isinstance(document, dict) and "Code" in document else None


def _not_taken(reason: str) -> Unavailable:
    return Unavailable(f"The SMS service took no message ({reason}). Try again in a minute.")
