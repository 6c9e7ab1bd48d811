"""Secrets, fetched on first use and kept for the life of the process."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from guahao.adapters.aws.clients import answering, client


@cache
def secret_text(secret_id: str) -> str:
    """Return the secret's text or raise Unavailable; an address in place of a name is its own text, where there is no AWS."""
    if "://" in secret_id:
        return secret_id
    with answering("The keeper of secrets"):
        text: str = client("secretsmanager").get_secret_value(SecretId=secret_id)["SecretString"]
    return text


@cache
def secret_json(secret_id: str) -> dict[str, Any]:
    """Return the secret's JSON object or raise Unavailable."""
    document: dict[str, Any] = json.loads(secret_text(secret_id))
    return document
