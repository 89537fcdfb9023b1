"""What must come again and again: each time it comes, the waiting begins anew.

`TEST_MISSED` is the absence of a periodic test. Its condition is true since the last test; the
rule's `raise_after` is how long the next one may take. So a restart forgets nothing, and the
timer that ripens the condition finds the test that never came.
"""

from collections.abc import Iterator
from datetime import datetime

from collector import transitions
from collector.memory import Watched, Work
from collector.transitions import Transition
from collector.wire import Reading
from rules.alarms import AWAITED, TEST_MISSED
from rules.faults import Condition, Step

CODES = frozenset({TEST_MISSED})


def hear(work: Work, watched: Watched, reading: Reading, at: datetime) -> Iterator[Transition]:
    """`active` false: it came, or (`AWAITED`) it is only waited for.

    True: whoever waits for it beside us says that it did not come.
    """
    rule, key = watched.book.events[reading.code], (reading.code, "")
    if reading.point == AWAITED and (key in watched.conditions or key in watched.open):
        return
    if reading.active:
        missed = Step(Condition(true_since=at), raises=True)
        yield from transitions.apply(work, watched, rule, "", missed, at, why="event")
        return
    if key in watched.open:
        came = Step(None, clears=True)
        yield from transitions.apply(work, watched, rule, "", came, at, why="event")
    work.keep(watched, key, Condition(true_since=at))
    work.timers.append((at + rule.raise_after, watched.device.id, key))
