"""The figures of a period: points, online rate, intact rate, faults, clock errors, downtime.

Time in which we were deaf is judged by nobody: it is neither uptime nor downtime, and it is said
how much of it there was. So is maintenance that somebody answered for, device by device.
Provisional faults, and those that were over before their maintenance was, do not count.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from types import MappingProxyType
from zoneinfo import ZoneInfo

from rules.causes import SILENT
from rules.evidence import Span, length, merged
from rules.inspections import Point, Result
from rules.model import DeviceId, Fault, Severity, WorkOrder
from rules.silence import Spell

CLOCK = "CLOCK_DRIFT"
ONLINE_TARGET_PCT = 99.0
INTACT_TARGET_PCT = 98.0  # 完好率
DONE_TARGET_PCT = 100.0
ON_SITE_TARGET_PCT = 100.0  # A03 knows no share that may be late
WORST_SHOWN = 5
LEAST_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Of a sheet: due = done + open or not checked. `reasons`: why not, and how many points."""

    due: int = 0
    done: int = 0
    normal: int = 0
    abnormal: int = 0
    not_checked: int = 0
    reasons: tuple[tuple[str, int], ...] = ()

    @property
    def done_pct(self) -> float | None:
        return 100 * self.done / self.due if self.due else None

    @property
    def intact_pct(self) -> float | None:
        """完好率: of the points that were checked, those without a defect."""
        checked = self.normal + self.abnormal
        return 100 * self.normal / checked if checked else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day at the site; `down_s` and `planned_s` (maintenance) add up all devices.

    `online_pct` None: we were deaf all day, or everything was in maintenance.
    """

    day: date
    online_pct: float | None = None
    down_s: float = 0
    faults: int = 0
    deaf_s: float = 0
    planned_s: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """How the devices ran within a span, as they told themselves.

    `online_pct` None: nothing was heard that could be judged. `clock_errors`: devices whose clock
    was wrong. `planned_s`: maintenance, of all devices. `worst`: the devices that were away
    longest, and for how many seconds.
    """

    devices: int = 0
    watched_s: float = 0
    deaf_s: float = 0
    down_s: float = 0
    planned_s: float = 0
    online_pct: float | None = None
    faults: Mapping[Severity, int] = field(default_factory=dict)
    clock_errors: int = 0
    days: tuple[Day, ...] = ()
    worst: tuple[tuple[DeviceId, float], ...] = ()

    @property
    def fault_count(self) -> int:
        return sum(self.faults.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class OnSite:
    """Of the orders that had to be on site by the instant of asking: who kept it (A03)."""

    in_time: int = 0
    late: int = 0

    @property
    def in_time_pct(self) -> float | None:
        judged = self.in_time + self.late
        return 100 * self.in_time / judged if judged else None


def on_site(orders: Iterable[WorkOrder], now: datetime) -> OnSite:
    """An order nobody had to drive for, or whose time is not up, is not judged."""
    kept = late = 0
    for order in orders:
        if order.arrived_at is not None:
            late += order.late
            kept += not order.late
        elif order.open and order.repaired_at is None and order.on_site_by < now:
            late += 1
    return OnSite(in_time=kept, late=late)


def figured(month: Span, until: datetime, timezone: str) -> Span:
    """What a sheet's figures are about: its month up to `until`, and at least thirty days.

    A sheet that is done on the second of a month would otherwise tell of two days only.
    """
    zone = ZoneInfo(timezone)
    first = until.astimezone(zone).date() - timedelta(days=LEAST_DAYS - 1)
    midnight = datetime(first.year, first.month, first.day, tzinfo=zone)
    return min(month[0], midnight.astimezone(month[0].tzinfo)), until


def points(frozen: Iterable[Point]) -> Points:
    """What became of the points of a sheet (A09)."""
    all_of_them = list(frozen)
    results = [point.result for point in all_of_them]
    reasons: dict[str, int] = {}
    for point in all_of_them:
        for reason in _reasons(point):
            reasons[reason] = reasons.get(reason, 0) + 1
    return Points(
        due=len(all_of_them),
        done=sum(point.done for point in all_of_them),
        normal=results.count(Result.NORMAL),
        abnormal=results.count(Result.ABNORMAL),
        not_checked=results.count(Result.NOT_CHECKED),
        reasons=tuple(sorted(reasons.items(), key=lambda one: (-one[1], one[0]))),
    )


def running(
    heard: Sequence[DeviceId],
    lived: Mapping[DeviceId, Sequence[Fault]],
    spells: Iterable[Spell],
    span: Span,
    timezone: str,
    maintained: Mapping[DeviceId, Sequence[Span]] = MappingProxyType({}),
) -> Running:
    """`heard` are the devices somebody listens to; `lived` the faults of those and of others.

    `maintained`: when people were at work on them.
    """
    deaf = merged([(one.start, one.end) for one in spells], span)
    away = {
        one: _away(lived.get(one, ()), span, merged([*deaf, *maintained.get(one, ())], span))
        for one in heard
    }
    planned = {
        one: _within(maintained[one], _gaps(deaf, span)) for one in heard if one in maintained
    }
    down_s = sum(length(spans) for spans in away.values())
    planned_s = sum(length(spans) for spans in planned.values())
    judged_s = (length(merged([span], span)) - length(deaf)) * len(heard) - planned_s
    opened = [one for faults in lived.values() for one in faults if _opened(one, span)]
    told = {
        device
        for device, faults in lived.items()
        if any(one.code == CLOCK and not one.provisional for one in faults)
    }
    return Running(
        devices=len(heard),
        watched_s=length(merged([span], span)),
        deaf_s=length(deaf),
        down_s=down_s,
        planned_s=planned_s,
        online_pct=_share(down_s, judged_s),
        faults={each: sum(one.severity is each for one in opened) for each in Severity},
        clock_errors=len(told),
        days=tuple(_days(away, planned, opened, deaf, (span, timezone))),
        worst=_worst(away),
    )


def _reasons(point: Point) -> set[str]:
    return {item.note for item in point.items if item.result is Result.NOT_CHECKED and item.note}


def _opened(fault: Fault, span: Span) -> bool:
    """Begun within the span, and neither the mere consequence of another nor of maintenance."""
    alone = not (fault.provisional or fault.explained_by or fault.maintenance_id)
    return alone and span[0] <= fault.opened_at < span[1]


def _away(faults: Iterable[Fault], span: Span, unjudged: Sequence[Span]) -> list[Span]:
    """When a device was silent, we could have heard it, and nobody was at work on it."""
    silent = [
        (one.opened_at, one.cleared_at or span[1])
        for one in faults
        if one.code in SILENT and not one.provisional
    ]
    return _within(silent, _gaps(unjudged, span))


def _within(spans: Sequence[Span], parts: Iterable[Span]) -> list[Span]:
    return [piece for part in parts for piece in merged(spans, part)]


def _worst(away: Mapping[DeviceId, Sequence[Span]]) -> tuple[tuple[DeviceId, float], ...]:
    gone = {device: length(spans) for device, spans in away.items() if spans}
    return tuple(sorted(gone.items(), key=lambda one: (-one[1], one[0]))[:WORST_SHOWN])


def _gaps(taken: Sequence[Span], span: Span) -> list[Span]:
    edges = [span[0], *(edge for one in taken for edge in one), span[1]]
    return [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end]


def _share(down_s: float, judged_s: float) -> float | None:
    return max(0.0, 100 * (1 - down_s / judged_s)) if judged_s > 0 else None


def _days(
    away: Mapping[DeviceId, Sequence[Span]],
    planned: Mapping[DeviceId, Sequence[Span]],
    opened: Sequence[Fault],
    deaf: Sequence[Span],
    when: tuple[Span, str],
) -> Iterable[Day]:
    """One after another, by the calendar of the site."""
    span, timezone = when
    edges = _midnights(span, timezone)
    down, kept_s = _by_day(away, edges), _by_day(planned, edges)
    begun = Counter(bisect_right(edges, one.opened_at) - 1 for one in opened)
    for place, day in enumerate(pairwise(edges)):
        deaf_s = length(merged(deaf, day))
        judged_s = (length(merged([span], day)) - deaf_s) * len(away) - kept_s[place]
        yield Day(
            day=day[0].astimezone(ZoneInfo(timezone)).date(),
            online_pct=_share(down[place], judged_s),
            down_s=down[place],
            faults=begun[place],
            deaf_s=deaf_s,
            planned_s=kept_s[place],
        )


def _by_day(spans: Mapping[DeviceId, Sequence[Span]], edges: Sequence[datetime]) -> list[float]:
    """Seconds of each day, of all devices; each piece is looked at on its own days only."""
    found = [0.0] * len(edges)
    for start, end in (piece for pieces in spans.values() for piece in pieces):
        place = bisect_right(edges, start) - 1
        while place < len(edges) - 1 and edges[place] < end:
            found[place] += length([(max(start, edges[place]), min(end, edges[place + 1]))])
            place += 1
    return found


def _midnights(span: Span, timezone: str) -> list[datetime]:
    """Every midnight at the site from the first of the span to the one that ends it."""
    zone = ZoneInfo(timezone)
    day = span[0].astimezone(zone).date()
    found: list[datetime] = []
    while not found or found[-1] < span[1]:
        found.append(datetime(day.year, day.month, day.day, tzinfo=zone))
        day += timedelta(days=1)
    return [one.astimezone(span[0].tzinfo) for one in found]
