"""What is kept where: tables with their items, Redis keys, MongoDB's collections, S3's folders."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any, cast

from pymongo.database import Database
from pynamodb.models import Model

from guahao.adapters import dynamo
from guahao.adapters.dynamo.base import Item
from guahao.adapters.mongo.catalog import ensure_indexes
from infra.documents import redis_keys
from infra.documents.markdown import code, counted, table
from infra.documents.stacks import DATA, functions, of_kind, short_name
from infra.generated import FIRST_LINE

_HEADING = """# The data model

"""
_TABLES = """## DynamoDB

A write stands on a condition, mostly on the version that was read; see `domain/versions.py`. For each search there is an index. Attributes
with a `?` may be missing.

"""
_REDIS = """## Redis

Everything here can be lost and rebuilt. Every key ends by itself.

"""
_MONGO = """## MongoDB

The catalogue: partner systems publish it, everybody reads it. A hospital's `_id` is its code, a department's both codes, a schedule's its
id. `publications` knows when the last publication, or removal, of each of them was signed. `python -m infra.operate prepare-catalogue`
makes the indexes.

"""
_S3 = """## S3

Both buckets are private. A browser reaches a file only by a link or a form that a function has signed.

"""
# What a table is for; its items are listed from the code.
_PURPOSES = {
    "accounts": "Users with their patients, roster and logins, each under the user's id; and the ledgers, each under its person.",
    "numbers": "One item for each place of a schedule. There is no counter to race on.",
    "orders": "Orders, each with its payment. The stream is where everything begins that follows from a change of an order.",
    "statistics": "How many orders of a hospital and day are in which state, and as what each order is counted.",
    "notices": "Which SMS was sent, so that none is sent twice, and what patients of suspended schedules were offered.",
    "hospital-settings": "Each hospital's setting: address of its system, contact, keys (sealed), lock.",
    "dictionary": "The dictionary, version beside version; one item names the current one.",
    "jobs": "Imports and exports, for as long as their files live. The stream hands a new job to its worker.",
    "identities": "The latest submission of each user, and for each certificate whose it is. A decision's effects begin in the stream.",
    "administrators": "Administrators with their logins and attempts, and a directory of their names.",
    "audit-log": "Who did what, in one chain of hashes. No function may change or remove an entry.",
}


def document() -> str:
    """Return the whole page."""
    tables = "".join(_table(name) for name in of_kind("table"))
    return (
        FIRST_LINE + _HEADING + _TABLES + tables + _REDIS + redis_keys.listed() + "\n" + _MONGO + _collections() + "\n" + _S3 + _folders()
    )


def _table(name: str) -> str:
    properties = DATA["Resources"][name]["Properties"]
    facts = [("key", code(_keys(properties))), ("time to live", _time_to_live(properties)), ("stream", _stream(properties))]
    facts += [
        (f"index `{index['IndexName']}`", f"{code(_keys(index))}; holds {_projection(index['Projection'])}")
        for index in properties.get("GlobalSecondaryIndexes", [])
    ]
    items = [(f"`{item.__name__}`", _first_sentence(item), code(_attributes(item))) for item in _items(name)]
    heading = f"### {short_name(name)}\n\n{_PURPOSES[short_name(name)]}\n\n"
    return heading + table(("", ""), [fact for fact in facts if fact[1]]) + "\n" + table(("item", "", "attributes"), items) + "\n"


def _keys(described: dict[str, Any]) -> list[str]:
    return [part["AttributeName"] for part in described["KeySchema"]]


def _time_to_live(properties: dict[str, Any]) -> str:
    return code([properties["TimeToLiveSpecification"]["AttributeName"]]) if "TimeToLiveSpecification" in properties else ""


def _stream(properties: dict[str, Any]) -> str:
    views = {"NEW_IMAGE": "the item as written", "NEW_AND_OLD_IMAGES": "the item before and after"}
    return views[properties["StreamSpecification"]["StreamViewType"]] if "StreamSpecification" in properties else ""


def _projection(projection: dict[str, Any]) -> str:
    kinds = {"ALL": "the whole item", "KEYS_ONLY": "keys only", "INCLUDE": "keys and " + code(projection.get("NonKeyAttributes", []))}
    return kinds[projection["ProjectionType"]]


def _items(table_name: str) -> Iterator[type[Model]]:
    """Yield the models of what lies in the table; a model that only looks at another's item is none."""
    for module in pkgutil.iter_modules(dynamo.__path__, f"{dynamo.__name__}."):
        importlib.import_module(module.name)
    for item in sorted(_below(Item), key=lambda model: model.__name__):
        if not list(_below(item)) and _table_of(item) == table_name:
            yield item


def _below(model: type[Model]) -> Iterator[type[Model]]:
    """Yield the product's own models that are made from this one."""
    for below in model.__subclasses__():
        if below.__module__.startswith(dynamo.__name__):
            yield below
            yield from _below(below)


def _table_of(item: type[Model]) -> str | None:
    """Return the table with the item's keys; of several, that which the item's own base is named after."""
    attributes = item.get_attributes().values()
    keys = [key.attr_name for key in attributes if key.is_hash_key] + [key.attr_name for key in attributes if key.is_range_key]
    alike = [name for name in of_kind("table") if _keys(DATA["Resources"][name]["Properties"]) == keys]
    base = item.__mro__[item.__mro__.index(Item) - 1].__name__.removesuffix("Item")
    return alike[0] if len(alike) == 1 else next((name for name in alike if name.startswith(base)), None)


def _attributes(item: type[Model]) -> list[str]:
    return [f"{attribute.attr_name}{'?' if attribute.null else ''}" for attribute in item.get_attributes().values()]


def _first_sentence(item: type[Model]) -> str:
    return (item.__doc__ or "").strip().split("\n")[0]


class _Collections(dict[str, "_Collections"]):
    """A database that only notes which indexes it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.indexes: list[list[str]] = []

    def __missing__(self, name: str) -> _Collections:
        self[name] = _Collections()
        return self[name]

    def create_index(self, keys: list[tuple[str, int]]) -> None:
        self.indexes.append([name for name, _ in keys])


def _collections() -> str:
    database = _Collections()
    ensure_indexes(cast("Database[dict[str, Any]]", database))
    return table(("collection", "index"), [(f"`{name}`", code(index)) for name, found in database.items() for index in found.indexes])


def _folders() -> str:
    """List the paths that functions may touch, and how long what lies there is kept."""
    rows = []
    for bucket in of_kind("bucket"):
        users: dict[str, set[str]] = {}
        for function in functions():
            for grant in function.grants:
                if grant.resource == bucket and grant.path:
                    users.setdefault(grant.path.removesuffix("*"), set()).add(function.name)
        rules = DATA["Resources"][bucket]["Properties"]["LifecycleConfiguration"]["Rules"]
        rows += [(short_name(bucket), f"`{path}`", _kept(path, rules), code(sorted(users[path]))) for path in sorted(users)]
    return table(("bucket", "path", "kept", "reached by"), rows)


def _kept(path: str, rules: list[dict[str, Any]]) -> str:
    """Return how long objects under the path are kept, by the rules that name a time for them."""
    found = []
    for rule in rules:
        if "ExpirationInDays" in rule and path.startswith(rule.get("Prefix", "")):
            tags = " and ".join(f"`{tag['Key']}={tag['Value']}`" for tag in rule.get("TagFilters", []))
            found.append(counted(rule["ExpirationInDays"], "day") + (f" while tagged {tags}" if tags else ""))
    return ", ".join(found) or "until its function removes it"
