"""The collector's one loop: hear, judge, commit, acknowledge; and know when we are deaf."""

import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from collector import echo as echoes
from collector.echo import Echo
from collector.intake import Intake
from collector.message import Message, of_letter
from collector.mqtt import AT_ONCE, Connection, LostError, RefusedError
from collector.subscriptions import Subscriptions
from operations import alerts
from rules.silence import Spell
from storage import inbox, listening
from storage.db import reading, transaction
from wiring.clock import pause
from wiring.parts import Parts

log = logging.getLogger(__name__)

STALLED = "MON_INGEST_STALLED"
BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)  # no device was enrolled earlier
SAVE_EVERY = timedelta(seconds=1)
SYS_PATIENCE = timedelta(seconds=12)  # mosquitto tells its counters every 10 s
LETTERS_EVERY = timedelta(milliseconds=200)
SHORT = timedelta(seconds=1)
LONGEST_WAIT_S = 0.05
LONGEST_PAUSE_S = 10.0


@dataclass(slots=True)
class Ears:
    """How well we hear just now."""

    since: datetime | None = None  # connected since
    knew_until: datetime | None = None  # the watermark when we connected
    arrived_at: datetime | None = None  # anything at all, in this process's life
    down_since: datetime | None = None
    stalled: bool = False
    saved_at: datetime | None = None
    counter_at: datetime | None = None
    dropped: int | None = None
    ask_again: bool = False
    letters_at: datetime | None = None
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
        self._subscriptions = Subscriptions(intake.interpreter)
        self._subscriptions.remember(known.session)
        self._ask_counters = True

    def step(self) -> None:
        """Hear what is there, judge it and what has run off. Raises `DatabaseDownError`."""
        now = self._parts.clock()
        self._open_letters(now)
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
    def outdated(self) -> bool:
        return self._intake.outdated

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
        if self.ears.ask_again:
            connection.subscribe(everything=False, counters=self._ask_counters)
            self._subscriptions.ask_for_all(connection)
            self.ears.ask_again = False
        arrived = connection.drain(self._patience(now))
        if arrived:
            self._mind_the_gap(self._parts.clock())
            self._take(connection, arrived)
        self._hear_broker(connection, now)
        if self._may_judge(now) and self.echo.watermark is not None:
            self._intake.ring(self.echo.watermark, self._parts.clock())

    def _take(self, connection: Connection, arrived: list[Message]) -> None:
        now = self._parts.clock()
        said = [m for m in arrived if m.topic != echoes.TOPIC]
        if said:
            self._intake.take(said, now, late=self.echo.behind(now), reborn=not self.echo.settled)
        for message in arrived:
            if message.topic == echoes.TOPIC:
                self.echo.heard(message.body)
        if self.echo.settled and not self._subscriptions.proven:
            self._end_of_the_beginning()
        connection.acknowledge(arrived)
        self._speak(connection)

    def _mind_the_gap(self, now: datetime) -> None:
        """Not even our echo came: the broker, or the way to it, was dead for devices too."""
        before, self.ears.arrived_at = self.ears.arrived_at, now
        if before is not None and now - before > self.echo.late_after:
            self._intake.deaf(Spell(before, now), "nothing arrived")
            log.warning("nothing at all arrived since %s; nobody is blamed for it", before)

    def _open_letters(self, now: datetime) -> None:
        """What other receivers took in, a few times a second, also while the broker is away."""
        if self.ears.letters_at is not None and now - self.ears.letters_at < LETTERS_EVERY:
            return
        with reading(self._parts.database) as tx:
            letters = inbox.oldest(tx, AT_ONCE)
        if letters:
            self._intake.take([of_letter(one) for one in letters], now)
        if len(letters) < AT_ONCE:
            self.ears.letters_at = now

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
        self._connection = connection
        connection.open()
        now = self._parts.clock()
        known = connection.session_present and self._subscriptions.proven
        if not known:
            self._begin_session(now, lost=not connection.session_present)
        self.ears.since = now
        connection.subscribe(everything=False, counters=self._ask_counters)
        if known:
            self._keep_up(connection)
        else:
            self._subscriptions.ask_for_all(connection)
        with transaction(self._parts.database) as tx:
            listening.change(tx, connected_at=now)
        self.ears.down_since = None
        self.ears.knew_until = self.echo.watermark
        self.ears.pause_s, self.ears.retry_at = 0.5, None
        self.ears.words = "listening"
        log.info("listening to the broker; session kept: %s", connection.session_present)
        return connection

    def _begin_session(self, now: datetime, *, lost: bool) -> None:
        """The broker knows nothing of us: what it took meanwhile is lost, and that is our doing."""
        self._subscriptions.known = frozenset()
        since = self.echo.watermark or BEFORE_ALL
        why = "session lost" if self.echo.watermark else "not listening yet"
        self._intake.begin_session(Spell(min(since, now), now), why, forget=lost)
        if self.echo.watermark:
            log.warning("the broker has no session of ours; deaf since %s", since)
        else:
            log.info("listening for the first time")

    def _end_of_the_beginning(self) -> None:
        """Our first echo in a new session: only now is it certain that we are subscribed."""
        now, since = self._parts.clock(), self.ears.since
        if since and now - since > SHORT:
            self._intake.deaf(Spell(since, now), "subscribing")
        self._write_down_session()

    def _keep_up(self, connection: Connection) -> None:
        """Other topics are wanted than the session has: the settings changed, or a dialect asks."""
        if self._subscriptions.ask_for_news(connection):
            self._write_down_session()

    def _write_down_session(self) -> None:
        session = self._subscriptions.prove()
        with transaction(self._parts.database) as tx:
            listening.change(tx, session=session)

    def _speak(self, connection: Connection) -> None:
        """What the dialects had to say, and to hear besides, now that the batch is durable."""
        saying, self._intake.outgoing = self._intake.outgoing, []
        for one in saying:
            connection.publish(one.topic, one.body)
        if self._subscriptions.proven and self._subscriptions.wanted != self._subscriptions.known:
            self._keep_up(connection)

    def _hang_up(self, error: Exception, now: datetime) -> None:
        self.close()
        self._connection = None
        if self.ears.since is not None and not self.echo.settled:
            # Some brokers (iotcore) hang up on whoever asks for $SYS: try the other way.
            self._ask_counters = not self._ask_counters
        self.echo.lost()
        self.ears.since = None
        self.ears.down_since = self.ears.down_since or now
        self.ears.retry_at = now + timedelta(seconds=self.ears.pause_s)
        self.ears.pause_s = min(2 * self.ears.pause_s, LONGEST_PAUSE_S)
        self.ears.words = f"no broker: {error}"
        log.warning("lost the broker: %s; trying again", error)

    def _hear_broker(self, connection: Connection, now: datetime) -> None:
        uptime_s, connection.uptime_s = connection.uptime_s, None
        if uptime_s is not None:
            self._compare_births(now - timedelta(seconds=uptime_s), now)
        dropped, connection.dropped = connection.dropped, None
        if dropped is not None:
            self._count_lost(dropped, now)

    def _compare_births(self, born_at: datetime, now: datetime) -> None:
        """A broker younger than our last echo was away a while: devices could not reach it."""
        known, self.ears.knew_until = self.ears.knew_until, None
        if known is not None and born_at - known > SYS_PATIENCE:
            self._intake.deaf(Spell(known, now), "the broker was away")
            log.warning("the broker was away some time since %s; nobody is blamed for it", known)

    def _count_lost(self, count: int, now: datetime) -> None:
        """The broker counts what it threw away; a higher count is a deaf spell."""
        before, since = self.ears.dropped, self.ears.counter_at or self.echo.watermark
        self.ears.dropped, self.ears.counter_at = count, now
        if count != before:
            with transaction(self._parts.database) as tx:
                listening.change(tx, dropped=count)
        if before is not None and count < before:
            before = 0  # a new broker counts from nothing
        if before is not None and count > before and since is not None:
            self._intake.deaf(Spell(min(since, now), now), "the broker dropped messages")
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
        self.ears.ask_again = self._connection is not None
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
            self._intake.refresh(tx, now)
