"""Messages about identities, version 1. A handler reads the identity itself, so a late or repeated message does no harm."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from guahao.contracts import Message


class IdentityNoticeKind(StrEnum):
    APPROVED = "approved"
    REJECTED = "rejected"


class IdentityNoticeMessage(Message):
    """Tell the user how their submission was decided, once."""

    version: Literal[1] = 1
    user_id: str
    submission_id: str
    kind: IdentityNoticeKind
