"""Readings get smaller with age: whole hours into figures, whole days into one piece each.

One shard of devices at a time: read what is there, then write in a transaction so short that
the collector, which shares the file on SQLite, hardly notices. Redoing any step does no harm.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from storage import sealed, shipping, telemetry
from storage.curves import ROLL
from storage.db import Database, Tx, reading, transaction
from storage.sealed import DAY_MS, SEAL
from storage.telemetry import FOLD, HOUR_MS, LATE, instant_of, ms_of

SETTLED = 3 * LATE  # what is younger may have neighbours that are still being written
SEALED_AFTER = timedelta(hours=18)  # after the day's end in UTC: two at night in China
LATE_AT_ONCE = 1000
_DAY_HOURS = DAY_MS // HOUR_MS

Write = Callable[[Tx], None]


def fold(readings: Database, now: datetime) -> None:
    """What came late, then the hours and the days that are over. Raises `ConflictError`."""
    _fold_late(readings)
    _up_to(readings, ROLL, HOUR_MS, now - SETTLED, _rolled)
    _up_to(readings, SEAL, DAY_MS, now - SEALED_AFTER, _sealed)


def forget_hot(
    readings: Database, hot_hours: float, now: datetime, spool_since: datetime | None
) -> None:
    """Hot rows older than `hot_hours` that are folded and sealed, and shipped if they are to be.

    `spool_since`: what is older goes even untold, counted as lost; None: nobody is to be told.
    """
    with transaction(readings) as tx:
        rolled, over = telemetry.progress(tx, ROLL), telemetry.progress(tx, SEAL)
        if rolled is None or over is None:
            return
        cut = min(now - timedelta(hours=hot_hours), rolled, over)
        if spool_since is not None:
            cut = min(cut, max(shipping.told_until(tx), spool_since))
        cut = cut.replace(minute=0, second=0, microsecond=0)
        if spool_since is None:
            shipping.settle_late(tx, cut)
        else:
            shipping.lose(tx, cut)
        telemetry.forget_hot(tx, cut)


def _up_to(
    readings: Database,
    work: str,
    piece_ms: int,
    until: datetime,
    prepared: Callable[[Tx, int, int], Write],
) -> None:
    """Every whole piece (an hour, a day) since the last that is done, if it is over by `until`."""
    with reading(readings) as tx:
        begun = telemetry.progress(tx, work) or telemetry.oldest(tx)
        shards = telemetry.shards(tx)
    if begun is None:
        return
    for number in range(ms_of(begun) // piece_ms, ms_of(until) // piece_ms):
        for shard in shards:
            with reading(readings) as tx:
                write = prepared(tx, shard, number)
            with transaction(readings) as tx:
                write(tx)
        with transaction(readings) as tx:
            telemetry.advance(tx, work, instant_of((number + 1) * piece_ms))


def _rolled(tx: Tx, shard: int, hour: int) -> Write:
    rows = sealed.of_shard(tx, shard, hour * HOUR_MS, (hour + 1) * HOUR_MS)
    figures = telemetry.figures(rows)
    return lambda own: telemetry.put_hours(own, figures)


def _sealed(tx: Tx, shard: int, day: int) -> Write:
    days = sealed.lay_over(tx, shard, day)
    return lambda own: sealed.put(own, day, days)


def _fold_late(readings: Database) -> None:
    """Hours whose turn had passed when something came: their day, if sealed, then their figures."""
    with reading(readings) as tx:
        noted = telemetry.late(tx, FOLD, LATE_AT_ONCE)
    for shard, hour in noted:
        with transaction(readings) as tx:
            telemetry.settle(tx, FOLD, shard, hour)
            if hour * HOUR_MS < sealed.edge_ms(tx):
                _sealed(tx, shard, hour // _DAY_HOURS)(tx)
            rolled = telemetry.progress(tx, ROLL)
            if rolled is not None and hour * HOUR_MS < ms_of(rolled):
                _rolled(tx, shard, hour)(tx)
