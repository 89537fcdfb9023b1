"""APScheduler as a metronome. It holds no promise, so it can lose none.

It counts by the wall clock: set back an hour, it would be silent for an hour. So somebody who
counts by the monotonic clock must look at `age_s` and `restart` it (`watch`).
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from wiring.clock import monotonic

log = logging.getLogger(__name__)

NUDGE_S = 1.0  # a beat this late is started again; promises may be 2 s late
LATE_S = 10.0  # said in the log
DEAD_S = 60.0  # the process ends: whatever hangs cannot be repaired from here


class Every(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Fires every `seconds`, and once after a stop: IntervalTrigger lists every missed run."""

    def __init__(self, seconds: float) -> None:
        self.step = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        if previous is None:
            return now
        following = previous + self.step
        return following if following > now else now + self.step


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    name: str
    every_s: float
    work: Callable[[], object]


class Beat:
    """Runs the jobs until one of them raises; then `ended_by` says what, and `on_end` is called."""

    def __init__(self, *, on_end: Callable[[], None]) -> None:
        self._on_end = on_end
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._seen: dict[str, float] = {}
        self.ended_by: BaseException | None = None
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a long tick is no news
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def add(self, job: Job) -> None:
        self._jobs[job.name] = job
        self.alive(job.name)
        self._scheduler.add_job(self._run, Every(job.every_s), args=(job.name,), id=job.name)

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        """Waits for the jobs that run."""
        self._scheduler.shutdown(wait=True)

    def alive(self, name: str) -> None:
        """A long job says that it goes on."""
        with self._lock:
            self._seen[name] = monotonic()

    def age_s(self, name: str) -> float:
        """Seconds since the job was last seen at work."""
        with self._lock:
            return monotonic() - self._seen[name]

    def restart(self, name: str) -> None:
        """Begin to count anew from the wall clock as it is now."""
        self._scheduler.reschedule_job(name, trigger=Every(self._jobs[name].every_s))

    def _run(self, name: str) -> None:
        if self.ended_by is not None:
            return
        self.alive(name)
        try:
            self._jobs[name].work()
        except BaseException as error:  # noqa: BLE001 - kept, said and turned into the exit code
            self.ended_by = error
            self._on_end()
        self.alive(name)


def watch(beat: Beat, name: str, *, said: bool) -> bool:
    """One look of the watchdog. Returns whether its lateness was said; raises if it is dead."""
    age = beat.age_s(name)
    if age > DEAD_S:
        raise DeadBeatError(f"no {name} for {age:.0f} s")
    if age > NUDGE_S:
        beat.restart(name)
    if age > LATE_S and not said:
        log.error("no %s for %.0f s: started again", name, age)
    return age > LATE_S


class DeadBeatError(Exception):
    """The beat hangs beyond repair."""
