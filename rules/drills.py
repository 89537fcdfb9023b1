"""Fire drills: a real call for a made-up reason, and how fast each person answered it. Pure.

A drill is marked as one in its first word, is never an order, never an emergency and never
counted as a page. Its instants repeat by an iCalendar rule on the company's wall clock.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NewType
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from rules.model import Layer, NoticeId, PersonId

DrillId = NewType("DrillId", int)

BEGINS, ENDS, TELLS = 0, 1, 2  # the steps of its deadline
LIMITS_S = (60, 120, 300, 600, 900, 1800)  # (ours) C02 gives an emergency 5 minutes
USUAL_LIMIT_S = 300
WAITS_S = 300  # (ours) how soon to look again whether the real calls have been answered
LATEST = timedelta(minutes=30)  # (ours) one that cannot begin by then is left out
# What of iCalendar's rules is taken: each of these comes due, and is found in no time.
_DAYS = "(MO|TU|WE|TH|FR|SA|SU)"
_PARTS = {
    "INTERVAL": re.compile("[1-9]|[1-4][0-9]|5[0-2]"),
    "BYDAY": re.compile(f"{_DAYS}(,{_DAYS})*"),
    "BYMONTHDAY": re.compile("[1-9]|1[0-9]|2[0-8]|-1"),
}
_NTH = re.compile(f"([1-4]|-1){_DAYS}")
_OF = {
    "DAILY": {"INTERVAL"},
    "WEEKLY": {"INTERVAL", "BYDAY"},
    "MONTHLY": {"INTERVAL", "BYDAY", "BYMONTHDAY"},
    "YEARLY": {"INTERVAL"},
}


class Stand(StrEnum):
    PLANNED = "planned"
    RUNNING = "running"
    OVER = "over"
    CANCELLED = "cancelled"


class RuleError(ValueError):
    """Not a rule by which a drill may repeat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """`people` are called, or if there are none whoever stands in `layers` when it begins.

    `repeats` is a rule with its first instant, as iCalendar writes them; empty: once.
    `announced`: everybody may know of it before.
    """

    id: DrillId
    name: str
    due_at: datetime
    limit_s: int
    made_at: datetime
    made_by: PersonId
    repeats: str = ""
    people: tuple[PersonId, ...] = ()
    layers: tuple[Layer, ...] = ()
    announced: bool = False
    started_at: datetime | None = None
    ended_at: datetime | None = None
    cancelled_at: datetime | None = None
    follows_id: DrillId | None = None

    @property
    def stand(self) -> Stand:
        if self.cancelled_at:
            return Stand.CANCELLED
        if self.ended_at:
            return Stand.OVER
        return Stand.RUNNING if self.started_at else Stand.PLANNED

    @property
    def ends_at(self) -> datetime:
        """Who has not answered by then did not answer."""
        return (self.started_at or self.due_at) + timedelta(seconds=self.limit_s)

    @property
    def rule(self) -> str:
        """By what it repeats, without its first instant: `FREQ=MONTHLY`; empty: once."""
        return self.repeats.rpartition("RRULE:")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One person on one channel; no `channel`: the person has none. Times by our clock.

    `delivered_at`: when a provider took it; None: it has not, or never did.
    """

    person_id: PersonId
    channel: str
    told_at: datetime
    notice_id: NoticeId | None = None
    delivered_at: datetime | None = None
    answered_at: datetime | None = None
    answered_how: str = ""

    @property
    def took_s(self) -> float | None:
        """From the call to the answer; None while there is none."""
        return (self.answered_at - self.told_at).total_seconds() if self.answered_at else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """How one person answered: each channel for itself, and the fastest of them."""

    person_id: PersonId
    calls: tuple[Call, ...]

    @property
    def took_s(self) -> float | None:
        return min((one.took_s for one in self.calls if one.took_s is not None), default=None)

    @property
    def has_channel(self) -> bool:
        return any(one.channel for one in self.calls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """`median_s` of those who answered on it; None: nobody did."""

    name: str
    called: int
    answered: int
    median_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Who was fast first, then who was not there; `channels` by name."""

    people: tuple[Person, ...]
    channels: tuple[Channel, ...]

    @property
    def answered(self) -> int:
        return sum(one.took_s is not None for one in self.people)

    @property
    def median_s(self) -> float | None:
        """Of each person's fastest channel."""
        return median([one.took_s for one in self.people if one.took_s is not None])


def report(calls: Iterable[Call]) -> Report:
    by_person: dict[PersonId, list[Call]] = {}
    by_channel: dict[str, list[Call]] = {}
    for call in calls:
        by_person.setdefault(call.person_id, []).append(call)
        if call.channel:
            by_channel.setdefault(call.channel, []).append(call)
    people = [Person(person_id=who, calls=tuple(mine)) for who, mine in by_person.items()]
    people.sort(key=lambda one: (one.took_s is None, one.took_s or 0.0, one.person_id))
    return Report(
        people=tuple(people),
        channels=tuple(_channel(name, by_channel[name]) for name in sorted(by_channel)),
    )


def _channel(name: str, calls: Sequence[Call]) -> Channel:
    took = [one.took_s for one in calls if one.took_s is not None]
    return Channel(name=name, called=len(calls), answered=len(took), median_s=median(took))


def median(values: Sequence[float]) -> float | None:
    """The middle one, by nearest rank: always a time that was really taken."""
    return percentile(values, 50)


def percentile(values: Sequence[float], share_pct: float) -> float | None:
    """The least of them that `share_pct` per cent do not exceed (nearest rank); None of none."""
    if not values:
        return None
    rank = -(-len(values) * share_pct // 100)  # rounded up
    return sorted(values)[max(int(rank), 1) - 1]


def begins(due_at: datetime, now: datetime, *, real_calls: bool) -> datetime | None:
    """When to look again; `now` itself: it begins. None: it is left out.

    A drill waits while anybody is being called in earnest, and one that could not begin for half
    an hour (or while we were down) does not begin at an hour nobody chose.
    """
    if now > due_at + LATEST:
        return None
    return now + timedelta(seconds=WAITS_S) if real_calls else now


def repeated(rule: str, first: datetime, zone: ZoneInfo) -> str:
    r"""The rule with its first instant, to be kept. Raises `RuleError`.

    >>> repeated("FREQ=MONTHLY", datetime(2026, 11, 2, 6, 0, tzinfo=UTC), ZoneInfo("Asia/Shanghai"))
    'DTSTART:20261102T140000\nRRULE:FREQ=MONTHLY'
    """
    given = [part.partition("=") for part in rule.strip().upper().split(";") if part]
    parts = {name: value for name, _, value in given}
    often = parts.pop("FREQ", "")
    if often not in _OF or len(parts) + 1 != len(given) or not parts.keys() <= _OF[often]:
        raise RuleError(rule)
    nth = often == "MONTHLY" and _NTH.fullmatch(parts.get("BYDAY", ""))
    if not all(_PARTS[name].fullmatch(parts[name]) for name in parts if name != "BYDAY" or not nth):
        raise RuleError(rule)
    local = first.astimezone(zone).replace(tzinfo=None)
    text = ";".join([f"FREQ={often}", *(f"{name}={value}" for name, value in parts.items())])
    return f"DTSTART:{local:%Y%m%dT%H%M%S}\nRRULE:{text}"


def following(repeats: str, after: datetime, zone: ZoneInfo) -> datetime | None:
    """The next instant of a kept rule, in UTC; None: it is no rule, or the calendar's last.

    The wall clock stays: 14:00 is 14:00 on both sides of a change of the clocks.
    """
    if not repeats:
        return None
    instants = rrulestr(repeats)
    found: datetime | None = instants.after(after.astimezone(zone).replace(tzinfo=None))
    while found is not None:
        at = found.replace(tzinfo=zone).astimezone(UTC)
        if at > after:  # an hour that comes twice may lie before it
            return at
        found = instants.after(found)
    return None
