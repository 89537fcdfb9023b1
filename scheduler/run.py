"""The clock's door: beat, sender and watchdog, until told to stop or unable to go on."""

import contextlib
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from operations import alerts as alert_desk
from operations import contact_cards as card_desk
from scheduler import sending
from scheduler.beat import Beat, DeadBeatError, Job, watch
from scheduler.disk import DiskWatch
from scheduler.events import Relay, hooks_of
from scheduler.mail_replies import Postman
from scheduler.plan import Planner
from scheduler.printing import Press
from scheduler.shipping import Shipper, spool_since
from scheduler.tick import tick
from scheduler.upkeep import upkeep
from storage.db import ConflictError, DatabaseDownError, transaction
from wiring.clock import SteadyClock
from wiring.health import Heart
from wiring.parts import Parts
from wiring.reload import Rereading
from wiring.room import Room

log = logging.getLogger(__name__)

RELEASED = datetime(2026, 11, 21, tzinfo=UTC)  # moved on with every release
TICK_S = 0.25
UPKEEP_S = 3600.0
DISK_S = 10.0
EVENTS_S = 1.0
PLAN_S = 30.0
CARDS_S = 60.0
PRINTING_S = 0.5
SHIPPING_S = 1.0
ANSWERS_S = 1.0
LOOK_S = 0.5
STOPPED, UNEXPECTED, DATABASE_DOWN, WRONG_CLOCK, DEAD = 0, 1, 3, 4, 5


def run(parts: Parts) -> int:
    """Keep promises and send notices until SIGINT or SIGTERM; the exit code says why it ended.

    SIGHUP: read policy and channels anew.
    """
    if not _plausible(parts.clock()):
        return WRONG_CLOCK
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    rereading = Rereading(parts)
    with contextlib.closing(sending.Desk(parts)) as desk:

        def _fresh() -> Parts | None:
            found = rereading.fresh()
            if found or desk.outdated:
                desk.renew(rereading.parts)
            return found

        return keep_promises(parts, stop, sends=desk.healthy, fresh=_fresh)


def keep_promises(
    parts: Parts,
    stop: threading.Event,
    *,
    sends: Callable[[], bool] = lambda: True,
    fresh: Callable[[], Parts | None] = lambda: None,
) -> int:
    """Beat until `stop`; without the sender, so that a test may run several in one process.

    `fresh` is asked at every look: parts whose figures count from the next tick on.
    """
    if not _plausible(parts.clock()):
        return WRONG_CLOCK
    steps = _note_steps(parts)
    beat = Beat(on_end=stop.set)
    current = _Current(parts)
    press = Press()
    for job in _jobs(current, steps, press, lambda: beat.alive("tick")):
        beat.add(job)
    heart = Heart(parts.settings.data, "scheduler", parts.clock)
    parts.figures.look(parts.database)

    def _each() -> None:
        parts.figures.look(parts.database)
        current.renew(fresh())

    beat.start()
    log.info("keeping promises: a tick every %d ms", TICK_S * 1000)
    try:
        _watch_until(stop, beat, heart, sends, _each)
    finally:
        press.close()
        beat.stop()
    heart.stop()
    return _say_why(beat.ended_by)


def _plausible(now: datetime) -> bool:
    """A clock before the release would break every promise at once when it is set right."""
    if now < RELEASED:
        log.error("the clock says %s, before this release was made: set it first", now.date())
    return now >= RELEASED


@dataclass(slots=True)
class _Current:
    """The parts in force; replaced between two looks, read at the start of each job."""

    parts: Parts

    def renew(self, parts: Parts | None) -> None:
        self.parts = parts or self.parts


def _jobs(
    current: _Current,
    steps: "queue.SimpleQueue[float]",
    press: Press,
    alive: Callable[[], None],
) -> tuple[Job, ...]:
    def _tick() -> None:
        parts = current.parts
        tell_steps(parts, steps)
        tick(parts.database, parts.policy, parts.clock, alive=alive)

    def _upkeep() -> None:
        parts = current.parts
        kept, now = parts.settings.retention, parts.clock()
        spool = spool_since(parts.settings, room, now)
        upkeep(parts.database, parts.telemetry, parts.policy, now, kept, spool)

    room = Room(current.parts.settings.data)
    disk = DiskWatch(room)

    def _disk() -> None:
        parts = current.parts
        disk.look(parts.database, parts.policy, parts.clock())

    relay = Relay()

    def _events() -> None:
        parts = current.parts
        relay.look(parts.database, hooks_of(parts.settings), parts.clock())

    shipper, planner, postman = Shipper(), Planner(), Postman()

    def _plan() -> None:
        parts = current.parts
        with contextlib.suppress(ConflictError):  # the next look plans it
            planner.look(parts.database, parts.policy, parts.clock())

    return (
        Job(name="cards", every_s=CARDS_S, work=lambda: _compare_cards(current.parts)),
        Job(name="plan", every_s=PLAN_S, work=_plan),
        Job(name="printing", every_s=PRINTING_S, work=lambda: press.look(current.parts)),
        Job(name="answers", every_s=ANSWERS_S, work=lambda: postman.look(current.parts)),
        Job(name="events", every_s=EVENTS_S, work=_events),
        Job(name="disk", every_s=DISK_S, work=_disk),
        Job(name="tick", every_s=TICK_S, work=_tick),
        Job(name="shipping", every_s=SHIPPING_S, work=lambda: shipper.look(current.parts)),
        Job(name="upkeep", every_s=UPKEEP_S, work=_upkeep),
    )


def _compare_cards(parts: Parts) -> None:
    """A13: whatever changed a name or a number, and by whatever door."""
    with contextlib.suppress(ConflictError), transaction(parts.database) as tx:
        card_desk.compare(tx, parts.policy, parts.clock())


def _watch_until(
    stop: threading.Event,
    beat: Beat,
    heart: Heart,
    sends: Callable[[], bool],
    each: Callable[[], None],
) -> None:
    """The watchdog, on monotonic time. A beat that hangs for good ends the process at once."""
    late = False
    while not stop.wait(LOOK_S):
        each()
        try:
            late = watch(beat, "tick", said=late)
        except DeadBeatError:
            log.critical("the beat hangs for good: ending, to be started again")
            _leave(DEAD)
        ailing = "no tick" if late else "" if sends() else "the sender hangs"
        heart.beat(ok=not ailing, words=ailing)


def _leave(code: int) -> None:
    """Not `sys.exit`: that would wait for the very thread that hangs."""
    logging.shutdown()
    sys.stderr.flush()
    os._exit(code)


def _say_why(error: BaseException | None) -> int:
    if error is None:
        return STOPPED
    if isinstance(error, DatabaseDownError):
        log.critical("the database is gone: %s", error)
        return DATABASE_DOWN
    log.critical("ended by an unexpected %s", type(error).__name__, exc_info=error)
    return UNEXPECTED


def _note_steps(parts: Parts) -> "queue.SimpleQueue[float]":
    """Jumps of the wall clock, heard by whoever reads it, told by the next tick."""
    steps: queue.SimpleQueue[float] = queue.SimpleQueue()
    if isinstance(parts.clock, SteadyClock):
        parts.clock.on_step = steps.put
    return steps


def tell_steps(parts: Parts, steps: "queue.SimpleQueue[float]") -> None:
    """Each is an alert of ours; what meets a conflict is told by the next tick."""
    while not steps.empty():
        step_s = steps.get()
        try:
            _tell_step(parts, step_s)
        except ConflictError:
            steps.put(step_s)
            return
        log.error("the clock jumped by %+.1f s", step_s)


def _tell_step(parts: Parts, step_s: float) -> None:
    now = parts.clock()
    subject = f"{now:%Y-%m-%dT%H:%M}Z"
    with transaction(parts.database) as tx:
        facts = {"seconds": round(step_s, 1)}
        alert_desk.raise_alert(tx, alert_desk.CLOCK_STEP, subject, facts, parts.policy, now)
