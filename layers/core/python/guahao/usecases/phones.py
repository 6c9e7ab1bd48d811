"""Phones by which orders are found."""

from __future__ import annotations

from guahao.ports.vault import Vault


def phone_mark(vault: Vault, phone: str) -> str:
    """Return the mark of a patient's phone; it tells nothing of the fingerprint of an account's phone, which is stored nowhere."""
    return vault.fingerprint(f"patient phone:{phone}")
