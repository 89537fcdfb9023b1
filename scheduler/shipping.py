"""What devices measured goes on to InfluxDB, in order; the hot rows are the spool (ADR 30).

Whatever stops, the cursor stands where the server's last yes left it. A point it does not want
is found by halving, set aside with the server's words, and the others go on.
"""

import contextlib
import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from scheduler.folding import SETTLED
from storage import revision, shipping, telemetry
from storage.db import ConflictError, Database, reading, transaction
from storage.influx import Influx, InfluxDownError, PointsRefusedError, line
from storage.shipping import Place, Refused
from storage.telemetry import HOUR_MS, ms_of
from wiring.clock import monotonic
from wiring.parts import Parts
from wiring.room import Room
from wiring.settings import Settings

log = logging.getLogger(__name__)

ROWS = 500  # of the spool in one letter: at most 16,000 lines
LOOK_S = 3.0  # a look ends after this, so that an orderly end need not wait
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
LONGEST_ASKED_S = 300.0
_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)

Said = tuple[int, int, dict[str, float]]  # device id, milliseconds since 1970, readings


class Shipper:
    """Knows how long the server is to be left alone, and what our devices are called."""

    def __init__(self) -> None:
        self._pause_s = 0.0
        self._again_at: datetime | None = None
        self._revision = -1
        self._codes: dict[int, tuple[str, str]] = {}

    def look(self, parts: Parts) -> None:
        """Send what has settled. Raises `DatabaseDownError`; a conflict waits for the next look."""
        store, now = parts.settings.influx, parts.clock()
        if store is None or (self._again_at and now < self._again_at):
            return
        with contextlib.suppress(ConflictError):
            self._learn_codes(parts.database)
            try:
                self._late(parts.telemetry, store, now)
                self._in_order(parts.telemetry, store, now)
            except InfluxDownError as error:
                self._leave_alone(parts.telemetry, error, now)
            else:
                self._pause_s, self._again_at = 0.0, None

    def _in_order(self, readings: Database, store: Influx, now: datetime) -> None:
        until_ms, end = ms_of(now - SETTLED), monotonic() + LOOK_S
        with transaction(readings) as tx:
            shipping.begin(tx)
        while monotonic() < end:
            with reading(readings) as tx:
                known = shipping.standing(tx) or shipping.Standing()
                rows = shipping.after(tx, known.place, until_ms, ROWS)
            said = ((one, row.place[0], metrics) for row in rows for one, metrics in row.said)
            if rows:
                self._send(readings, store, said, rows[-1].place, now)
            if len(rows) < ROWS:
                return

    def _late(self, readings: Database, store: Influx, now: datetime) -> None:
        with transaction(readings) as tx:
            hours = shipping.take_late(tx)
        for shard, hour in hours:
            with reading(readings) as tx:
                said = list(telemetry.of_shard(tx, shard, hour * HOUR_MS, (hour + 1) * HOUR_MS))
            self._send(readings, store, said, None, now)
            with transaction(readings) as tx:
                telemetry.settle(tx, shipping.SENDING, shard, hour)

    def _send(
        self,
        readings: Database,
        store: Influx,
        said: Iterable[Said],
        place: Place | None,
        now: datetime,
    ) -> None:
        lines = [
            line(one, self._codes.get(one), at_ms, metrics)
            for one, at_ms, metrics in said
            if metrics
        ]
        refused = _taken(store, lines)
        with transaction(readings) as tx:
            shipping.took(tx, place, len(lines) - len(refused), refused, now)
        if refused:
            log.warning("InfluxDB refused %d points: %s", len(refused), refused[0].reason)

    def _leave_alone(self, readings: Database, error: InfluxDownError, now: datetime) -> None:
        if not self._pause_s:
            log.error("InfluxDB takes nothing: %s", error)
        self._pause_s = min(max(self._pause_s * 2, FIRST_PAUSE_S), LONGEST_PAUSE_S)
        wait_s = max(self._pause_s, min(error.wait_s, LONGEST_ASKED_S))
        self._again_at = now + timedelta(seconds=wait_s)
        with transaction(readings) as tx:
            shipping.ails(tx, str(error), now)

    def _learn_codes(self, main: Database) -> None:
        with reading(main) as tx:
            newest = revision.current(tx)
            if newest != self._revision:
                self._codes, self._revision = shipping.codes(tx), newest


def spool_since(settings: Settings, room: Room, now: datetime) -> datetime | None:
    """How old readings may get that InfluxDB has not taken; no older than hot if room is short.

    None: there is no InfluxDB.
    """
    if settings.influx is None:
        return None
    if room.full(now):
        return now
    days = settings.retention.spool
    return now - timedelta(days=days) if days else _BEFORE_ALL


def _taken(store: Influx, lines: Sequence[str]) -> list[Refused]:
    """Those the server does not want; it has the others."""
    if not lines:
        return []
    try:
        store.take(lines)
    except PointsRefusedError as error:
        if len(lines) == 1:
            return [Refused(lines[0], str(error))]
        half = len(lines) // 2
        return [*_taken(store, lines[:half]), *_taken(store, lines[half:])]
    return []
