"""All errors that the product answers with, in words of the domain.

The category (the direct subclass of DomainError) decides the HTTP status (`runtime.errors`); `kind` names the problem document. What a
caller needs in order to act is in fields of the error, never only in its text.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from guahao.domain.time import SHANGHAI


class DomainError(Exception):
    """An error with a title for its kind, a sentence on what to do next, the rule behind it and the time of the next try."""

    kind: ClassVar[str] = "refused"
    title: ClassVar[str] = "The request was refused"

    def __init__(self, detail: str, *, rule: str | None = None, retry_at: datetime | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.rule = rule
        self.retry_at = retry_at.astimezone(SHANGHAI) if retry_at else None


class Invalid(DomainError):
    """The request is malformed; `errors` names each fault as `{field, reason}`."""

    kind, title = "invalid-request", "The request is not valid"

    def __init__(self, detail: str, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(detail)
        self.errors = errors or []


def wrong_cursor() -> Invalid:
    """Return the error for a cursor that no answer of the list has given."""
    reason = "take it from `nextCursor` of an earlier answer of the same list"
    return Invalid("This cursor is not one of ours.", [{"field": "cursor", "reason": reason}])


class Unauthenticated(DomainError):
    kind, title = "unauthenticated", "Who is asking is not known"


class Forbidden(DomainError):
    kind, title = "forbidden", "This is not allowed"


class NotFound(DomainError):
    kind, title = "not-found", "There is no such thing"


def no_such_hospital() -> NotFound:
    """Return the error for a hospital's code that no hospital has."""
    return NotFound("There is no hospital with this code. GET /api/admin/hospital-settings lists those there are.")


class Conflict(DomainError):
    kind, title = "conflict", "The state of things does not allow it"


class Unprocessable(DomainError):
    kind, title = "unprocessable", "A rule does not allow it"


class TooMany(DomainError):
    kind, title = "too-many-requests", "Too many requests"


class ChallengeNeeded(TooMany):
    """The same request passes with the answer to the challenge."""

    kind, title = "challenge-needed", "A challenge is to be solved first"

    def __init__(self, detail: str, *, salt: str, bits: int, expires_at: datetime, rule: str | None = None) -> None:
        super().__init__(detail, rule=rule)
        self.salt = salt
        self.bits = bits
        self.expires_at = expires_at.astimezone(SHANGHAI)


class Unavailable(DomainError):
    """A part that the product needs does not answer; the same request may succeed later."""

    kind, title = "unavailable", "Temporarily unavailable"


class WrongLoginCode(Unauthenticated):
    kind, title = "wrong-login-code", "The code is wrong, used or expired"


class WrongCredentials(Unauthenticated):
    kind, title = "wrong-credentials", "The name, the password or the code is wrong"


class IdentityNotVerified(Forbidden):
    kind, title = "identity-not-verified", "The identity is not verified"


class AccountLocked(Forbidden):
    kind, title = "account-locked", "The account is locked"


class NumberSoldOut(Conflict):
    kind, title = "sold-out", "No number is left"


class DuplicateBooking(Conflict):
    kind, title = "duplicate-booking", "The patient already has such a booking"


class BookingCapReached(Conflict):
    kind, title = "booking-cap", "The patient has as many bookings as allowed"


class UnpaidEnds(Conflict):
    kind, title = "unpaid-ends", "Too many numbers were held and not paid for"


class UnpaidHolds(Conflict):
    kind, title = "unpaid-holds", "Too many numbers wait for payment"


class BookingBanned(Conflict):
    kind, title = "booking-banned", "The patient has missed too many visits"


class BookingNotBanned(Conflict):
    kind, title = "booking-not-banned", "The patient may book"


class OrderStateConflict(Conflict):
    kind, title = "order-state", "The order's state does not allow it"


class ScheduleSuspended(Conflict):
    kind, title = "schedule-suspended", "The schedule is suspended"


class ScheduleClosed(Conflict):
    kind, title = "schedule-closed", "The schedule takes no bookings"


class NotReleased(Unprocessable):
    kind, title = "not-released", "The numbers are not released yet"


class SchedulePast(Unprocessable):
    kind, title = "schedule-past", "Booking for this schedule has ended"


class QuitDeadlinePassed(Unprocessable):
    kind, title = "quit-deadline-passed", "The time for cancelling has passed"


class IdempotencyKeyReused(Unprocessable):
    kind, title = "idempotency-key-reused", "The key belongs to a different request"


class DictionaryChanged(Conflict):
    """Another dictionary was published in the meantime, or the version in use was removed."""

    kind, title = "dictionary-changed", "The dictionary has changed in the meantime"


class NameDiffers(Conflict):
    kind, title = "name-differs", "Name and certificate number do not fit"


class CertificateMissing(Conflict):
    kind, title = "certificate-missing", "The patient has no certificate"


class DuplicateCertificate(Conflict):
    kind, title = "duplicate-certificate", "This certificate is already registered"


class SpreadsheetRefused(Invalid):
    kind, title = "spreadsheet-refused", "The file is not a spreadsheet that can be read"


class PatientCapReached(Conflict):
    kind, title = "patient-cap", "The account has as many patients as allowed"


class PatientHasBookings(Conflict):
    kind, title = "patient-has-bookings", "The patient has bookings to come"


class IdentityStateConflict(Conflict):
    kind, title = "identity-state", "The state of the identity does not allow it"


class LockStateConflict(Conflict):
    kind, title = "lock-state", "The account is locked, or open, already"


class AdministratorConflict(Conflict):
    kind, title = "administrator-conflict", "The administrators, as they are, do not allow it"


class HospitalConflict(Conflict):
    kind, title = "hospital-conflict", "The hospital, as it is, does not allow it"


class NotificationRefused(Unauthenticated):
    kind, title = "notification-refused", "The notification cannot be trusted"


class PaymentMismatch(Unprocessable):
    kind, title = "payment-mismatch", "The payment does not fit the order"


class SmsLimitReached(Unavailable):
    """The operator takes no further SMS for this phone just now."""

    kind, title = "sms-limit", "The phone has been sent as many SMS as its operator allows"


class ProviderUnavailable(Unavailable):
    kind, title = "payment-provider-unavailable", "The payment provider does not answer"


class BalanceTooLow(ProviderUnavailable):
    """The provider refuses refunds for lack of money, but answers everything else."""

    kind, title = "merchant-balance-too-low", "The merchant's account holds less than is to be given back"


class SmsRefused(Unprocessable):
    """The operator takes no such SMS for this phone, whenever it is asked; the reason is the operator's own code."""

    kind, title = "sms-refused", "This phone cannot be sent the SMS"

    def __init__(self, reason: str) -> None:
        super().__init__("Check the phone number, or use another one.")
        self.reason = reason


class HospitalUnreachable(Unavailable):
    kind, title = "hospital-unreachable", "The hospital's system does not answer"


class HospitalRefused(Conflict):
    """The hospital refused the order; repeating the request changes nothing."""

    kind, title = "hospital-refused", "The hospital refused"


class PoolUnavailable(Unavailable):
    """The number pools do not answer; callers use the store of record instead."""

    kind, title = "pool-unavailable", "The number pool does not answer"
