"""Versions of ledgers, as the stores in memory share them."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from guahao.domain.booking.ledger import Ledger

_firsts = count(1_000, 1_000)


def written(ledger: Ledger) -> Ledger:
    """Return the ledger one version on; a first version is none that a removed ledger had."""
    return replace(ledger, version=(ledger.version or next(_firsts)) + 1)
