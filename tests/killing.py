"""Killing a use case between any two of its steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

LONGEST_RUN = 1000


class Killed(BaseException):
    """The process is gone: nothing catches that."""


class Killer:
    """Counts the calls of all that it watches and kills at one of them: before it does anything, or once it is done."""

    def __init__(self, at: int, after: bool) -> None:
        self._left = at
        self._after = after

    def watch(self, part: Any) -> Any:
        """Return the part with each of its methods watched."""
        return _Watched(part, self)

    def call(self, method: Callable[..., Any], *arguments: Any) -> Any:
        self._left -= 1
        if self._left == 0 and not self._after:
            raise Killed
        result = method(*arguments)
        if self._left == 0:
            raise Killed
        return result


class _Watched:
    def __init__(self, part: Any, killer: Killer) -> None:
        self._part = part
        self._killer = killer

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._part, name)
        return lambda *arguments, **named: self._killer.call(partial(method, **named), *arguments)


def deaths(run: Callable[[Killer], object]) -> Iterator[None]:
    """Run again and again, each time killed one step later, and yield after each death; the last run comes to its end."""
    died = 0
    for after in (False, True):
        for at in range(1, LONGEST_RUN):
            try:
                run(Killer(at, after))
            except Killed:
                died += 1
                yield
            else:
                break
        else:
            raise AssertionError("the run has no end")
    assert died, "nothing was watched"
