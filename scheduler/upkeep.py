"""Forget what nobody may need any more, a piece at a time; nothing here is owed to people."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from operations import alerts as alert_desk
from rules.policy import Policy
from scheduler.folding import fold, forget_hot
from scheduler.plan import plan
from scheduler.retention import forget
from storage import api_answers, sessions, throttles
from storage.db import ConflictError, Database, Tx, transaction
from wiring.outside import RetentionSettings

log = logging.getLogger(__name__)

THROTTLES_KEPT = timedelta(days=2)


def upkeep(
    main: Database,
    readings: Database,
    policy: Policy,
    now: datetime,
    retention: RetentionSettings | None = None,
    spool_since: datetime | None = None,
) -> None:
    """The hourly round. What meets a conflict waits for the next one.

    `spool_since`: how old readings may get that an outside store was not told of; None: no store.
    """
    _try("plan", lambda: plan(main, policy, now))
    for name, work in _CHORES.items():
        _try(name, _in_its_own_transaction(main, work, now))
    _try("readings", lambda: fold(readings, now))
    _try("hot", lambda: forget_hot(readings, policy.hot_hours, now, spool_since))
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


def _try(name: str, work: Callable[[], object]) -> None:
    try:
        work()
    except ConflictError:
        log.warning("upkeep of %s was held up; again in an hour", name)
