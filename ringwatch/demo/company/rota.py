"""Who stands when: a week each in turn; a quarter back, and on for good.

Written as it would have come about: rotations since a quarter ago, what followed from them up to
now, and some decisions above them for the days to come.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from operations import rota as rota_desk
from rules import duty as duty_rules
from rules import rotations as turns
from rules.duty import Shift, Span
from rules.model import Layer, PersonId, Role
from rules.rotations import Rotation, Turns
from storage import duty as duty_rows
from storage import people as people_rows
from storage import rotations as rotation_rows
from storage.db import Tx

WEEKS_BACK = 14
NAMES = {
    Layer.FIRST: "一线每周轮换",
    Layer.SECOND: "二线每周轮换",
    Layer.HEAD: "负责人双周轮换",
    Layer.DEPUTY: "副负责人双周轮换",
}


def fill(tx: Tx, now: datetime, timezone: ZoneInfo) -> list[Shift]:
    """The shifts of the past and of the two months to come."""
    engineers = [person.id for person in people_rows.with_role(tx, Role.ENGINEER)]
    heads = [person.id for person in people_rows.with_role(tx, Role.HEAD)]
    monday = duty_rules.monday_of(now, timezone) - timedelta(weeks=WEEKS_BACK)
    begins = duty_rules.midnight(monday, timezone)
    members: dict[Layer, list[PersonId]] = {
        Layer.FIRST: engineers,
        Layer.SECOND: [*engineers[1:], engineers[0]],
        Layer.HEAD: heads,
        Layer.DEPUTY: [*heads[1:], heads[0]],
    }
    for layer, people in members.items():
        rotation = Rotation(
            name=NAMES[layer],
            layer=layer,
            kind=Turns.CUSTOM if layer in {Layer.HEAD, Layer.DEPUTY} else Turns.WEEKLY,
            turn_days=14 if layer in {Layer.HEAD, Layer.DEPUTY} else 7,
            members=tuple(people),
            starts_on=monday,
            handover=time(0),
        )
        rotation_rows.add(tx, rotation, by=None, now=begins)
    past = rota_desk.derived(tx, Span(starts_at=begins, ends_at=now))
    duty_rows.rewrite(tx, [], turns.shifts_of(past))
    saturday = duty_rules.midnight(monday + timedelta(weeks=WEEKS_BACK + 1, days=5), timezone)
    weekend = Span(starts_at=saturday + timedelta(hours=8), ends_at=saturday + timedelta(hours=32))
    other = engineers[(WEEKS_BACK + 3) % len(engineers)]  # neither first nor second that week
    rota_desk.override(
        tx, Layer.FIRST, other, weekend, by=heads[0], now=now, reason="参加婚礼，请人代班一天"
    )
    return duty_rows.since(tx, begins)
