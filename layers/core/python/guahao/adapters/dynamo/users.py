"""Users found over two indexes of the accounts table, and changed together with their audit entry."""

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
from guahao.adapters.dynamo.cursors import cursor_of, place_of, wrong_cursor
from guahao.adapters.dynamo.ledgers import LedgerItem, ledger_unmoved
from guahao.domain.accounts import User
from guahao.domain.audit_log import Deed
from guahao.domain.ledger import Ledger
from guahao.domain.users import UserFilter, UserStatus
from guahao.ports.accounts import UserMoved
from guahao.ports.patients import PatientMoved
from guahao.ports.users import UserPage

# How many users of a name are read for one page when many of them may not fit.
READ_AT_MOST = 200

_REGISTERED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00#\w+", re.ASCII)
_BEHIND_ALL_TIMES = "~"


class DynamoUsers:
    """The users; see `ports.users.UserStore` for what each method promises."""

    def __init__(self, accounts_table: str, log: DynamoAuditLog) -> None:
        use_table(AccountItem, accounts_table)
        self._log = log

    def find(self, wanted: UserFilter, limit: int, cursor: str | None) -> UserPage:
        after = place_of(cursor) if cursor else None
        if wanted.name_prefix:
            return _named(wanted, limit, after)
        return _registered(wanted, limit, after)

    def move(self, before: User, after: User, deed: Deed, now: datetime) -> None:
        def put(transaction: TransactWrite) -> None:
            transaction.save(UserItem.from_domain(after), condition=user_unmoved(before))

        try:
            self._log.append_with(deed, now, put)
        except WritesRefused as refusal:
            raise UserMoved from refusal

    def put_ledger(self, ledger: Ledger, deed: Deed, now: datetime) -> None:
        def put(transaction: TransactWrite) -> None:
            transaction.save(LedgerItem.from_domain(ledger), condition=ledger_unmoved(ledger))

        try:
            self._log.append_with(deed, now, put)
        except WritesRefused as refusal:
            raise PatientMoved from refusal


def _named(wanted: UserFilter, limit: int, after: str | None) -> UserPage:
    """Read the index of names from where the prefix, or the page before, ends; states and days are sorted out here."""
    prefix = wanted.name_prefix
    if after is not None and not after.startswith(prefix):
        raise wrong_cursor()
    begin = UserItem.name_key > after if after else UserItem.name_key >= prefix
    most = READ_AT_MOST if wanted.status or wanted.first or wanted.last else limit
    found = UserItem.by_name.query(prefix[0], begin, limit=most + 1)
    named = takewhile(lambda item: item.name_key.startswith(prefix), found)
    return _page(((item.name_key, item) for item in named), wanted, limit, most)


def _registered(wanted: UserFilter, limit: int, after: str | None) -> UserPage:
    """Merge the index of states, each state newest first; one more than a page holds is read of each."""
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


def _page(found: Iterable[tuple[str, UserItem]], wanted: UserFilter, limit: int, read_at_most: int) -> UserPage:
    """Collect those that fit until the page is full or enough was read; one read more tells whether there is a next page."""
    users: list[User] = []
    last = ""
    for read, (key, item) in enumerate(found):
        if len(users) == limit or read == read_at_most:
            return UserPage(users, cursor_of(last))
        user = item.to_domain()
        if wanted.fits(user):
            users.append(user)
        last = key
    return UserPage(users, None)


def _second(moment: datetime) -> str:
    """Return the text that sorts before every key of that second and behind every earlier one."""
    return moment.isoformat(timespec="seconds").removesuffix("+00:00")
