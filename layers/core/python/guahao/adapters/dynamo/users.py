"""The search of users over two indexes of the accounts table, and their changes together with audit entries."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import takewhile

from pynamodb.transactions import TransactWrite

from guahao.adapters.dynamo.account_item import AccountItem
from guahao.adapters.dynamo.accounts import UserItem, user_unmoved
from guahao.adapters.dynamo.audit_log import DynamoAuditLog, WritesRefused
from guahao.adapters.dynamo.base import use_table
from guahao.adapters.dynamo.cursors import cursor_of, place_of
from guahao.adapters.dynamo.ledgers import LedgerItem, ledger_unmoved
from guahao.domain.administration.audit_log import AuditEntry
from guahao.domain.booking.ledger import Ledger
from guahao.domain.errors import wrong_cursor
from guahao.domain.people.accounts import User
from guahao.domain.people.users import UserFilter, UserStatus
from guahao.domain.versions import VersionConflict
from guahao.ports.pages import Page

# How many users are read for one page of a search by name when many of them may not fit.
READ_AT_MOST = 200

_REGISTERED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00#\w+", re.ASCII)
_BEHIND_ALL_TIMES = "~"


class DynamoUsers:
    """The store of users; see `ports.people.users.UserStore` for what each method promises."""

    def __init__(self, accounts_table: str, log: DynamoAuditLog) -> None:
        use_table(AccountItem, accounts_table)
        self._log = log

    def find(self, wanted: UserFilter, limit: int, cursor: str | None) -> Page[User]:
        after = place_of(cursor) if cursor else None
        if wanted.name_prefix:
            return _named(wanted, limit, after)
        return _registered(wanted, limit, after)

    def move(self, before: User, after: User, entry: AuditEntry, now: datetime) -> None:
        def put(transaction: TransactWrite) -> None:
            transaction.save(UserItem.from_domain(after), condition=user_unmoved(before))

        try:
            self._log.append_with(entry, now, put)
        except WritesRefused as refusal:
            raise VersionConflict from refusal

    def put_ledger(self, ledger: Ledger, entry: AuditEntry, now: datetime) -> None:
        def put(transaction: TransactWrite) -> None:
            transaction.save(LedgerItem.from_domain(ledger), condition=ledger_unmoved(ledger))

        try:
            self._log.append_with(entry, now, put)
        except WritesRefused as refusal:
            raise VersionConflict from refusal


def _named(wanted: UserFilter, limit: int, after: str | None) -> Page[User]:
    """Read the index of names from the prefix or the cursor on; states and days are filtered here."""
    prefix = wanted.name_prefix
    if after is not None and not after.startswith(prefix):
        raise wrong_cursor()
    begin = UserItem.name_key > after if after else UserItem.name_key >= prefix
    most = READ_AT_MOST if wanted.status or wanted.first or wanted.last else limit
    found = UserItem.by_name.query(prefix[0], begin, limit=most + 1)
    named = takewhile(lambda item: item.name_key.startswith(prefix), found)
    return _page(((item.name_key, item) for item in named), wanted, limit, most)


def _registered(wanted: UserFilter, limit: int, after: str | None) -> Page[User]:
    """Merge the index of states, newest first; of each state one more than a page is read."""
    if after is not None and not _REGISTERED.fullmatch(after):
        raise wrong_cursor()
    first = _second(wanted.begins_at) if wanted.begins_at else ""
    behind = min(after or _BEHIND_ALL_TIMES, _second(wanted.ends_at) if wanted.ends_at else _BEHIND_ALL_TIMES)

    def of(status: UserStatus) -> Iterator[tuple[str, UserItem]]:
        earlier = UserItem.registered < behind
        found = UserItem.by_status.query(status.value, earlier, scan_index_forward=False, limit=limit + 1)
        return ((item.registered, item) for item in takewhile(lambda item: item.registered >= first, found))

    statuses = [wanted.status] if wanted.status else list(UserStatus)
    merged = heapq.merge(*map(of, statuses), key=lambda found: found[0], reverse=True)
    return _page(merged, wanted, limit, limit)


def _page(found: Iterable[tuple[str, UserItem]], wanted: UserFilter, limit: int, read_at_most: int) -> Page[User]:
    """Collect fitting users until the page is full or enough was read; one more is read to know whether there is a next page."""
    users: list[User] = []
    last = ""
    for read, (key, item) in enumerate(found):
        if len(users) == limit or read == read_at_most:
            return Page(users, cursor_of(last))
        user = item.to_domain()
        if wanted.fits(user):
            users.append(user)
        last = key
    return Page(users, None)


def _second(moment: datetime) -> str:
    """Return a text that sorts before every key of that second and after every earlier one."""
    return moment.isoformat(timespec="seconds").removesuffix("+00:00")
