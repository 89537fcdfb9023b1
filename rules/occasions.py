"""A08: a customer's important event or a holiday, what is prepared for it, and who stands by. Pure.

Days are the company's; whoever has something to prepare hears of it in the morning.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from rules.duty import Span
from rules.holidays import Calendar, DayKind
from rules.model import CustomerId, PersonId, SiteId

MORNING = time(8)  # (ours) when people hear what is due
AHEAD = timedelta(days=1)  # (ours) and how long before
LONGEST = timedelta(days=92)  # (ours) an event longer than a quarter is a contract


class Kind(StrEnum):
    """A08: checks, spare parts, contacts."""

    CHECK = "check"
    PARTS = "parts"
    CONTACTS = "contacts"
    OTHER = "other"


class Stands(StrEnum):
    """How an item of the preparation list stands on a day."""

    DONE = "done"
    LATER = "later"
    SOON = "soon"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion(Span):
    """`customer_id` None: for all of us, as a holiday is. `site_ids` empty: all of the customer."""

    id: int
    customer_id: CustomerId | None
    name: str
    site_ids: tuple[SiteId, ...]
    note: str
    made_at: datetime
    made_by: PersonId
    archived_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard(Span):
    """Who stands by on site; called first for its faults."""

    id: int
    occasion_id: int
    site_id: SiteId
    person_id: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """`person_id` None: whoever planned the occasion answers for it."""

    id: int
    occasion_id: int
    kind: Kind
    text: str
    due_on: date
    person_id: PersonId | None
    done_at: datetime | None = None
    done_by: PersonId | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysOff:
    """From the first day to the last; `name` of the holiday among them."""

    name: str
    first: date
    last: date


# (ours, after the trade's custom of checking three to seven days before): what to begin from.
# The sentence is the message `occasion.template.<name>`.
TEMPLATE: tuple[tuple[str, Kind, int], ...] = (
    ("check_systems", Kind.CHECK, 7),
    ("close_orders", Kind.CHECK, 3),
    ("recordings", Kind.CHECK, 3),
    ("spares", Kind.PARTS, 3),
    ("contacts", Kind.CONTACTS, 2),
    ("freeze", Kind.OTHER, 1),
)


def stands(one: Preparation, today: date) -> Stands:
    """Due today is soon; overdue from the day after."""
    if one.done_at is not None:
        return Stands.DONE
    if one.due_on < today:
        return Stands.OVERDUE
    return Stands.SOON if one.due_on - AHEAD <= today else Stands.LATER


def pressing(items: Iterable[Preparation], today: date) -> list[Preparation]:
    """What people must hear of today, the longest overdue first."""
    urgent = {Stands.SOON, Stands.OVERDUE}
    found = [one for one in items if stands(one, today) in urgent]
    return sorted(found, key=lambda one: (one.due_on, one.id))


def next_morning(
    occasion: Occasion, items: Sequence[Preparation], now: datetime, zone: ZoneInfo
) -> datetime | None:
    """When somebody must hear of it again; None: all is done, or it is over."""
    undone = [one for one in items if one.done_at is None]
    if occasion.archived_at is not None or not undone:
        return None
    first = min(one.due_on for one in undone) - AHEAD
    local = now.astimezone(zone)
    following = local.date() + timedelta(days=int(local.time() >= MORNING))
    at = datetime.combine(max(first, following), MORNING, zone).astimezone(UTC)
    return at if at < occasion.ends_at else None


def holidays(
    calendar: Calendar, today: date, days: int, language: str, planned: Sequence[DaysOff]
) -> list[DaysOff]:
    """Holidays of the next `days` days that nobody planned for, with the days off around them.

    `planned`: the days that are planned for already.
    """
    found: list[DaysOff] = []
    for on in (today + timedelta(days=n) for n in range(days)):
        day = calendar.day(on, language)
        last = found[-1] if found else None
        if day.worked:
            continue
        name = day.name if day.kind is DayKind.HOLIDAY else ""
        if last and last.last == on - timedelta(days=1):
            found[-1] = DaysOff(name=last.name or name, first=last.first, last=on)
        else:
            found.append(DaysOff(name=name, first=on, last=on))
    return [
        one
        for one in found
        if one.name and not any(p.first <= one.last and one.first <= p.last for p in planned)
    ]


def concerns(occasion: Occasion, site_id: SiteId, customer_id: CustomerId) -> bool:
    """Whether that site of that customer is part of it."""
    if occasion.customer_id is None:
        return True
    return occasion.customer_id == customer_id and site_id in (occasion.site_ids or (site_id,))
