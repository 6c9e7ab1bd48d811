"""Cursors: the place where a page ended, as text that callers send back without understanding it."""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64encode

from guahao.domain.errors import wrong_cursor


def cursor_of(place: str) -> str:
    """Return the cursor for the place."""
    return urlsafe_b64encode(place.encode()).decode()


def place_of(cursor: str) -> str:
    """Return the place in the cursor, or raise Invalid; whether the place exists is for the caller to check."""
    try:
        return b64decode(cursor.encode(), altchars=b"-_", validate=True).decode()
    except ValueError as error:  # of base64 and of UTF-8
        raise wrong_cursor() from error
