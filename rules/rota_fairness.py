"""How evenly the rota weighs: what each person bears, shift by shift, against the others. Pure."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from rules import duty as duty_rules
from rules.duty import GOES_OUT, NIGHT_FROM, NIGHT_TO, Shift, Span
from rules.holidays import CalendarDay, DayKind
from rules.model import PersonId
from rules.oncall import mean

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
NIGHT_H, DAY_H = 10, 24  # of a whole one


class Measure(StrEnum):
    """What is shared out; each is a field of `Load`."""

    HOURS = "hours"
    NIGHTS = "nights"
    WEEKENDS = "weekends"
    HOLIDAYS = "holidays"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Hours on duty; nights, weekend days and holidays as parts of whole ones (10 h, 24 h)."""

    hours: float = 0
    nights: float = 0
    weekends: float = 0
    holidays: float = 0

    def of(self, measure: Measure) -> float:
        figure: float = getattr(self, measure)
        return figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """What lies of a shift within the span that is asked for, and what that weighs."""

    shift: Shift
    load: Load


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A person's load of the rota, and how far it is from the mean, in per cent of it."""

    person_id: PersonId
    load: Load
    off: Mapping[str, float]


def portions(
    shifts: Iterable[Shift], day: Callable[[date], CalendarDay], zone: ZoneInfo, span: Span
) -> list[Portion]:
    """The shifts in the layers whose hours weigh, cut to `span`, by layer and time.

    What was written down in pieces and is one shift to people is one here.
    """
    weighing = [shift for shift in shifts if shift.layer in GOES_OUT]
    return [
        Portion(shift=cut, load=_load(cut, day, zone))
        for shift in duty_rules.merged(weighing)
        if (cut := duty_rules.clipped(shift, span))
    ]


def loads(found: Iterable[Portion]) -> dict[PersonId, Load]:
    """What each person bears: the sum of their portions, so that no number says anything else."""
    mine: dict[PersonId, list[Load]] = {}
    for one in found:
        mine.setdefault(one.shift.person_id, []).append(one.load)
    return {who: _sum(some) for who, some in mine.items()}


def weighing(found: Iterable[Portion], measure: Measure) -> list[Portion]:
    """The list behind a figure."""
    return [one for one in found if one.load.of(measure)]


def shares(found: Mapping[PersonId, Load], among: Collection[PersonId]) -> list[Share]:
    """Against the mean of all who share the rota, who bears most hours first."""
    everyone = {who: found.get(who, Load()) for who in {*found, *among}}
    means = {each: mean([one.of(each) for one in everyone.values()]) for each in Measure}
    told = [
        Share(person_id=who, load=load, off=_off(load, means)) for who, load in everyone.items()
    ]
    return sorted(told, key=lambda one: (-one.load.hours, one.person_id))


def balance(found: Mapping[PersonId, Load], among: Collection[PersonId]) -> int | None:
    """0 to 100: what share of the load need not change hands for all to bear the same.

    (ours) The mean over hours, nights and days off, among those who take turns: whoever only
    steps in does not spoil it. None when there is nothing to share out.
    """
    everyone = [found.get(one, Load()) for one in among or found]
    measures = (
        [one.hours for one in everyone],
        [one.nights for one in everyone],
        [one.weekends + one.holidays for one in everyone],
    )
    even = [_even(measure) for measure in measures if sum(measure)]
    return round(100 * sum(even) / len(even)) if even else None


def _off(load: Load, means: Mapping[Measure, float | None]) -> dict[str, float]:
    return {each: 100 * (load.of(each) / usual - 1) for each, usual in means.items() if usual}


def _even(measure: Sequence[float]) -> float:
    usual = sum(measure) / len(measure)
    return 1 - sum(abs(one - usual) for one in measure) / (2 * sum(measure))


def _sum(some: Sequence[Load]) -> Load:
    hours, nights, weekends, holidays = map(sum, zip(*map(astuple, some), strict=True))
    return Load(hours=hours, nights=nights, weekends=weekends, holidays=holidays)


def _load(span: Span, day: Callable[[date], CalendarDay], zone: ZoneInfo) -> Load:
    nights = weekends = holidays = 0.0
    for on in _days(span, zone):
        nights += _hours(span, _between(on, NIGHT_FROM, on + DAY, NIGHT_TO, zone)) / NIGHT_H
        kind = day(on).kind
        if kind in {DayKind.WEEKEND, DayKind.HOLIDAY}:
            share = _hours(span, _between(on, time(0), on + DAY, time(0), zone)) / DAY_H
            weekends += share if kind is DayKind.WEEKEND else 0
            holidays += share if kind is DayKind.HOLIDAY else 0
    hours = (span.ends_at - span.starts_at) / HOUR
    return Load(hours=hours, nights=nights, weekends=weekends, holidays=holidays)


def _days(span: Span, zone: ZoneInfo) -> Iterator[date]:
    """Each local day, and the one before: its night reaches into the span."""
    on = span.starts_at.astimezone(zone).date() - DAY
    while on <= span.ends_at.astimezone(zone).date():
        yield on
        on += DAY


def _between(on: date, begins: time, off: date, ends: time, zone: ZoneInfo) -> Span:
    return Span(
        starts_at=duty_rules.instant_of(on, begins, zone),
        ends_at=duty_rules.instant_of(off, ends, zone),
    )


def _hours(one: Span, other: Span) -> float:
    cut = duty_rules.common(one, other)
    return (cut.ends_at - cut.starts_at) / HOUR if cut else 0.0
