"""The hourly round of forgetting: `[retention]`, in steps so small that nobody waits for them."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from storage import retention as retention_rows
from storage import sealed
from storage.db import Database, Tx, transaction
from storage.retention import Kept
from wiring.outside import RetentionSettings

log = logging.getLogger(__name__)

STEP = 500  # rows of one transaction
STEPS = 200  # of one kind in one round: what is left waits for the next
DEVICES = 32  # whose hourly figures are looked through in one transaction
HOURS = 24  # each device comes up once a day


def forget(
    main: Database, readings: Database, wanted: RetentionSettings, now: datetime
) -> dict[str, int]:
    """How many rows of what were forgotten. Raises `ConflictError`: again in an hour."""
    gone = {kept.value: _rows(main, kept, wanted, now) for kept in Kept}
    gone["hourly"] = _hours(readings, wanted, now)
    gone["sealed"] = _sealed(readings, wanted, now)
    if any(gone.values()):
        said = ", ".join(f"{name} {number}" for name, number in gone.items() if number)
        log.info("forgotten, as the settings want it: %s", said)
    return gone


def _rows(main: Database, kept: Kept, wanted: RetentionSettings, now: datetime) -> int:
    days = wanted.days_of(kept.value)
    before = now - timedelta(days=days)
    return _in_steps(main, lambda tx: retention_rows.forget(tx, kept, before, STEP)) if days else 0


def _hours(readings: Database, wanted: RetentionSettings, now: datetime) -> int:
    """A 24th of the devices: the others have their turn in the other hours of the day."""
    if not wanted.hourly:
        return 0
    before = now - timedelta(days=wanted.hourly)
    with transaction(readings) as tx:
        last = retention_rows.last_device(tx)
    gone = 0
    for first in range(now.hour * DEVICES, last + 1, HOURS * DEVICES):
        with transaction(readings) as tx:
            gone += retention_rows.forget_hours(tx, first, first + DEVICES - 1, before)
    return gone


def _sealed(readings: Database, wanted: RetentionSettings, now: datetime) -> int:
    before = now - timedelta(days=wanted.sealed)
    return _in_steps(readings, lambda tx: sealed.forget(tx, before, STEP)) if wanted.sealed else 0


def _in_steps(database: Database, some: Callable[[Tx], int]) -> int:
    """`some` forgets at most `STEP` rows and says how many."""
    gone = 0
    for _ in range(STEPS):
        with transaction(database) as tx:
            number = some(tx)
        gone += number
        if number < STEP:
            break
    return gone
