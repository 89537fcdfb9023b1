"""Settle every promise whose time has come: nothing lost, nothing doubled, nobody held up.

A batch is one transaction; each promise in it is under its own savepoint. Locks are taken in
the one order of the house: subject, then deadline, then outbox. Several may tick at once.
"""

import logging
import random
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from operations import alerts as alert_desk
from rules.policy import Policy
from scheduler import handlers
from storage import deadlines
from storage.db import (
    ConflictError,
    Database,
    DatabaseDownError,
    Tx,
    reading,
    savepoint,
    transaction,
)
from storage.deadlines import Deadline, Kind
from wiring.clock import Clock, monotonic

log = logging.getLogger(__name__)

BATCH = 100
BATCH_S = 0.5  # one batch holds its locks no longer than this
SOONEST = timedelta(seconds=1)  # a promise may not chase its own tail
FIRST_RETRY_S, LONGEST_RETRY_S = 5.0, 300.0
FAILURES_TO_ALERT = 3
TRIES = 6  # at once, when another transaction was in the way
JITTER_S = 0.02
ERROR_KEPT = 4_000  # characters of a traceback
FAILED = "MON_DEADLINE_FAILED"


class How(Enum):
    """What became of one promise in one round."""

    SETTLED = auto()
    PASSED = auto()  # another has it, or it is due no more
    FAILED = auto()  # comes again, later each time
    IN_THE_WAY = auto()  # another transaction was; to be tried again at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one tick did."""

    settled: int = 0
    failed: int = 0


def tick(
    database: Database, policy: Policy, clock: Clock, *, alive: Callable[[], None] = lambda: None
) -> Round:
    """Try everything that is due once. Raises `DatabaseDownError`."""
    last: Deadline | None = None
    settled = failed = 0
    while True:
        now = clock()
        with reading(database) as tx:
            due = deadlines.due(tx, now, BATCH, after=last)
        if not due:
            return Round(settled=settled, failed=failed)
        outcomes = _settle_batch(database, policy, due, now)
        last = due[len(outcomes) - 1]
        settled += outcomes.count(How.SETTLED)
        failed += outcomes.count(How.FAILED)
        alive()


def _settle_batch(
    database: Database, policy: Policy, due: Sequence[Deadline], now: datetime
) -> list[How]:
    """The first of them in one transaction, as many as there is time for.

    What was in another's way is done alone and again, when all the others are.
    """
    try:
        with transaction(database) as tx:
            outcomes = _settle_together(tx, policy, due, now)
    except ConflictError:  # the commit, or the first lock: nothing of the batch was done
        outcomes = [How.IN_THE_WAY] * len(due)
    return [
        _settle_alone(database, policy, each, now) if how is How.IN_THE_WAY else how
        for each, how in zip(due, outcomes, strict=False)  # it may have run out of time
    ]


def _settle_together(tx: Tx, policy: Policy, due: Sequence[Deadline], now: datetime) -> list[How]:
    deadlines.wait_little(tx)
    end = monotonic() + BATCH_S
    outcomes: list[How] = []
    for each in due:
        outcomes.append(_settle(tx, each, policy, now))
        if monotonic() > end:
            break
    return outcomes


def _settle_alone(database: Database, policy: Policy, due: Deadline, now: datetime) -> How:
    """In its own transaction, again and again with jitter; at last left to the next tick."""
    for number in range(TRIES):
        try:
            with transaction(database) as tx:
                deadlines.wait_little(tx)
                how = _settle(tx, due, policy, now)
        except ConflictError:
            how = How.IN_THE_WAY
        if how is not How.IN_THE_WAY:
            return how
        threading.Event().wait(random.uniform(0, JITTER_S) * 2**number)  # noqa: S311 - no secret
    log.warning("%s of %s %s is held up", due.kind, due.subject_kind, due.subject_id)
    return How.IN_THE_WAY


def _settle(tx: Tx, due: Deadline, policy: Policy, now: datetime) -> How:
    try:
        with savepoint(tx):
            return _keep(tx, due, policy, now)
    except ConflictError:
        return How.IN_THE_WAY
    except DatabaseDownError:
        raise
    except Exception as error:
        log.exception("%s failed for the %d. time", _name(due), due.failures + 1)
        _postpone(tx, due, error, policy, now)
        return How.FAILED


def _keep(tx: Tx, due: Deadline, policy: Policy, now: datetime) -> How:
    """Lock the subject, then the promise as it is now, act, and write the next instant."""
    subject = handlers.lock_subject(tx, due)
    if subject is None:
        return How.PASSED
    held = deadlines.lock(tx, due.id, now)
    if held is None:
        return How.PASSED
    again_at = handlers.handle(tx, subject, held, policy, now)
    if again_at is not None and again_at <= now:
        again_at = now + SOONEST
    deadlines.put(tx, held.kind, held.subject_kind, held.subject_id, again_at, held.step)
    if held.failures >= FAILURES_TO_ALERT:
        alert_desk.clear_alert(tx, FAILED, _name(held), now)
    return How.SETTLED


def _postpone(tx: Tx, due: Deadline, error: Exception, policy: Policy, now: datetime) -> None:
    """It comes again after 5 s, doubling to 5 min; the third failure is an alert of ours."""
    wait_s = min(FIRST_RETRY_S * 2 ** min(due.failures, 10), LONGEST_RETRY_S)
    told = "".join(traceback.format_exception(error)).replace("\0", "")
    with savepoint(tx):
        deadlines.postpone(tx, due, now + timedelta(seconds=wait_s), told[-ERROR_KEPT:])
    if due.failures + 1 >= FAILURES_TO_ALERT and due.kind is not Kind.ALERT:
        _alert(tx, due, error, policy, now)


def _alert(tx: Tx, due: Deadline, error: Exception, policy: Policy, now: datetime) -> None:
    facts = {"promise": _name(due), "error": str(error)[:200].replace("\0", "")}
    try:
        with savepoint(tx):
            alert_desk.raise_alert(tx, FAILED, _name(due), facts, policy, now)
    except (ConflictError, DatabaseDownError):
        raise
    except Exception:
        log.exception("the failure of %s could not be raised", _name(due))


def _name(due: Deadline) -> str:
    return f"{due.kind}:{due.subject_kind}:{due.subject_id}:{due.step}"
