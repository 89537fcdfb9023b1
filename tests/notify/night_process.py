"""Scheduler and sender in one process that kills itself (SIGKILL) at a named moment.

DATABASE_URL, the place of a webhook, the moment, and how often it is let pass before. Without a
moment it works until it is ended.
"""

import os
import signal
import sys
import threading
from typing import Any

from notify import delivery, errands
from notify.dispatch import Sender
from operations import ladder
from rules.notices import Kind, Retry
from rules.policy import Ladder, Policy, Storm
from scheduler import handlers
from scheduler.tick import tick
from storage import outbox
from storage.db import DatabaseDownError, connect
from tests.notify.desk import CLOCK, channel, sending

LEASE_S = 1.0
STORM = Storm(letters=2, within_s=2)
POLICY = Policy(ladder=Ladder(again_s=1, second_s=2, head_page_s=3, loop_s=4, head_silent_s=60))
RETRY = Retry(waits_s=(0.2,) * 99)  # nobody dies of being refused
UNWANTED = "no longer wanted, not committed"
TOLD = "the customer was told, before it is recorded"
# Each is a place of the program, and whether one dies before it is passed or after.
MOMENTS: dict[str, tuple[Any, str, bool]] = {
    "waiting": (errands, "take", False),
    "leased, not committed": (errands, "take", True),
    "leased, before it is sent": (delivery, "deliver", False),
    "sent, before it is recorded": (delivery, "deliver", True),
    "recorded, not committed": (outbox, "record", True),
    "recorded": (Sender, "_write", True),
    UNWANTED: (outbox, "silence_one", True),
    TOLD: (delivery, "deliver", True),
    "called again, not committed": (ladder, "climb", True),
    "promise kept, not committed": (handlers, "handle", True),
}


def main(database_url: str, where: str, moment: str = "", passes: str = "0") -> None:
    if moment:
        _die_at(*MOMENTS[moment], passes=int(passes), told=moment == TOLD)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    database = connect(database_url)
    hook = channel("mail", where)
    with sending(database, hook, lease_s=LEASE_S, storm=STORM, retry=RETRY):
        while not stop.wait(0.05):
            try:
                tick(database, POLICY, CLOCK)
            except DatabaseDownError:
                continue
    database.close()


def _die_at(place: Any, name: str, after: bool, *, passes: int, told: bool) -> None:  # noqa: FBT001
    real = getattr(place, name)
    left = [passes]

    def _dying(*args: Any, **facts: Any) -> Any:
        counts = not told or args[0].notice.kind == Kind.TELLING
        if counts and not after:
            _die(left)
        answer = real(*args, **facts)
        if counts and after:
            _die(left)
        return answer

    setattr(place, name, _dying)


def _die(left: list[int]) -> None:
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
