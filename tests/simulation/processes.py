"""Processes that stop between any two of their steps and go on later, or never. One moves at a time, so that a run repeats exactly."""

from __future__ import annotations

from _thread import allocate_lock
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Thread

from tests.killing import Killed


class _Hand:
    """A thread that does one job after another, each of them when it is told to, and stands still in between."""

    def __init__(self) -> None:
        self._go, self._back = allocate_lock(), allocate_lock()
        self._go.acquire()
        self._back.acquire()
        self.job: Callable[[], None] | None = None
        Thread(target=self._work, daemon=True).start()

    def move(self) -> None:
        """Let the thread go on until it pauses or its job is done."""
        self._go.release()
        self._back.acquire()

    def pause(self) -> None:
        """Go back, from the thread itself, to who moved it."""
        self._back.release()
        self._go.acquire()

    def _work(self) -> None:
        while True:
            self._go.acquire()
            if self.job is None:
                return
            self.job()
            self._back.release()

    def dismiss(self) -> None:
        self.job = None
        self._go.release()


class Process:
    """One run of a use case, `about` something. `killed` says that it did not come to its end, `error` what it raised otherwise.

    `answer` is what it returned, `failed` are the parts that failed it on the way.
    """

    def __init__(self, name: str, about: tuple[str, ...], run: Callable[[], object], started_at: datetime, writes_before: int) -> None:
        self.name, self.about, self.started_at, self.writes_before = name, about, started_at, writes_before
        self.alive, self.killed = True, False
        self.error: Exception | None = None
        self.answer: object = None
        self.failed: set[str] = set()
        self._run = run
        self._hand: _Hand | None = None
        self._doomed = False

    @property
    def failed_or_killed(self) -> bool:
        return self.killed or self.error is not None

    def pause(self) -> None:
        """Stop here, called by the process itself, until somebody moves it; one that nobody may stop goes straight on."""
        if self._hand:
            self._hand.pause()
            if self._doomed:
                raise Killed

    def body(self) -> None:
        try:
            self.answer = self._run()
        except Killed:
            self.killed = True
        except Exception as error:  # noqa: BLE001 - whoever started the process judges what it raised
            self.error = error
        self.alive = False


class Processes:
    """All processes under way, of which `current` is the one that moves."""

    def __init__(self) -> None:
        self.current: Process | None = None
        self.paused: list[Process] = []
        self._idle: list[_Hand] = []
        self._hands: list[_Hand] = []

    def start(self, process: Process, may_pause: bool) -> None:
        """Let the process go until it ends or, if it may, pauses."""
        if not may_pause:
            self.current = process
            process.body()
            self.current = None
            return
        hand = self._idle.pop() if self._idle else self._new_hand()
        hand.job, process._hand = process.body, hand
        self._move(process)

    def go_on(self, process: Process) -> None:
        self.paused.remove(process)
        self._move(process)

    def kill(self, process: Process) -> None:
        """End the process where it stands."""
        process._doomed = True
        self.go_on(process)

    def _move(self, process: Process) -> None:
        hand = process._hand
        assert hand
        self.current = process
        hand.move()
        self.current = None
        if process.alive:
            self.paused.append(process)
        else:
            process._hand = None
            self._idle.append(hand)

    def _new_hand(self) -> _Hand:
        hand = _Hand()
        self._hands.append(hand)
        return hand

    def close(self) -> None:
        """End all processes and threads."""
        for process in list(self.paused):
            self.kill(process)
        for hand in self._hands:
            hand.dismiss()


@contextmanager
def processes() -> Iterator[Processes]:
    """Give processes and leave none behind."""
    there = Processes()
    try:
        yield there
    finally:
        there.close()
