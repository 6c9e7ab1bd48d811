"""Joins the dictionary with its store and its cache, once for each process."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from guahao.adapters.redis.client import redis_client
from guahao.adapters.redis.dictionary import RedisDictionaryCache
from guahao.runtime import settings
from guahao.usecases.dictionary import DictionaryDesk, DictionaryPress

if TYPE_CHECKING:
    from guahao.adapters.dynamo.dictionary import DynamoDictionary


@cache
def dictionary_desk() -> DictionaryDesk:
    """Return what looks things up."""
    return DictionaryDesk(dictionary_store, _cache())


@cache
def dictionary_press() -> DictionaryPress:
    """Return what replaces the dictionary."""
    from guahao.adapters.clock import utc_now

    return DictionaryPress(dictionary_store(), _cache(), utc_now)


@cache
def dictionary_store() -> DynamoDictionary:
    """Return the process's store; a process whose cache knows all never loads DynamoDB's library."""
    from guahao.adapters.dynamo.dictionary import DynamoDictionary

    return DynamoDictionary(settings.text("DICTIONARY_TABLE"))


def _cache() -> RedisDictionaryCache:
    return RedisDictionaryCache(redis_client(settings.text("REDIS_URL")))
