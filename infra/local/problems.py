"""What stops the stack, told in one sentence."""

from __future__ import annotations


class StackProblem(Exception):
    """Carries one clear sentence that says what happened and what to do next."""
