"""Every refusal of the product, as words of the domain.

A class stands under the category that decides its HTTP status (`runtime.errors`); `kind` names its problem document. What a caller
needs in order to act travels as fields of the error, never only in its text.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from guahao.domain.time import SHANGHAI


class DomainError(Exception):
    """A refusal with a title for its kind, a sentence on what to do next, the rule behind it and the time that heals it."""

    kind: ClassVar[str] = "refused"
    title: ClassVar[str] = "The request was refused"

    def __init__(self, detail: str, *, rule: str | None = None, retry_at: datetime | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.rule = rule
        self.retry_at = retry_at.astimezone(SHANGHAI) if retry_at else None


class Invalid(DomainError):
    """The request itself is malformed; `errors` names each fault as `{field, reason}`."""

    kind, title = "invalid-request", "The request is not valid"

    def __init__(self, detail: str, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(detail)
        self.errors = errors or []


class Unauthenticated(DomainError):
    kind, title = "unauthenticated", "Who is asking is not known"


class Forbidden(DomainError):
    kind, title = "forbidden", "This is not allowed"


class NotFound(DomainError):
    kind, title = "not-found", "There is no such thing"


class Conflict(DomainError):
    kind, title = "conflict", "The state of things does not allow it"


class Unprocessable(DomainError):
    kind, title = "unprocessable", "A rule does not allow it"


class TooMany(DomainError):
    kind, title = "too-many-requests", "Too many requests"


class Unavailable(DomainError):
    """A part that the product stands on does not answer; the same request may succeed later."""

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


class BookingSuspended(Conflict):
    kind, title = "booking-suspended", "The patient has missed too many visits"


class BookingsNotSuspended(Conflict):
    kind, title = "bookings-not-suspended", "The patient may book"


class OrderStateConflict(Conflict):
    kind, title = "order-state", "The order's state does not allow it"


class SessionSuspended(Conflict):
    kind, title = "session-suspended", "The session is suspended"


class SessionClosed(Conflict):
    kind, title = "session-closed", "The session takes no bookings"


class NotReleased(Unprocessable):
    kind, title = "not-released", "The numbers are not released yet"


class SessionPast(Unprocessable):
    kind, title = "session-past", "Booking for this session has ended"


class QuitDeadlinePassed(Unprocessable):
    kind, title = "quit-deadline-passed", "The time for cancelling has passed"


class IdempotencyKeyReused(Unprocessable):
    kind, title = "idempotency-key-reused", "The key belongs to a different request"


class DictionaryChanged(Conflict):
    """Another dictionary was published in the meantime, or the version at hand is gone."""

    kind, title = "dictionary-changed", "The dictionary has changed in the meantime"


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


class ProviderUnavailable(Unavailable):
    kind, title = "payment-provider-unavailable", "The payment provider does not answer"


class BalanceTooLow(ProviderUnavailable):
    """The provider refuses one refund after the other, and answers all else."""

    kind, title = "merchant-balance-too-low", "The merchant's account holds less than is to be given back"


class HospitalUnreachable(Unavailable):
    kind, title = "hospital-unreachable", "The hospital's system does not answer"


class HospitalRefused(Conflict):
    """The hospital answered that it will not take the order; asking again changes nothing."""

    kind, title = "hospital-refused", "The hospital refused"


class PoolUnavailable(Unavailable):
    """The fast path is gone; callers fall back to the store of record."""

    kind, title = "pool-unavailable", "The number pool does not answer"
