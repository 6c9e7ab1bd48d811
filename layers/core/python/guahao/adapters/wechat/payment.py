"""WeChat Pay v3, Native pay: the payment port over the wechatpayv3 library in public-key mode."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from requests import RequestException

# The package's own class only wraps Core in one method per path; Core signs, sends and verifies.
from wechatpayv3.core import Core
from wechatpayv3.type import RequestType
from wechatpayv3.utils import aes_decrypt, rsa_verify

from guahao.adapters.wechat.messages import Notification, NotifiedRefund, Prepaid, Refund, Transaction
from guahao.adapters.wechat.refusals import code, cut, parsed, refusal, sentence, unavailable
from guahao.domain.errors import NotificationRefused, PaymentMismatch, ProviderUnavailable
from guahao.domain.payment.payment import RefundNews, RefundState, Trade, TradeState
from guahao.ports.payment.payment import PaymentProvider

if TYPE_CHECKING:
    from guahao.domain.payment.bills import BillEntry, UnreadableLine

TIMEOUT_SECONDS = (2.0, 5.0)
NOTIFICATION_AGE_SECONDS = 300

_SHANGHAI = timezone(timedelta(hours=8))
_ALGORITHM = "WECHATPAY2-SHA256-RSA2048"
# WeChat Pay's pages say characters, its checks count the bytes of UTF-8.
_DESCRIPTION_BYTES = 127
_REASON_BYTES = 80
_TRADES = "/v3/pay/transactions"
_REFUNDS = "/v3/refund/domestic/refunds"
_BILLS = "/v3/bill/tradebill"
# Errors that a retry cannot change: the trade is not what we believe.
_NOT_PAYABLE = {"ORDERPAID", "ORDERCLOSED", "OUTTRADENOUSED", "INVALIDREQUEST"}


@dataclass(frozen=True)
class WechatAccount:
    """A merchant's account at WeChat Pay, and the addresses of both sides; its repr hides the secrets."""

    appid: str
    mchid: str
    merchant_serial: str
    merchant_private_key: str = field(repr=False)
    api_v3_key: str = field(repr=False)
    platform_public_key: str = field(repr=False)
    platform_public_key_id: str
    gateway_url: str
    notify_url: str

    @classmethod
    def from_secret(cls, secret: Mapping[str, str], gateway_url: str, notify_url: str) -> WechatAccount:
        """Build the account from the stored secret, a JSON object in camelCase."""
        return cls(
            appid=secret["appid"],
            mchid=secret["mchid"],
            merchant_serial=secret["merchantSerial"],
            merchant_private_key=secret["merchantPrivateKey"],
            api_v3_key=secret["apiV3Key"],
            platform_public_key=secret["platformPublicKey"],
            platform_public_key_id=secret["platformPublicKeyId"],
            gateway_url=gateway_url.rstrip("/"),
            notify_url=notify_url,
        )


class _Core(Core):  # type: ignore[misc]
    """The library's core, for one gateway and for the one public key that we trust."""

    def __init__(self, account: WechatAccount, timeout_seconds: tuple[float, float]) -> None:
        super().__init__(
            mchid=account.mchid,
            cert_serial_no=account.merchant_serial,
            private_key=account.merchant_private_key,
            apiv3_key=account.api_v3_key,
            timeout=timeout_seconds,
            public_key=account.platform_public_key,
            public_key_id=account.platform_public_key_id,
        )
        self._gate_way = account.gateway_url

    def trusts(self, headers: Mapping[str, str], body: str) -> bool:
        """Tell whether WeChat Pay's key signed the body; the names of the headers are in lower case.

        The library's own check downloads certificates for an unknown serial number, and raises a bare Exception for another algorithm. The
        headers of a stranger must do neither.
        """
        if headers.get("wechatpay-serial") != self._public_key_id or headers.get("wechatpay-signature-type") != _ALGORITHM:
            return False
        timestamp, nonce, signature = (headers.get(f"wechatpay-{part}", "") for part in ("timestamp", "nonce", "signature"))
        try:
            return bool(rsa_verify(timestamp, nonce, body, signature, self._public_key))
        except UnicodeEncodeError:
            return False

    def _verify_signature(self, headers: Mapping[str, str], body: str) -> bool:
        # The library would raise a bare Exception after False. It finds the headers of its answers in any case.
        if not self.trusts(headers, body):
            raise ProviderUnavailable("WeChat Pay's answer is not signed with its key.")
        return True


class WechatPay(PaymentProvider):
    """The payment provider WeChat Pay. Our trade numbers are its `out_trade_no`. Building an instance makes no request."""

    def __init__(self, account: WechatAccount, timeout_seconds: tuple[float, float] = TIMEOUT_SECONDS) -> None:
        self._account = account
        self._core = _Core(account, timeout_seconds)

    def open(self, trade_no: str, amount_fen: int, description: str, expires_at: datetime) -> str:
        """Open the trade, or find it open, and return its `code_url`; a trade that cannot be paid any more raises PaymentMismatch."""
        status, text = self._call(
            RequestType.POST,
            f"{_TRADES}/native",
            {
                "appid": self._account.appid,
                "mchid": self._account.mchid,
                # A bill sets its texts apart by backquotes.
                "description": cut(description.replace("`", ""), _DESCRIPTION_BYTES),
                "out_trade_no": trade_no,
                "time_expire": expires_at.astimezone(_SHANGHAI).isoformat(timespec="seconds"),
                "notify_url": self._account.notify_url,
                "amount": {"total": amount_fen, "currency": "CNY"},
            },
        )
        if status == 200:
            return parsed(Prepaid, text).code_url
        if code(text) in _NOT_PAYABLE:
            raise PaymentMismatch(f"Trade {trade_no} cannot be opened for payment: {sentence(status, text)}.")
        raise unavailable(status, text)

    def query(self, trade_no: str) -> Trade:
        """Return what WeChat Pay knows of the trade, `TradeState.UNKNOWN` if nothing."""
        path = f"{_TRADES}/out-trade-no/{quote(trade_no, safe='')}?mchid={self._account.mchid}"
        status, text = self._call(RequestType.GET, path)
        if status == 200:
            found = parsed(Transaction, text)
            if found.mchid != self._account.mchid or found.out_trade_no != trade_no:
                raise ProviderUnavailable("WeChat Pay answered with another trade than the one asked for.")
            return found.trade()
        if code(text) in ("ORDERNOTEXIST", "RESOURCENOTEXISTS"):
            return Trade(trade_no, TradeState.UNKNOWN)
        raise refusal(f"Trade {trade_no} cannot be asked about", status, text)

    def close(self, trade_no: str) -> None:
        """Close the trade. A closed or unknown one needs no closing; a paid one raises PaymentMismatch."""
        path = f"{_TRADES}/out-trade-no/{quote(trade_no, safe='')}/close"
        status, text = self._call(RequestType.POST, path, {"mchid": self._account.mchid})
        if status == 204 or code(text) in ("ORDERCLOSED", "ORDERNOTEXIST"):
            return
        if code(text) == "ORDERPAID":
            raise PaymentMismatch(f"Trade {trade_no} is paid and cannot be closed any more.")
        raise refusal(f"Trade {trade_no} cannot be closed", status, text)

    def refund(self, trade_no: str, refund_no: str, amount_fen: int, total_fen: int, reason: str) -> RefundState:
        """Ask for the amount back, once per `refund_no`; a trade for which that is refused raises PaymentMismatch."""
        status, text = self._call(
            RequestType.POST,
            _REFUNDS,
            {
                "out_trade_no": trade_no,
                "out_refund_no": refund_no,
                "notify_url": self._account.notify_url,
                "reason": cut(reason, _REASON_BYTES),
                "amount": {"refund": amount_fen, "total": total_fen, "currency": "CNY"},
            },
        )
        if status == 200:
            return self._refund(refund_no, text).state()
        raise refusal(f"Trade {trade_no} cannot be refunded", status, text)

    def refund_state(self, refund_no: str) -> RefundState | None:
        """Return the state of the refund, None if WeChat Pay does not know it."""
        status, text = self._call(RequestType.GET, f"{_REFUNDS}/{quote(refund_no, safe='')}")
        if status == 200:
            return self._refund(refund_no, text).state()
        if code(text) == "RESOURCENOTEXISTS":
            return None
        raise refusal(f"Refund {refund_no} cannot be asked about", status, text)

    def bill(self, day: date) -> Iterator[BillEntry | UnreadableLine]:
        """Yield the payments and refunds of the day, none if there is no bill because there was no trade."""
        # Imported here, because only one function a day reads bills.
        from guahao.adapters.wechat.bills import Statement, read_bill

        status, text = self._call(RequestType.GET, f"{_BILLS}?bill_date={day.isoformat()}&bill_type=ALL")
        if code(text) == "NOSTATEMENTEXIST":
            return iter(())
        if status != 200:
            raise unavailable(status, text)
        statement = parsed(Statement, text)
        return read_bill(statement.proven(self._file(statement.download_url)))

    def read_notification(self, headers: Mapping[str, str], body: str, now: datetime) -> Trade | RefundNews:
        """Return the paid trade or the refund of a genuine, fresh notification meant for us, or raise NotificationRefused."""
        lowered = {name.lower(): value for name, value in headers.items()}
        timestamp = lowered.get("wechatpay-timestamp", "")
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            raise _unsigned()
        if abs(now.timestamp() - int(timestamp)) > NOTIFICATION_AGE_SECONDS:
            raise NotificationRefused("The notification was signed more than five minutes away from now.")
        if not self._core.trusts(lowered, body):
            raise _unsigned()
        try:
            return self._told(Notification.model_validate_json(body))
        except ValueError as error:
            # pydantic's ValidationError, a broken base64 or UTF-8 text and a nonce of the wrong size are all ValueErrors.
            raise NotificationRefused("The notification does not have the shape of a payment or a refund.") from error

    def _told(self, notification: Notification) -> Trade | RefundNews:
        event, _, _ = notification.event_type.partition(".")
        if notification.event_type != "TRANSACTION.SUCCESS" and event != "REFUND":
            raise NotificationRefused(f"The notification is of the kind {notification.event_type[:40]!r}, not of a payment or a refund.")
        sealed = notification.resource
        plain = aes_decrypt(sealed.nonce, sealed.ciphertext, sealed.associated_data, self._account.api_v3_key)
        if plain is None:
            raise NotificationRefused("The notification's content cannot be decrypted with our key.")
        if event == "REFUND":
            refund = NotifiedRefund.model_validate_json(plain)
            self._require_ours(refund)
            return refund.told()
        found = Transaction.model_validate_json(plain)
        self._require_ours(found)
        if found.trade_state != "SUCCESS" or found.amount is None or found.transaction_id is None:
            raise NotificationRefused("The notification is not about a paid trade.")
        return found.trade()

    def _require_ours(self, found: Transaction | NotifiedRefund) -> None:
        if found.mchid != self._account.mchid:
            raise NotificationRefused("The notification is for another merchant.")

    def _refund(self, refund_no: str, text: str) -> Refund:
        found = parsed(Refund, text)
        if found.out_refund_no != refund_no:
            raise ProviderUnavailable("WeChat Pay answered with another refund than the one asked for.")
        return found

    def _file(self, url: str) -> bytes:
        """Return a file of the gateway; files are the only answers without a signature."""
        parts = urlsplit(url)
        with _answering():
            status, content = self._core.request(f"{parts.path}?{parts.query}", skip_verify=True)
        if status != 200:
            raise unavailable(status, "")
        return content.encode() if isinstance(content, str) else content

    def _call(self, method: RequestType, path: str, data: Mapping[str, object] | None = None) -> tuple[int, str]:
        with _answering():
            status, text = self._core.request(path, method=method, data=data)
        return status, text.decode(errors="replace") if isinstance(text, bytes) else text


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except RequestException as error:
        raise ProviderUnavailable("WeChat Pay does not answer; try again in a moment.") from error


def _unsigned() -> NotificationRefused:
    """Return the refusal of whatever WeChat Pay did not sign, in the same words: a stranger learns nothing of what was wrong."""
    return NotificationRefused("The notification is not signed with WeChat Pay's key.")
