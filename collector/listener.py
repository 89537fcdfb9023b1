"""The collector's one loop: hear, judge, commit, acknowledge; and know when we are deaf."""

import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from collector import echo as echoes
from collector.echo import Echo
from collector.intake import Intake, Message
from collector.mqtt import FILTER, Connection, LostError, RefusedError
from operations import alerts
from rules.silence import Spell
from storage import listening
from storage.db import transaction
from wiring.clock import pause
from wiring.parts import Parts

log = logging.getLogger(__name__)

STALLED = "MON_INGEST_STALLED"
SAVE_EVERY = timedelta(seconds=1)
SYS_PATIENCE = timedelta(seconds=12)  # mosquitto tells its counters every 10 s
LONGEST_WAIT_S = 0.05
LONGEST_PAUSE_S = 10.0


@dataclass(slots=True)
class Ears:
    """How well we hear just now."""

    since: datetime | None = None  # connected since
    down_since: datetime | None = None
    stalled: bool = False
    saved_at: datetime | None = None
    counter_at: datetime | None = None
    dropped: int | None = None
    pause_s: float = 0.5
    retry_at: datetime | None = None
    words: str = field(default="starting")


class Listener:
    """Owns the connection; `step` is one turn of the loop and returns quickly."""

    def __init__(
        self, parts: Parts, intake: Intake, connect: Callable[[], Connection], now: datetime
    ) -> None:
        self._parts, self._intake, self._connect = parts, intake, connect
        policy = parts.policy
        self.echo = Echo(
            timedelta(seconds=policy.echo_every_s), timedelta(seconds=policy.echo_late_s)
        )
        self._connection: Connection | None = None
        self.ears = Ears(down_since=now)
        with transaction(parts.database) as tx:
            known = listening.get(tx)
        self.echo.watermark = known.watermark
        self.ears.stalled = known.stalled_since is not None
        self.ears.dropped = known.dropped
        self._had_session = known.session == FILTER

    def step(self) -> None:
        """Hear what is there, judge it and what has run off. Raises `DatabaseDownError`."""
        now = self._parts.clock()
        try:
            self._hear(now)
        except (LostError, RefusedError) as error:
            self._hang_up(error, now)
        self._judge_our_hearing(self._parts.clock())
        self._save(now)

    def close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(LostError):
                self._connection.close()

    @property
    def healthy(self) -> bool:
        return self.ears.since is not None and not self.ears.stalled

    def _hear(self, now: datetime) -> None:
        connection = self._connection or self._call_up(now)
        if connection is None:
            return
        call = self.echo.call(now)
        if call is not None:
            connection.publish(echoes.TOPIC, call)
        arrived = connection.drain(self._patience(now))
        if arrived:
            self._take(connection, arrived)
        self._count_lost(connection, now)
        if self._may_judge(now) and self.echo.watermark is not None:
            self._intake.ring(self.echo.watermark, self._parts.clock())

    def _take(self, connection: Connection, arrived: list[Message]) -> None:
        now = self._parts.clock()
        said = [m for m in arrived if m.topic != echoes.TOPIC]
        if said:
            self._intake.take(said, now, late=self.echo.behind(now))
        for message in arrived:
            if message.topic == echoes.TOPIC:
                self.echo.heard(message.body)
        connection.acknowledge(arrived)

    def _patience(self, now: datetime) -> float:
        next_at = self.echo.next_at
        if next_at is None:
            return 0.0
        return min(max((next_at - now).total_seconds(), 0.0), LONGEST_WAIT_S)

    def _call_up(self, now: datetime) -> Connection | None:
        if self.ears.retry_at is not None and now < self.ears.retry_at:
            pause(LONGEST_WAIT_S)
            return None
        connection = self._connect()
        connection.open()
        self._connection = connection
        if not connection.session_present:
            self._begin_session(now)
        connection.subscribe(everything=not (connection.session_present and self._had_session))
        self._had_session = True
        with transaction(self._parts.database) as tx:
            listening.change(tx, session=FILTER, connected_at=now)
        self.ears.since, self.ears.down_since = now, None
        self.ears.pause_s, self.ears.retry_at = 0.5, None
        self.ears.words = "listening"
        log.info("listening to the broker; session kept: %s", connection.session_present)
        return connection

    def _begin_session(self, now: datetime) -> None:
        """The broker knows nothing of us: what it took meanwhile is lost, and that is our doing."""
        self._intake.forget_session()
        if self._had_session and self.echo.watermark is not None:
            self._intake.deaf(Spell(self.echo.watermark, now), "session lost")
            log.warning("the broker lost our session; deaf since %s", self.echo.watermark)

    def _hang_up(self, error: Exception, now: datetime) -> None:
        self._connection = None
        self.echo.lost()
        self.ears.since = None
        self.ears.down_since = self.ears.down_since or now
        self.ears.retry_at = now + timedelta(seconds=self.ears.pause_s)
        self.ears.pause_s = min(2 * self.ears.pause_s, LONGEST_PAUSE_S)
        self.ears.words = f"no broker: {error}"
        log.warning("lost the broker: %s; trying again", error)

    def _count_lost(self, connection: Connection, now: datetime) -> None:
        """The broker counts what it threw away; a higher count is a deaf spell."""
        if connection.dropped is None:
            return
        count, connection.dropped = connection.dropped, None
        before, since = self.ears.dropped, self.ears.counter_at or self.echo.watermark
        self.ears.dropped, self.ears.counter_at = count, now
        with transaction(self._parts.database) as tx:
            listening.change(tx, dropped=count)
        if before is not None and count > before and since is not None:
            self._intake.deaf(Spell(since, now), "the broker dropped messages")
            log.warning("the broker dropped %d messages: max_queued_messages?", count - before)

    def _may_judge(self, now: datetime) -> bool:
        """After a connect the drop counter is heard first, or waited for as long as it takes."""
        since = self.ears.since
        if since is None:
            return False
        counted = self.ears.counter_at is not None and self.ears.counter_at >= since
        return counted or now - since > SYS_PATIENCE

    def _judge_our_hearing(self, now: datetime) -> None:
        down = self.ears.down_since
        late_after = timedelta(seconds=self._parts.policy.echo_late_s)
        deaf = self.echo.late(now) or (down is not None and now - down > late_after)
        if deaf and not self.ears.stalled:
            self._stall(now)
        elif self.ears.stalled and self.ears.since is not None and not self.echo.behind(now):
            self._hear_again(now)

    def _stall(self, now: datetime) -> None:
        since = self.echo.watermark or now
        facts = {"since": since.isoformat(), "words": self.ears.words}
        with transaction(self._parts.database) as tx:
            listening.change(tx, stalled_since=since)
            alerts.raise_alert(tx, STALLED, "collector", facts, self._parts.policy, now)
        self.ears.stalled = True
        log.error("our echo is late: we may be deaf since %s; no device is blamed", since)

    def _hear_again(self, now: datetime) -> None:
        with transaction(self._parts.database) as tx:
            listening.change(tx, stalled_since=None)
            alerts.clear_alert(tx, STALLED, "collector", now)
        self.ears.stalled = False
        log.info("our echo is back")

    def _save(self, now: datetime) -> None:
        saved = self.ears.saved_at
        if self.echo.watermark is None or (saved is not None and now - saved < SAVE_EVERY):
            return
        self.ears.saved_at = now
        with transaction(self._parts.database) as tx:
            listening.change(tx, watermark=self.echo.watermark)
