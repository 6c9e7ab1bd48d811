"""Verify the audit log: print its days and entries, and the first fault if there is one.

Note the printed hash in another place from time to time, and give it to a later run as --noted.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from guahao.adapters.dynamo.audit_log import DynamoAuditLog
from guahao.runtime import settings
from guahao.usecases.administration.audit_log import verify


def describe(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--noted", default="", metavar="HASH", help="a hash printed by an earlier run, which must still be in the chain")


def run(options: Namespace) -> int:
    """Verify the log and return 1 if it is not whole."""
    found = verify(DynamoAuditLog(settings.text("AUDIT_LOG_TABLE")), options.noted)
    print(f"In order: {found.entries} entries, days: {found.days}.")
    if found.fault:
        print(found.fault)
        return 1
    if found.tip:
        print(f"The last is entry {found.tip.sequence} of {found.tip.day}. Its hash: {found.tip.hash}")
    return 0
