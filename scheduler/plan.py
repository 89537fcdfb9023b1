"""What the calendar promises: sets of rows that may be asked for twice."""

from datetime import datetime, timedelta

from rules.policy import Policy
from storage import deadlines
from storage.db import Database, transaction
from storage.deadlines import Kind

AT_ONCE = 500  # rows in one transaction, so that nobody waits long


def plan(database: Database, policy: Policy, now: datetime) -> int:
    """Promise an order to every old minor fault that nobody promised one; how many.

    The fault's own transaction makes that promise; this is the net under it, so that a
    shortened `minor_order_after_days` also holds for faults that are open already.
    """
    old = now - timedelta(days=policy.minor_order_after_days)
    with transaction(database) as tx:
        found = deadlines.minor_faults_without(tx, old, AT_ONCE)
        for fault_id in found:
            deadlines.put(tx, Kind.MINOR, "fault", fault_id, now)
    return len(found)
