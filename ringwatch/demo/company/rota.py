"""Who stands when: a week each, the head and the deputy in turn; a quarter back, eight weeks on."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rules import duty as duty_rules
from rules.duty import Shift
from rules.model import Layer, PersonId, Role
from storage import duty as duty_rows
from storage import people as people_rows
from storage.db import Tx

WEEKS_BACK, WEEKS_ON = 14, 8


def fill(tx: Tx, now: datetime, timezone: ZoneInfo) -> list[Shift]:
    engineers = [person.id for person in people_rows.with_role(tx, Role.ENGINEER)]
    heads = [person.id for person in people_rows.with_role(tx, Role.HEAD)]
    first_monday = duty_rules.monday_of(now, timezone) - timedelta(weeks=WEEKS_BACK)
    shifts: list[Shift] = []
    for week in range(WEEKS_BACK + WEEKS_ON + 1):
        span = duty_rules.week_span(first_monday + timedelta(weeks=week), timezone)
        layers: dict[Layer, PersonId] = {
            Layer.FIRST: engineers[week % len(engineers)],
            Layer.SECOND: engineers[(week + 1) % len(engineers)],
            Layer.HEAD: heads[week // 2 % len(heads)],
        }
        shifts += [
            Shift(layer=layer, person_id=who, starts_at=span.starts_at, ends_at=span.ends_at)
            for layer, who in layers.items()
        ]
    shifts = duty_rules.merged(shifts)
    duty_rows.rewrite(tx, [], shifts)
    return shifts
