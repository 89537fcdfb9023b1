"""Forget what nobody may need any more, a piece at a time; nothing here is owed to people."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from operations import alerts as alert_desk
from rules.policy import Policy
from scheduler.plan import plan
from scheduler.retention import forget
from storage import api_answers, sessions, telemetry, throttles
from storage.db import ConflictError, Database, Tx, transaction
from wiring.outside import RetentionSettings

log = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
THROTTLES_KEPT = timedelta(days=2)
ROLLED_AGAIN = 2  # whole hours: readings may come late


def upkeep(
    main: Database,
    readings: Database,
    policy: Policy,
    now: datetime,
    retention: RetentionSettings | None = None,
) -> None:
    """The hourly round. What meets a conflict waits for the next one."""
    _try("plan", lambda: plan(main, policy, now))
    for name, work in _CHORES.items():
        _try(name, _in_its_own_transaction(main, work, now))
    _try("readings", lambda: _fold(readings, policy, now))
    _try("retention", lambda: forget(main, readings, retention or RetentionSettings(), now))


def _in_its_own_transaction(
    main: Database, work: Callable[[Tx, datetime], object], now: datetime
) -> Callable[[], None]:
    def _work() -> None:
        with transaction(main) as tx:
            work(tx, now)

    return _work


_CHORES: dict[str, Callable[[Tx, datetime], object]] = {
    "sessions": sessions.sweep,
    "answers": api_answers.sweep,
    "throttles": lambda tx, now: throttles.sweep(tx, now - THROTTLES_KEPT),
    "alerts": alert_desk.clear_seen_events,
}


def _fold(readings: Database, policy: Policy, now: datetime) -> None:
    """Readings of whole hours into hourly figures, then forget those older than `hot_hours`."""
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    cut = this_hour - timedelta(hours=policy.hot_hours)
    with transaction(readings) as tx:
        oldest = telemetry.oldest(tx)
    if oldest is None:
        return
    first = oldest.replace(minute=0, second=0, microsecond=0)
    late = [first + n * HOUR for n in range(max((cut - first) // HOUR, 0))]
    fresh = [this_hour - n * HOUR for n in range(ROLLED_AGAIN, 0, -1)]
    for hour in [*late, *(hour for hour in fresh if hour >= first)]:
        with transaction(readings) as tx:
            telemetry.roll_up(tx, hour, hour + HOUR)
    with transaction(readings) as tx:
        telemetry.forget_hot(tx, cut)


def _try(name: str, work: Callable[[], object]) -> None:
    try:
        work()
    except ConflictError:
        log.warning("upkeep of %s was held up; again in an hour", name)
