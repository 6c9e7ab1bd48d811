"""Which numbers of a schedule are on sale: free ones now, those that patients have if they come back."""

from __future__ import annotations

from collections.abc import Collection
from itertools import count, islice


def on_sale(gone: Collection[int], total: int) -> frozenset[int]:
    """Return as many numbers as the total, those `gone` (held, sold or refused) among them; none where more are gone than the total.

    Whoever books or gives back one of them leaves them as many, so that no more are ever free than the total has left.
    """
    left = total - len(gone)
    if left < 0:
        return frozenset()
    return frozenset(gone).union(islice((number for number in count(1) if number not in gone), left))


def stays_right(gone: Collection[int], total: int) -> bool:
    """Tell whether what is on sale now is so for good. While more are gone than the total, what comes back may be due to be sold later."""
    return total == 0 or len(gone) <= total
