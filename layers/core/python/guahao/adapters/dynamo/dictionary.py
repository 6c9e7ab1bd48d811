"""The dictionary in one table, with its versions side by side.

    node                       item                          holds
    current                    version                       the current version
    versions                   <version>                     its state, and since when
    <version>#<id>             self                          that the entry exists
    <version>#<id>             child#<position>#<child id>   an entry below it
    <version>#<code>/<value>   term                          the name of the value
    <version>#<code>           root                          the id of the root
    <version>                  <a key>                       some keys of the version, stored before their items are written

One query reads a level of the tree. The stored keys allow removing the version even if the writing stopped in the middle.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import islice

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.exceptions import DoesNotExist, TransactWriteError, UpdateError
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from guahao.adapters.dynamo.base import Item, connection, store_unavailable, use_table
from guahao.adapters.dynamo.bulk import delete_all, put_all
from guahao.domain.dictionary.dictionary import TOP, Entry, Term
from guahao.domain.errors import DictionaryChanged

_CURRENT = ("current", "version")
_VERSIONS = "versions"
_CHILD, _SELF, _TERM, _ROOT = "child#", "self", "term", "root"
# The number of keys in one item, far from the limit of 400 KB.
_NOTED = 1000
_BEGUN, _PUBLISHED, _DROPPING = "begun", "published", "dropping"


class DictionaryItem(Item):
    """Any item of the table; each kind fills its own attributes."""

    class Meta:
        table_name = ""

    node = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    version = UnicodeAttribute(null=True)
    state = UnicodeAttribute(null=True)
    since = UTCDateTimeAttribute(null=True)
    entry_id = NumberAttribute(null=True)
    parent_id = NumberAttribute(null=True)
    name = UnicodeAttribute(null=True)
    value = UnicodeAttribute(null=True)
    code = UnicodeAttribute(null=True)
    position = NumberAttribute(null=True)
    has_children = BooleanAttribute(null=True)
    keys = JSONAttribute(null=True)

    def to_domain(self) -> Entry:
        """Return the entry of a child item."""
        return Entry(
            id=int(self.entry_id),
            parent_id=int(self.parent_id),
            name=self.name,
            value=self.value or "",
            code=self.code or "",
            position=int(self.position),
            has_children=bool(self.has_children),
        )


class DynamoDictionary:
    """The dictionary; see `ports.dictionary.dictionary` for what each method promises."""

    def __init__(self, table_name: str) -> None:
        use_table(DictionaryItem, table_name)

    def version(self) -> str | None:
        item = _get(*_CURRENT)
        return item.version if item else None

    def children(self, version: str, entry_id: int) -> list[Entry] | None:
        found = list(DictionaryItem.query(_node(version, entry_id), consistent_read=True))
        return [item.to_domain() for item in found if item.item != _SELF] if found or entry_id == TOP else None

    def children_of_code(self, version: str, code: str) -> list[Entry] | None:
        root = _get(_node(version, code), _ROOT)
        return self.children(version, int(root.entry_id)) if root else None

    def names(self, version: str, terms: Collection[Term]) -> dict[Term, str]:
        nodes = {_node(version, "/".join(term)): term for term in terms}
        found = DictionaryItem.batch_get([(node, _TERM) for node in nodes], consistent_read=True)
        return {nodes[item.node]: item.name for item in found}

    def count(self, version: str) -> int:
        noted = DictionaryItem.query(version, consistent_read=True)
        return sum(kind == _SELF for some in noted for _, kind in some.keys)

    def walk(self, version: str) -> Iterator[Entry]:
        levels = [_below(version, TOP)]
        while levels:
            entry = next(levels[-1], None)
            if entry is None:
                levels.pop()
                continue
            yield entry
            if entry.has_children:
                levels.append(_below(version, entry.id))

    def begin(self, version: str, now: datetime) -> None:
        changes: list[Action] = [DictionaryItem.state.set(_BEGUN), DictionaryItem.since.set(now)]
        may_begin = DictionaryItem.node.does_not_exist() | (DictionaryItem.state == _BEGUN)
        try:
            DictionaryItem(_VERSIONS, version).update(changes, condition=may_begin)
        except UpdateError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            raise DictionaryChanged("This version was published or given up before. Import the file again.") from error

    def write(self, version: str, rows: Iterable[tuple[Entry, str]]) -> None:
        items = (item for entry, root in rows for item in _items(version, entry, root))
        while batch := list(islice(items, _NOTED)):
            keys = [(item.node, item.item) for item in batch]
            DictionaryItem(version, " ".join(keys[0]), keys=keys).save()
            put_all(DictionaryItem, batch)

    def publish(self, version: str, expected: str | None, now: datetime) -> None:
        published: list[Action] = [DictionaryItem.state.set(_PUBLISHED), DictionaryItem.since.set(now)]
        pointer = DictionaryItem.version == expected if expected else DictionaryItem.node.does_not_exist()
        try:
            with TransactWrite(connection=connection()) as transaction:
                transaction.update(DictionaryItem(_VERSIONS, version), published, condition=DictionaryItem.state == _BEGUN)
                transaction.save(DictionaryItem(*_CURRENT, version=version), condition=pointer)
                if expected:
                    former = DictionaryItem(_VERSIONS, expected)
                    transaction.update(former, [DictionaryItem.since.set(now)], condition=DictionaryItem.state == _PUBLISHED)
        except TransactWriteError as error:
            if self.version() == version:
                return
            _refuse(error)

    def stale(self, before: datetime) -> list[str]:
        current = self.version()
        known = DictionaryItem.query(_VERSIONS, filter_condition=DictionaryItem.since < before, consistent_read=True)
        return [item.item for item in known if item.item != current]

    def drop(self, version: str) -> None:
        try:
            with TransactWrite(connection=connection()) as transaction:
                transaction.condition_check(
                    DictionaryItem, *_CURRENT, condition=DictionaryItem.node.does_not_exist() | (DictionaryItem.version != version)
                )
                dropped = DictionaryItem(_VERSIONS, version)
                transaction.update(dropped, [DictionaryItem.state.set(_DROPPING)], condition=DictionaryItem.node.exists())
        except TransactWriteError as error:
            if _get(_VERSIONS, version) is None:
                return
            _refuse(error)
        for noted in DictionaryItem.query(version, consistent_read=True):
            delete_all(DictionaryItem, (DictionaryItem(*key) for key in noted.keys))
            noted.delete()
        DictionaryItem(_VERSIONS, version).delete()


def _items(version: str, entry: Entry, root: str) -> Iterator[DictionaryItem]:
    """Yield the items of an entry."""
    yield DictionaryItem(
        _node(version, entry.parent_id),
        f"{_CHILD}{entry.position:08}#{entry.id}",
        entry_id=entry.id,
        parent_id=entry.parent_id,
        name=entry.name,
        value=entry.value or None,
        code=entry.code or None,
        position=entry.position,
        has_children=entry.has_children,
    )
    yield DictionaryItem(_node(version, entry.id), _SELF)
    if entry.value and root:
        yield DictionaryItem(_node(version, f"{root}/{entry.value}"), _TERM, name=entry.name)
    if entry.code:
        yield DictionaryItem(_node(version, entry.code), _ROOT, entry_id=entry.id)


def _below(version: str, entry_id: int) -> Iterator[Entry]:
    found = DictionaryItem.query(_node(version, entry_id), DictionaryItem.item.startswith(_CHILD), consistent_read=True)
    return (item.to_domain() for item in found)


def _get(node: str, item: str) -> DictionaryItem | None:
    try:
        return DictionaryItem.get(node, item, consistent_read=True)
    except DoesNotExist:
        return None


def _node(version: str, key: int | str) -> str:
    return f"{version}#{key}"


def _refuse(error: TransactWriteError) -> None:
    if any(reason and reason.code == "ConditionalCheckFailed" for reason in error.cancellation_reasons):
        raise DictionaryChanged("Another dictionary was published in the meantime. Check it and import the file again.") from error
    raise store_unavailable() from error
