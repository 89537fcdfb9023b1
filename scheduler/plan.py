"""What the calendar promises: sets of rows that may be asked for twice."""

from datetime import datetime, timedelta

from operations import inspections as inspection_desk
from operations import rota as rota_desk
from rules.policy import Policy
from storage import deadlines, revision
from storage.db import Database, reading, transaction
from storage.deadlines import Kind

AT_ONCE = 500  # rows in one transaction, so that nobody waits long
MOST_ROUNDS = 1000


def plan(database: Database, policy: Policy, now: datetime) -> int:
    """Plan what is owed and not planned yet, and who stands; how many rows are owed anew."""
    _rota(database, now)
    return _old_minor_faults(database, policy, now) + _inspections(database, now)


def _old_minor_faults(database: Database, policy: Policy, now: datetime) -> int:
    """Promise an order to every old minor fault that nobody promised one.

    The fault's own transaction makes that promise; this is the net under it, so that a
    shortened `minor_order_after_days` also holds for faults that are open already.
    """
    old = now - timedelta(days=policy.minor_order_after_days)
    with transaction(database) as tx:
        found = deadlines.minor_faults_without(tx, old, AT_ONCE)
        for fault_id in found:
            deadlines.put(tx, Kind.MINOR, "fault", fault_id, now)
    return len(found)


def _inspections(database: Database, now: datetime) -> int:
    """A09: this month's and next month's inspection of every system under contract."""
    planned = 0
    for _ in range(MOST_ROUNDS):
        with transaction(database) as tx:
            some = inspection_desk.plan(tx, now)
        planned += some
        if not some:
            break
    return planned


def _rota(database: Database, now: datetime) -> None:
    """The horizon moves on, and whoever has left makes room."""
    with transaction(database) as tx:
        rota_desk.settle(tx, now)


class Planner:
    """Plans as soon as the company's lists have changed; the hourly round is the net under it."""

    def __init__(self) -> None:
        self._planned_at: int | None = None  # the revision the plan was made of

    def look(self, database: Database, policy: Policy, now: datetime) -> int:
        """How many rows were written; 0 while nothing has changed."""
        with reading(database) as tx:
            number = revision.current(tx)
        if number == self._planned_at:
            return 0
        written = plan(database, policy, now)
        self._planned_at = number
        return written
