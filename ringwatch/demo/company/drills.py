"""Two fire drills that were held, with who answered how fast, and one that is planned.

Written as rows: nobody was really called by what is made up.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from operations import drills as drill_desk
from operations.drills import Wish
from rules.drills import Call
from rules.model import Layer, Person, Role
from storage import drills as drill_rows
from storage import people as people_rows
from storage.db import Tx

NIGHT, DAY = "九月夜间呼叫", "十月白天呼叫"
MONTHLY = "每月呼叫演练"
# Seconds to the answer: a row a person, a figure a channel in the order of their addresses.
ANSWERS: dict[str, tuple[tuple[float | None, ...], ...]] = {
    NIGHT: ((142, 61), (None, None), (205, None)),
    DAY: ((48, 22), (95, 31), (None, 77)),
}


def fill(tx: Tx, now: datetime, timezone: ZoneInfo) -> None:
    head = people_rows.with_role(tx, Role.HEAD)[0]
    called = people_rows.with_role(tx, Role.ENGINEER)[:3]
    today = now.astimezone(timezone).date()

    def at(days: int, hour: int) -> datetime:
        return datetime.combine(today + timedelta(days=days), time(hour), timezone)

    for name, began_at in ((NIGHT, at(-62, 3)), (DAY, at(-27, 15))):
        _held(tx, name, called, head, began_at)
    coming = Wish(
        name=MONTHLY,
        due_at=at(6, 10),
        rule="FREQ=WEEKLY;INTERVAL=4",
        layers=(Layer.FIRST, Layer.SECOND),
        announced=True,
    )
    drill_desk.plan(tx, coming, head.id, now)


def _held(tx: Tx, name: str, called: Sequence[Person], head: Person, at: datetime) -> None:
    row = {"name": name, "due_at": at, "repeats": "", "people": [one.id for one in called]}
    times = {"made_at": at - timedelta(days=3), "started_at": at}
    ends = {"limit_s": 300, "ended_at": at + timedelta(seconds=300)}
    drill = drill_rows.add(tx, {**row, **times, **ends, "layers": [], "made_by": head.id})
    for person, answers in zip(called, ANSWERS[name], strict=True):
        channels = sorted({address.channel for address in person.channels})
        for channel, took_s in zip(channels, answers, strict=False):
            made = Call(person_id=person.id, channel=channel, told_at=at)
            drill_rows.call(tx, drill.id, made)
            if took_s is not None:
                answered = at + timedelta(seconds=took_s)
                drill_rows.answered(tx, drill.id, person.id, channel, "link", answered)
