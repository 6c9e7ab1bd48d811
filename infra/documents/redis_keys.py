"""The keys in Redis: their shapes are read from the adapters, their meaning stands here."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from guahao.adapters.redis.dictionary import VERSION_SECONDS
from guahao.adapters.redis.number_pool import EPOCH_SECONDS, LIFE_MILLISECONDS
from guahao.adapters.redis.partners import NONCE_SECONDS, TURN_SECONDS
from guahao.adapters.redis.payment import CLAIM_MILLISECONDS
from infra.documents.markdown import counted, table
from infra.documents.rooms import GUAHAO

ADAPTERS = GUAHAO / "adapters" / "redis"
# A key begins with words and a colon. Members of a sorted set, which begin with one letter, are no keys.
_KEY = re.compile(r"\{?[a-z]{2,}[a-z-]*\}?:\S+")


def lasting(seconds: int) -> str:
    """Return a time as people say it: 11 minutes."""
    unit, size = next(((name, size) for name, size in (("hour", 3600), ("minute", 60)) if seconds % size == 0), ("second", 1))
    return counted(seconds // size, unit)


class Key(NamedTuple):
    """What a key holds, and when it ends."""

    holds: str
    ends: str


KEYS = {
    "challenge:<user_id>:<salt>": Key("a challenge that was not answered yet", "with the challenge"),
    "code:<user_id>:<request_id>": Key("the login code of a request: its digest, the guesses left", "with the code"),
    "codes-to:<user_id>": Key(
        "the SMS with codes to the phone: when, for which request, who asked, whether used", "when no limit counts them any more"
    ),
    "guesses-at:<user_id>": Key("when the phone's codes were guessed wrong", "when no limit counts them any more"),
    "guesses-from:<address>": Key("when somebody at the address guessed wrong", "when no limit counts them any more"),
    "codes-from:<address>": Key("when codes were asked for from the address", "when no limit counts them any more"),
    "nonce:<hospital_code>:<nonce>": Key("the partner system has used this nonce", f"after {lasting(NONCE_SECONDS)}"),
    "publishing:<hospital_code>": Key(
        "the publication lock: one publication of a hospital at a time", f"with the publication, after {lasting(TURN_SECONDS)} at most"
    ),
    "payment-code:<trade_no>": Key("the code URL of an open payment", "with the code URL"),
    "payment-opening:<trade_no>": Key(
        "somebody asks the provider for the code", f"with the answer, after {lasting(CLAIM_MILLISECONDS // 1000)} at most"
    ),
    "pool:{<schedule_id>}": Key(
        "the free numbers of a schedule and those in flight", f"{lasting(LIFE_MILLISECONDS // 1000)} after it was built"
    ),
    "schedule:{<schedule_id>}": Key("what booking needs to know of the schedule", "with its pool"),
    "epoch:{<schedule_id>}": Key(
        "how often the pool was invalidated, so that no stale one is built", f"{lasting(EPOCH_SECONDS)} after the last time"
    ),
    "pools:walk": Key("how far reconciliation has come in comparing pools with numbers", "some runs after the last one"),
    "{dictionary}:version": Key("the current version of the dictionary", f"after {lasting(VERSION_SECONDS)}"),
    "{dictionary}:children:<entry_id>": Key("one level of the tree", "with its version"),
    "{dictionary}:code:<code>": Key("the level below a root", "with its version"),
    "{dictionary}:name:<term>/<term>": Key("the name of a value", "with its version"),
}


def listed() -> str:
    """Return the table of keys, or raise ValueError if it does not name the keys that the adapters use."""
    found = dict(_found())
    if set(found) != set(KEYS):
        raise ValueError(f"adapters and KEYS differ in {sorted(set(found) ^ set(KEYS))}: say in KEYS what each key holds")
    rows = [(f"`{key}`", KEYS[key].holds, KEYS[key].ends, f"`adapters/redis/{found[key]}`") for key in sorted(KEYS)]
    return table(("key", "what it holds", "when it ends", "who keeps it"), rows)


def _found() -> Iterator[tuple[str, str]]:
    """Yield the shape of each key that an adapter makes, and the adapter."""
    for file in sorted(ADAPTERS.glob("*.py")):
        for shape in _texts(ast.parse(file.read_text())):
            if _KEY.fullmatch(shape):
                yield shape, file.name


def _texts(node: ast.AST) -> Iterator[str]:
    """Yield the texts below the node, with a <name> in place of what is filled in."""
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else _hole(part) for part in node.values)
    elif isinstance(node, ast.Constant):
        yield str(node.value)
    else:
        for child in ast.iter_child_nodes(node):
            yield from _texts(child)


def _hole(part: ast.expr) -> str:
    names = [node.id for node in ast.walk(part) if isinstance(node, ast.Name)]
    return f"<{names[0]}>"
