"""Cursors: where a page ended, as text that callers hand back and need not understand."""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64encode

from guahao.domain.errors import Invalid


def cursor_of(place: str) -> str:
    """Return the cursor that names the place."""
    return urlsafe_b64encode(place.encode()).decode()


def place_of(cursor: str) -> str:
    """Return the place that the cursor names or raise Invalid; whether there is such a place, its reader knows."""
    try:
        return b64decode(cursor.encode(), altchars=b"-_", validate=True).decode()
    except ValueError as error:  # of base64 and of UTF-8
        raise wrong_cursor() from error


def wrong_cursor() -> Invalid:
    """Return the refusal of a cursor that no answer has given."""
    reason = "take it from `nextCursor` of an earlier answer"
    return Invalid("This cursor is not one of ours.", [{"field": "cursor", "reason": reason}])
