"""The company's calendar: its country, and the days a person knows better than the library."""

from datetime import date, datetime

from operations import notes
from operations import rota as rota_desk
from rules import holidays as holiday_rules
from rules.holidays import Entered
from rules.model import PersonId
from storage import company
from storage.db import Tx


class CalendarError(ValueError):
    """`message_id` says why to a person."""

    def __init__(self, message_id: str) -> None:
        super().__init__(message_id)
        self.message_id = message_id


def choose(tx: Tx, country: str, subdivision: str, *, by: PersonId, now: datetime) -> None:
    """Whose holidays count. Raises `CalendarError`."""
    if not holiday_rules.known(country, subdivision):
        raise CalendarError("rota.calendar.unknown_country")
    before = company.calendar(tx)
    company.set_fact(tx, "country", country, now)
    company.set_fact(tx, "subdivision", subdivision, now)
    facts = {
        "before": {"country": before.country, "subdivision": before.subdivision},
        "after": {"country": country, "subdivision": subdivision},
    }
    notes.of_act(tx, "calendar_chosen", by, now, facts)
    rota_desk.settle(tx, now)


def enter(tx: Tx, on: date, told: Entered | None, *, by: PersonId, now: datetime) -> None:
    """Say that a day is worked or not; None: as the library has it."""
    days = dict(company.fact(tx, "calendar_days") or {})
    before = days.pop(on.isoformat(), None)
    if told:
        days[on.isoformat()] = {"rest": told.rest, "name": told.name}
    company.set_fact(tx, "calendar_days", days, now)
    facts = {"day": on.isoformat(), "was": before, "is": days.get(on.isoformat())}
    notes.of_act(tx, "calendar_day_entered", by, now, facts)
    rota_desk.settle(tx, now)
