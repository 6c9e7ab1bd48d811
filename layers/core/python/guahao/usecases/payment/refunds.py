"""Refunds at the provider, each asked for until one try of it is not closed."""

from __future__ import annotations

from typing import NamedTuple

from guahao.domain.errors import PaymentMismatch
from guahao.domain.payment.payment import RefundState
from guahao.domain.payment.refund_numbers import MOST_TRIES, try_no
from guahao.ports.payment.payment import PaymentProvider


class Try(NamedTuple):
    """The try of a refund that counts: its number, and how far it is, None if it was not asked for yet."""

    number: str
    state: RefundState | None


def last_try(provider: PaymentProvider, refund_no: str) -> Try:
    """Return the try that the provider has not closed, or the one to come; a closed one gives nothing back and ends for good.

    Whoever asks at once finds the same number, so that it is given back once.
    """
    for attempt in range(1, MOST_TRIES + 1):
        number = try_no(refund_no, attempt)
        state = provider.refund_state(number)
        if state is not RefundState.CLOSED:
            return Try(number, state)
    raise PaymentMismatch(f"The provider has closed every try of the refund {refund_no}.")
