"""The plan of the month (A09): every system under contract, this month and the next, once.

A plan is a set under a unique key (system, kind, period): asked for twice, by two schedulers, or
after a restart, it is the same.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from operations import notes
from rules.periods import Month, month_of
from storage import inspection_plans
from storage import inspections as inspection_rows
from storage.db import Tx
from storage.inspection_plans import Planned
from storage.views import under_contract
from storage.views.under_contract import Covered

AT_ONCE = 500  # rows in one transaction, so that nobody waits long
MONTHS = 2  # this one and the next
FIRST_TO_TURN = "Pacific/Kiritimati"  # no calendar on earth is ahead of it


def plan(tx: Tx, now: datetime) -> int:
    """What is missing is planned, what nobody owes any more is withdrawn; returns how many rows.

    0: the plan stands. The months are those of each site's own calendar; what an earlier month
    left undone stays.
    """
    covered = under_contract.systems(tx)
    wanted = {(one.system_id, one.period): one for one in _wanted(covered, now)}
    known = inspection_rows.of_periods(tx, _around(now))
    missing = [one for key, one in wanted.items() if key not in known]
    planned = inspection_plans.add(tx, missing[:AT_ONCE], now)
    running = {one.system_id: str(month_of(now, one.timezone)) for one in covered}
    latest = str(month_of(now, FIRST_TO_TURN))
    idle = [
        one.id
        for key, one in known.items()
        if key not in wanted
        and one.frozen_at is None
        and one.period >= running.get(one.system_id, latest)
    ]
    gone = inspection_plans.withdraw(tx, idle[:AT_ONCE])
    _tell(tx, "inspections_planned", len(planned), now)
    _tell(tx, "inspections_withdrawn", len(gone), now)
    return len(planned) + len(gone)


def _tell(tx: Tx, verb: str, count: int, now: datetime) -> None:
    if count:
        notes.of_act(tx, verb, None, now, {"count": count})


def _wanted(covered: Sequence[Covered], now: datetime) -> Iterator[Planned]:
    for one in covered:
        first = month_of(now, one.timezone)
        for month in (first.after(later) for later in range(MONTHS)):
            if planned := owed(one, month):
                yield planned


def owed(one: Covered, month: Month) -> Planned | None:
    """The last day it can be done on: of the month, or of a contract that ends before."""
    if one.ends_on < month.first_day or one.starts_on > month.last_day:
        return None
    return Planned(
        system_id=one.system_id,
        site_id=one.site_id,
        period=str(month),
        due_on=min(month.last_day, one.ends_on),
    )


def _around(now: datetime) -> set[str]:
    """Every month that is this one or the next somewhere on earth."""
    here = month_of(now, "UTC")
    return {str(here.after(later)) for later in range(-1, MONTHS + 1)}
