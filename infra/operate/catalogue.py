"""Make the indexes that the catalogue's queries use, on the database whose address is in the secret MONGODB_SECRET; again changes nothing.

Run it before the first hospital is published, and after each deployment.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from guahao.adapters.mongo.catalog import ensure_indexes
from guahao.bootstrap import parts


def describe(_: ArgumentParser) -> None:
    """Declare that there are no arguments."""


def run(_: Namespace) -> int:
    """Make the indexes and return 0."""
    ensure_indexes(parts.mongodb())
    print("The catalogue's indexes are there.")
    return 0
