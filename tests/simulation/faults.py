"""What goes wrong between the product and all that it calls, drawn from a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from guahao.domain.errors import DomainError, HospitalUnreachable, PoolUnavailable, ProviderUnavailable, Unavailable
from guahao.domain.versions import VersionConflict
from guahao.ports.booking.orders import NumberTaken, OrderExists
from tests.killing import Killed
from tests.simulation.processes import Processes

Failure = Callable[[str, tuple[Any, ...], Random, bool], Exception | None]
"""What a port's method raises when it fails, given its name and arguments, before it did anything or after: None if it never fails so."""


def store_failure(name: str, arguments: tuple[Any, ...], rng: Random, done: bool) -> Exception:
    """A store that does not answer, is busy with another transaction on the same items, or was asked again by its own client."""
    unavailable = Unavailable("The store does not answer.")
    if name == "place" and not done:
        return rng.choice([unavailable, OrderExists(), VersionConflict(), NumberTaken()])
    if name == "move":
        before, after, *ledger = arguments
        # A plain write that is sent again after its answer was lost finds its own version; a transaction knows itself again.
        plain = before.number_state is after.number_state and not any(ledger)
        return rng.choice([unavailable, VersionConflict()]) if plain or not done else unavailable
    return unavailable


def always(error: type[DomainError]) -> Failure:
    """Make a port that fails in one way only."""
    return lambda name, arguments, rng, done: error("It does not answer.")


def sms_failure(name: str, arguments: tuple[Any, ...], rng: Random, done: bool) -> Exception | None:
    """An operator that did not take the text for sure; one whose answer is lost counts as a yes."""
    return None if done else Unavailable("The operator does not answer.")


def statistics_failure(name: str, arguments: tuple[Any, ...], rng: Random, done: bool) -> Exception:
    """Statistics that do not answer, or are busy with another transaction on the same day."""
    writes = name in ("count", "drop", "correct")
    return VersionConflict() if writes and not done and rng.random() < 0.5 else Unavailable("The statistics do not answer.")


FAILURES: dict[str, Failure] = {
    "orders": store_failure,
    "pool": always(PoolUnavailable),
    "provider": always(ProviderUnavailable),
    "hospital": always(HospitalUnreachable),
    "sms": sms_failure,
    "statistics": statistics_failure,
}
_USUAL = always(Unavailable)


@dataclass
class Rates:
    """How often, of all calls, each fault happens."""

    kill: float = 0.0
    fail: float = 0.0
    pause: float = 0.0

    @classmethod
    def drawn(cls, rng: Random) -> Rates:
        """Return rates of which some are nothing and others are high, so that rare faults meet in many ways."""
        return cls(kill=rng.choice([0, 0.005, 0.03]), fail=rng.choice([0, 0.01, 0.05]), pause=rng.choice([0.1, 0.3, 0.5]))


class Faults:
    """Stands in every call of a process. No fault happens once all is `calm`; in a rush, processes stand still at every other call."""

    def __init__(self, rng: Random, processes: Processes, rates: Rates) -> None:
        self.calm, self.rushing = False, False
        self._rng, self._processes, self._rates = rng, processes, rates
        # The ends of the ranges that one draw decides by.
        self._dies_before, self._dies_after = rates.kill / 2, rates.kill
        self._fails_before = self._dies_after + rates.fail / 2
        self._fails_after = self._fails_before + rates.fail / 2
        self._pauses = self._fails_after + rates.pause

    def strikes(self) -> bool:
        """Tell whether to fail in the middle of a call that a part makes step by step."""
        return not self.calm and self._rng.random() < self._rates.fail

    def watch(self, name: str, part: Any) -> Any:
        """Return the part, an object or a function, with faults in its calls."""
        return _Watched(self, name, part)

    def call(self, part: str, name: str, method: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        process = self._processes.current
        if process is None or self.calm:
            return _settled(method(*arguments))
        if self.rushing and self._rng.random() < 0.5:
            process.pause()
        draw = self._rng.random()
        if draw >= self._pauses:
            return _settled(method(*arguments))
        if draw < self._dies_before:
            raise Killed
        if self._fails_after <= draw:
            process.pause()
        if self._dies_after <= draw < self._fails_before:
            self._fail(part, name, arguments, done=False)
        result = _settled(method(*arguments))
        if draw < self._dies_after:
            raise Killed
        if self._fails_before <= draw < self._fails_after:
            self._fail(part, name, arguments, done=True)
        return result

    def _fail(self, part: str, name: str, arguments: tuple[Any, ...], *, done: bool) -> None:
        error = FAILURES.get(part, _USUAL)(name, arguments, self._rng, done)
        if error:
            assert self._processes.current
            self._processes.current.failed.add(part)
            raise error


class _Watched:
    def __init__(self, faults: Faults, name: str, part: Any) -> None:
        self._faults, self._name, self._part = faults, name, part

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method, faults, part = getattr(self._part, name), self._faults, self._name

        def call(*arguments: Any, **named: Any) -> Any:
            return faults.call(part, name, partial(method, **named), arguments)

        self.__dict__[name] = call
        return call

    def __call__(self, *arguments: Any) -> Any:
        return self._faults.call(self._name, "", self._part, arguments)


def _settled(result: Any) -> Any:
    """Return the result; what would still be read while others write is read now."""
    return iter(list(result)) if isinstance(result, Iterator) else result
