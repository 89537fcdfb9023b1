"""A scheduler as a process of its own, to be killed: `python -m tests.scheduler.door URL HOW`.

HOW `keeps`: keeps promises like the real door, without a sender.
HOW `runs`: the real door itself, sender and signals included.
HOW `stalls`: does all the work of one tick, says so, and never commits it.
"""

import contextlib
import logging
import sys
import threading
from datetime import datetime
from pathlib import Path

from rules.model import WorkOrder
from rules.policy import Ladder, Policy
from scheduler import handlers
from scheduler.run import keep_promises, run
from scheduler.tick import tick
from storage.db import Database, Tx, connect
from storage.deadlines import Deadline, Kind
from wiring.clock import SteadyClock
from wiring.in_force import Figures
from wiring.parts import Parts
from wiring.settings import load

QUICK = Policy(ladder=Ladder(again_s=1, second_s=2, head_page_s=3, loop_s=3600, head_silent_s=0.75))


def parts_on(database: Database, folder: Path) -> Parts:
    """Parts with a ladder that climbs in seconds; to be closed."""
    return Parts(
        settings=load(data=folder, policy=QUICK),
        database=database,
        telemetry=readings_beside(database),
        figures=Figures(QUICK),
        clock=SteadyClock(),
    )


def readings_beside(database: Database) -> Database:
    if not database.sqlite:
        return database
    return connect(str(database.writer.url).replace("/ringwatch.db", "/telemetry.db"))


def _stall(database: Database) -> None:
    climb = handlers.ORDER[Kind.LADDER]

    def _climb_and_stall(
        tx: Tx, order: WorkOrder, held: Deadline, policy: Policy, now: datetime
    ) -> datetime | None:
        climb(tx, order, held, policy, now)
        print("claimed", flush=True)  # noqa: T201 - what the parent waits for
        threading.Event().wait()
        raise AssertionError

    handlers.ORDER[Kind.LADDER] = _climb_and_stall
    tick(database, QUICK, SteadyClock())


def main(url: str, how: str) -> int:
    logging.basicConfig(level=logging.INFO)
    database = connect(url)
    if how == "stalls":
        _stall(database)
    with contextlib.closing(parts_on(database, Path(sys.argv[3]))) as parts:
        if how == "runs":
            return run(parts)
        return keep_promises(parts, threading.Event())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
