"""The dictionary cache in Redis.

    {dictionary}:version                   the current version, for a minute, in case that an import could not set the new one
    {dictionary}:children:<id>             [version, entries below]
    {dictionary}:code:<code>               [version, entries below the root]
    {dictionary}:name:<code>/<value>       [version, name]

Each value has its version and counts only while that version is current. So one MGET answers a question, and a new version makes all
older values worthless. The braces keep all keys on one node of a cluster.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple
from typing import Any, cast

from redis import Redis
from redis.exceptions import RedisError

from guahao.domain.dictionary.dictionary import Entry, Term

_VERSION = "{dictionary}:version"
VERSION_SECONDS = 60
_LIFE_SECONDS = 24 * 3600


class RedisDictionaryCache:
    """The dictionary cache; see `ports.dictionary.dictionary.DictionaryCache` for what each method promises."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def children(self, entry_id: int) -> tuple[str | None, list[Entry] | None]:
        return self._recall_level(_children_key(entry_id))

    def children_of_code(self, code: str) -> tuple[str | None, list[Entry] | None]:
        return self._recall_level(_code_key(code))

    def names(self, terms: Collection[Term]) -> tuple[str | None, dict[Term, str]]:
        keys = {term: _name_key(term) for term in terms}
        version, found = self._recall(list(keys.values()))
        return version, {term: found[key] for term, key in keys.items() if key in found}

    def remember_children(self, version: str, entry_id: int, entries: Sequence[Entry]) -> None:
        self._remember(version, {_children_key(entry_id): [astuple(entry) for entry in entries]})

    def remember_children_of_code(self, version: str, code: str, entries: Sequence[Entry]) -> None:
        self._remember(version, {_code_key(code): [astuple(entry) for entry in entries]})

    def remember_names(self, version: str, names: Mapping[Term, str]) -> None:
        self._remember(version, {_name_key(term): name for term, name in names.items()})

    def set_version(self, version: str) -> None:
        with suppress(RedisError):
            self._redis.set(_VERSION, version, ex=VERSION_SECONDS)

    def _recall_level(self, key: str) -> tuple[str | None, list[Entry] | None]:
        version, found = self._recall([key])
        return version, [Entry(*fields) for fields in found[key]] if key in found else None

    def _recall(self, keys: Sequence[str]) -> tuple[str | None, dict[str, Any]]:
        try:
            version, *kept = cast("list[str | None]", self._redis.mget([_VERSION, *keys]))
        except RedisError:
            return None, {}
        read = {key: json.loads(text) for key, text in zip(keys, kept, strict=True) if text}
        return version, {key: value for key, (of, value) in read.items() if of == version}

    def _remember(self, version: str, values: Mapping[str, Any]) -> None:
        pipeline = self._redis.pipeline(transaction=False)
        # Only if it is not set: a slow reader must not bring an older version back.
        pipeline.set(_VERSION, version, ex=VERSION_SECONDS, nx=True)
        for key, value in values.items():
            pipeline.set(key, json.dumps([version, value], ensure_ascii=False), ex=_LIFE_SECONDS)
        with suppress(RedisError):
            pipeline.execute()


def _children_key(entry_id: int) -> str:
    return f"{{dictionary}}:children:{entry_id}"


def _code_key(code: str) -> str:
    return f"{{dictionary}}:code:{code}"


def _name_key(term: Term) -> str:
    return f"{{dictionary}}:name:{term[0]}/{term[1]}"
