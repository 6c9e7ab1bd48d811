"""What AWS does with the platform: runs its processes, delivers its messages, rings its timers, lets time pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from functools import partial

from guahao.contracts.messages import NoticeKind, OrderNotice
from guahao.domain.booking.bookable import HalfDay
from guahao.domain.booking.order_states import OrderState
from guahao.domain.errors import DomainError
from tests.simulation.processes import Process
from tests.simulation.promises import at_change
from tests.simulation.queues import Message
from tests.simulation.substitutions import publish
from tests.simulation.world import World

LIFE = timedelta(seconds=30)
"""No process of the product lives longer."""

MIDNIGHT = "midnight"
_TIMERS = {time(0, 0): "remindAll", time(2, 30): "daily", time(10, 0): "remindEve", time(16, 0): MIDNIGHT, time(17, 30): "noShows"}
"""What happens each day, in UTC. Midnight is that of Shanghai: the last moment for what belongs to the day."""
PATIENCE = timedelta(minutes=1)
"""So long, at most, what timers began waits for its next try, that it ends before the next of them."""
PROMPT = timedelta(hours=1)
"""What a timer began does not lie about for longer: queues deliver in seconds."""
_OF_TIMERS = frozenset({"remindAll", "remindEve", "Reminder", "daily", "noShows", "NoShowCheck"})
_FAULTY_TRIES, _MOST_TRIES = 60, 2000

Step = tuple[object, ...]
Then = Callable[[Process], None]


class Machine:
    """Runs a world. `steps` tells what happened, the latest last, and `findings` what must not have happened."""

    def __init__(self, world: World) -> None:
        self.world, self.rng = world, world.rng
        self.steps: list[Step] = []
        self.findings: list[str] = []
        self.may_pause = self.rng.choice([0.0, 0.2, 0.6])
        self.duplicates = self.rng.choice([0.0, 0.05, 0.3])
        self.notifications: list[tuple[datetime, str]] = []
        world.orders.watches = lambda before, after: self.findings.extend(at_change(world, before, after))
        self._then: dict[Process, Then] = {}
        self._streaming: set[str] = set()
        self._to_remind: set[str] = set()
        self._rung_at = world.clock()
        self._handlers: dict[str, Callable[[str], object]] = {
            "HoldEnd": world.holds.end,
            "PartnerCall": world.calls.notify_hospital,
            "Settlement": world.settlements.settle,
            "Count": world.counting.count,
            "Suspension": world.suspended.cancel_orders,
            "hospitalSuspends": self._suspend,
            "Substitution": world.substituted.follow,
            "hospitalPublishes": lambda schedule_id: publish(world, schedule_id),
            "NoShowCheck": world.no_shows.mark_no_show,
            "noShows": lambda _: world.missed.enqueue(),
            "remindAll": lambda _: world.reminders.enqueue(0),
            "remindEve": lambda _: world.reminders.enqueue(1),
            "reconcile": lambda _: world.reconciliation.run(120, timedelta(minutes=1)),
            "daily": lambda _: world.daily.run(None),
            "recount": self._recount,
        }

    # Processes.

    def start(self, name: str, about: tuple[str, ...], run: Callable[[], object], then: Then | None = None) -> None:
        """Let a process of the product go; `then` hears of its end."""
        process = Process(name, about, run, self.world.clock(), len(self.world.orders.written))
        self._then[process] = then or self.require_refusal
        self.world.processes.start(process, may_pause=self._may_pause())
        if process.alive:
            self.steps.append((name, *about, "stops on the way"))
        self._look_after(process)

    def _may_pause(self) -> bool:
        return not self.world.faults.calm and (self.world.faults.rushing or self.rng.random() < self.may_pause)

    def go_on(self) -> None:
        """Let one of the processes that stand still go on."""
        if self.world.processes.paused:
            self._let_go_on(self.rng.choice(self.world.processes.paused))

    def require_refusal(self, process: Process) -> None:
        """Note an error that is no refusal: nobody could make sense of it."""
        errors = process.error.exceptions if isinstance(process.error, ExceptionGroup) else [process.error]
        for error in errors:
            if error is not None and not isinstance(error, DomainError):
                self.findings.append(f"{process.name} of {process.about} raised {error!r}")

    def _let_go_on(self, process: Process) -> None:
        self.steps.append((process.name, *process.about, "goes on"))
        self.world.processes.go_on(process)
        self._look_after(process)

    def _look_after(self, process: Process) -> None:
        if not process.alive:
            self.steps.append((process.name, *process.about, "is killed" if process.killed else process.error or "is done"))
            self._then.pop(process)(process)

    # Streams, queues and notifications.

    def deliver(self) -> None:
        """Deliver something that is due: a change of an order, a message or a notification."""
        now = self.world.clock()
        busy = self.in_the_way()
        messages, notifications = self.world.queues.due(), [told for told in self.notifications if told[0] <= now]
        if met := [message for message in messages if message.about in busy]:
            messages = met
        due: list[Callable[[], None]] = [partial(self._stream, order_id) for order_id in self._changed()]
        due += [partial(self._take, message) for message in messages]
        due += [partial(self._notify, notification) for notification in notifications]
        if due:
            self.rng.choice(due)()

    def in_the_way(self) -> set[str]:
        """Return what the processes that stand still are about, or sometimes nothing: whoever does something about the same meets them."""
        if self.rng.random() < (0.1 if self.world.faults.rushing else 0.5):
            return set()
        return {about for process in self.world.processes.paused for about in process.about}

    def drain(self) -> None:
        """Let all be done that waits, and what follows from it, time going on where it must."""
        for process in list(self.world.processes.paused):
            self._let_go_on(process)
        for _ in range(_MOST_TRIES):
            if self.findings:
                return
            waiting = self.world.queues.waiting
            if changed := next(self._changed(), None):
                self._stream(changed)
            elif self.notifications:
                self._notify(self.notifications[0])
            elif waiting:
                message = min(waiting, key=lambda m: m.due)
                self._let_time_be(message.due)
                self._take(message)
            else:
                return
        self.findings.append(f"there is no end of {sorted({message.kind for message in self.world.queues.waiting})}")

    def _drain_timers(self) -> None:
        """Let what timers began come to its end before their next, as it does within hours: faults happen in the beginning only."""
        was_calm = self.world.faults.calm
        for tries in range(_MOST_TRIES):
            if self.findings:
                break
            if tries == _FAULTY_TRIES:
                self.world.calm()
            for process in [process for process in self.world.processes.paused if process.name in _OF_TIMERS]:
                self._let_go_on(process)
            waiting = [message for message in self.world.queues.waiting if message.kind in _OF_TIMERS]
            if waiting:
                message = min(waiting, key=lambda m: m.due)
                self._let_time_be(min(message.due, self.world.clock() + PATIENCE))
                self._take(message)
            elif not any(process.name in _OF_TIMERS for process in self.world.processes.paused):
                break
        else:
            self.findings.append("what timers began has no end")
        self.world.faults.calm = was_calm

    def _changed(self) -> Iterator[str]:
        return (order_id for order_id, changes in self.world.orders.stream.items() if changes and order_id not in self._streaming)

    def _stream(self, order_id: str) -> None:
        changes = self.world.orders.stream[order_id]
        before, after = changes[0]
        if before and (before.version + 1, before.timeline) != (after.version, after.timeline[: len(before.timeline)]):
            self.findings.append(f"a change of {order_id} was lost, to version {after.version} by {after.timeline[-1].cause}")
        self._streaming.add(order_id)

        def followed(process: Process) -> None:
            self._streaming.discard(order_id)
            self.require_refusal(process)
            if not process.failed_or_killed and self.rng.random() >= self.duplicates:
                changes.popleft()

        self.start("follow", (order_id, f"version {after.version}"), lambda: self.world.changes.follow(before, after), followed)

    def _take(self, message: Message) -> None:
        queues = self.world.queues
        if self.rng.random() >= self.duplicates:
            queues.waiting.remove(message)

        def handled(process: Process) -> None:
            self.require_refusal(process)
            if message.kind in ("OrderNotice", "Reminder"):
                self._note_lost_sms(process)
            if process.failed_or_killed:
                queues.again(message)
            else:
                queues.delete(message)

        self.start(message.kind, (message.about, message.detail), lambda: self._handle(message), handled)

    def _handle(self, message: Message) -> None:
        if message.detail:
            self.world.notices.send(OrderNotice(order_id=message.about, kind=NoticeKind(message.detail)))
        else:
            self._handlers[message.kind](message.about)

    def _notify(self, notification: tuple[datetime, str]) -> None:
        self.notifications.remove(notification)
        _, order_id = notification
        headers, body = self.world.provider.notification(order_id)

        def answered(process: Process) -> None:
            self.require_refusal(process)
            if process.failed_or_killed:
                self.notifications.append((self.world.clock() + timedelta(seconds=self.rng.choice([15, 600])), order_id))

        self.start("notified", (order_id, ""), lambda: self.world.payments.notified(headers, body), answered)

    def _suspend(self, schedule_id: str) -> None:
        schedule = self.world.schedule_of(schedule_id)
        if schedule.date >= self.world.today:
            self.world.service.suspend(schedule.hospital_code, schedule.hospital_schedule_id)

    def _recount(self, _: str) -> None:
        if corrections := self.world.recounting.run("").corrections:
            self.findings.append(f"a recount under way changes {corrections}")

    def _note_lost_sms(self, process: Process) -> None:
        """Note that a death, or a failing store of claims, left a notice claimed and not sent."""
        order_id, kind, *_ = process.about
        day = f"/{self.world.orders.orders[order_id].visit.date}" if kind == NoticeKind.REMINDER else ""
        struck = process.killed or "claims" in process.failed
        if struck and kind == NoticeKind.SUBSTITUTED:
            self.world.told.lost[order_id, kind] += 1
        if struck and (order_id + day, kind) in self.world.claims.claimed and not self.world.told.sent[order_id, kind]:
            self.world.told.lost[order_id, kind] = 1

    # Time.

    def wait(self, **duration: float) -> None:
        """Let time pass, timers ring, and processes end whose time is over."""
        clock, end = self.world.clock, self.world.clock() + timedelta(**duration)
        for moment, timer in _rings(clock(), end):
            self._drain_timers()
            self._let_time_be(moment)
            self._ring(timer)
        if end > self._rung_at + PROMPT:
            self._drain_timers()
        if timedelta(**duration) >= timedelta(minutes=5):
            self.reconcile()
        self._let_time_be(end)
        self.steps.append(("time passes until", clock()))

    def _let_time_be(self, moment: datetime) -> None:
        """Go on to the moment, unless it has passed, and end the processes whose time is over by then."""
        for process in [process for process in self.world.processes.paused if process.started_at + LIFE < moment]:
            self.world.processes.kill(process)
            self._look_after(process)
        self.world.clock.now = max(self.world.clock.now, moment)

    def reconcile(self) -> None:
        """Have the timer of reconciliation ring, if its last run is over."""
        if not any(message.kind == "reconcile" for message in self.world.queues.waiting):
            self.world.queues.put("reconcile")

    def _ring(self, timer: str) -> None:
        self._rung_at = self.world.clock()
        if timer == MIDNIGHT:
            self._require_reminders()
            return
        if timer in ("remindAll", "remindEve"):
            half_day, days = (HalfDay.AFTERNOON, 0) if timer == "remindAll" else (HalfDay.MORNING, 1)
            visits = {order.order_id: order.visit for order in self.world.living(OrderState.PAID) if order.record}
            due = (half_day, self.world.today + timedelta(days=days))
            self._to_remind |= {order_id for order_id, visit in visits.items() if (visit.half_day, visit.date) == due}
        self.world.queues.put(timer)

    def _require_reminders(self) -> None:
        """Whoever was to come this afternoon or the next morning, from the hour of reminders to the end, was reminded of it."""
        told = self.world.told
        for order in self.world.living(OrderState.PAID):
            about = (order.order_id, NoticeKind.REMINDER.value)
            if order.order_id in self._to_remind and not told.sent[about] + told.lost[about]:
                self.findings.append(f"nobody was reminded of {order.order_id}")
        self._to_remind = set()


def _rings(after: datetime, until: datetime) -> Iterator[tuple[datetime, str]]:
    day = after.date()
    while day <= until.date():
        for at, timer in _TIMERS.items():
            moment = datetime.combine(day, at, UTC)
            if after < moment <= until:
                yield moment, timer
        day += timedelta(days=1)
