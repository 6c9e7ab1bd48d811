"""The gateway's authorizer: it takes a bearer token and returns a policy."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Protocol

from guahao.domain.errors import Unauthenticated
from guahao.runtime.logging import get_logger

_BEARER = re.compile(r"Bearer +([\w.-]+)", re.IGNORECASE | re.ASCII)


class UnauthorizedError(Exception):
    """The exact word that makes the gateway answer 401."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


class Bearer(Protocol):
    """The owner of a token."""

    @property
    def user_id(self) -> str: ...

    @property
    def role(self) -> str: ...

    @property
    def token_id(self) -> str: ...


def token_authorizer(read: Callable[[str], Bearer]) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    """Return a TOKEN authorizer that admits the bearers that `read` returns; routes get `principalId`, `role` and `tokenId`."""
    log = get_logger("authorizer")

    def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
        match = _BEARER.fullmatch(event.get("authorizationToken", ""))
        try:
            bearer = read(match.group(1) if match else "")
        except Unauthenticated as refusal:
            log.info("refused", extra={"fields": {"reason": refusal.detail}})
            raise UnauthorizedError from None
        log.info("known", extra={"fields": {"role": bearer.role}})
        # The gateway keeps a user's answer for a minute and for every route, so it must open the whole stage.
        stage = "/".join(event["methodArn"].split("/")[:2])
        statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": f"{stage}/*"}
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        return {"principalId": bearer.user_id, "policyDocument": policy, "context": {"role": bearer.role, "tokenId": bearer.token_id}}

    return handler
