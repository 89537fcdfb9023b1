"""Recording duties: gaps in the index of each channel, and how far back recordings reach.

Statutes want 30 days kept, 90 at key targets (GB 50348-2018; Counter-Terrorism Law art. 32); a
contract may want another number. A system younger than its duty cannot have kept so long, and is
not blamed. What was planned (maintenance) is no gap, but is shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from rules.evidence import Span, length, merged

STATUTORY_DAYS = 90  # from here on a breach is an emergency
STATUTORY = frozenset({"REC_STOPPED", "REC_RETENTION_LOW"})
LEAST_GAP = timedelta(seconds=10)  # between two files of one recording
CHECK_EVERY = timedelta(hours=20)  # "daily": a round that shifts by some hours is still the next
CHECKS = 2
AHEAD_DAYS = 7
DAY = timedelta(days=1)
MOST_DAYS = 14  # daily figures kept for the forecast


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A part of what one channel says it has recorded within [start, end).

    `scheduled` is when it was to record; None: all the time. `oldest_at`: how far back its
    recordings reach, where it says so.
    """

    channel: str
    start: datetime
    end: datetime
    part: int = 1
    parts: int = 1
    segments: tuple[Span, ...] = ()
    scheduled: tuple[Span, ...] | None = None
    oldest_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of an answer that have come; it is judged when none is missing."""

    start: datetime
    end: datetime
    parts: int
    came: tuple[int, ...] = ()
    segments: tuple[Span, ...] = ()
    scheduled: tuple[Span, ...] | None = None
    oldest_at: datetime | None = None

    @property
    def whole(self) -> bool:
        return len(self.came) == self.parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """What is missing of a channel, in a span; `planned` was agreed and does not count."""

    missing: tuple[Span, ...] = ()
    planned: tuple[Span, ...] = ()

    @property
    def missing_s(self) -> float:
        return length(self.missing)

    @property
    def planned_s(self) -> float:
        return length(self.planned)


@dataclass(frozen=True, slots=True)
class Check:
    """One daily look at how many days are kept."""

    at: datetime
    days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """`since`: the earliest instant it is known to have recorded. `checks`: oldest first."""

    since: datetime | None = None
    checks: tuple[Check, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Is the duty kept? `short`: None where the checks do not say yet.

    `forecast`: it is kept now and will not be within a week. `young`: it cannot have kept so long.
    """

    days: float
    required: float
    short: bool | None
    forecast: bool = False
    young: bool = False


def gather(known: Parts | None, index: Index) -> Parts:
    """Add a part to those of the same answer; another answer begins anew."""
    if known is None or (known.start, known.end, known.parts) != (
        index.start,
        index.end,
        index.parts,
    ):
        known = Parts(start=index.start, end=index.end, parts=index.parts)
    if index.part in known.came:
        return known
    scheduled = known.scheduled
    if index.scheduled is not None:
        scheduled = (*(scheduled or ()), *index.scheduled)
    reach = [at for at in (known.oldest_at, index.oldest_at) if at is not None]
    return Parts(
        start=known.start,
        end=known.end,
        parts=known.parts,
        came=(*known.came, index.part),
        segments=tuple(merged((*known.segments, *index.segments), (index.start, index.end))),
        scheduled=scheduled,
        oldest_at=min(reach, default=None),
    )


def find_gaps(parts: Parts, within: Span, planned: Iterable[Span] = ()) -> Gaps:
    """What a whole answer lacks of a span, or of what was scheduled in it."""
    wanted = merged([within] if parts.scheduled is None else parts.scheduled, within)
    missing = [gap for one in wanted for gap in _without(one, parts.segments) if _lasts(gap)]
    agreed = merged(planned, within)
    return Gaps(
        missing=tuple(piece for gap in missing for piece in _without(gap, agreed) if _lasts(piece)),
        planned=tuple(piece for gap in missing for piece in merged(agreed, gap)),
    )


def learn(archive: Archive, days: float, installed_on: date | None, now: datetime) -> Archive:
    """It says that it keeps `days` days; once a day that is a check."""
    reach = now - timedelta(days=max(days, 0))
    if installed_on is not None:
        installed = datetime(
            installed_on.year, installed_on.month, installed_on.day, tzinfo=now.tzinfo
        )
        reach = min(reach, max(installed, datetime(1970, 1, 1, tzinfo=now.tzinfo)))
    since = min(archive.since or reach, reach)
    last = archive.checks[-1] if archive.checks else None
    if last and now - last.at < CHECK_EVERY:
        return archive if since == archive.since else Archive(since=since, checks=archive.checks)
    return Archive(since=since, checks=(*archive.checks, Check(now, days))[-MOST_DAYS:])


def judge(archive: Archive, required: float, now: datetime) -> Retention:
    """Two daily checks agree, or nothing is said; a young system is never short."""
    last = archive.checks[-1] if archive.checks else None
    if last is None:
        return Retention(days=0, required=required, short=None)
    young = archive.since is None or now - archive.since <= timedelta(days=required)
    if young:
        return Retention(days=last.days, required=required, short=False, young=True)
    said = [one.days < required for one in archive.checks[-CHECKS:]]
    agreed = len(said) == CHECKS and len(set(said)) == 1
    short = said[-1] if agreed else None
    return Retention(
        days=last.days,
        required=required,
        short=short,
        forecast=short is False and ahead(archive.checks, AHEAD_DAYS) < required,
    )


def ahead(checks: Sequence[Check], days: float) -> float:
    """The days kept so many days from now, on the straight line through the last week's checks."""
    week = [one for one in checks if one.at >= checks[-1].at - timedelta(days=AHEAD_DAYS)]
    xs = [(one.at - week[-1].at) / DAY for one in week]
    ys = [one.days for one in week]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    if len(week) < 3 or not spread:  # noqa: PLR2004 - two points make a line, not a trend
        return ys[-1]
    slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread
    return ys[-1] + min(slope, 0) * days


def _without(span: Span, covered: Iterable[Span]) -> list[Span]:
    """The pieces of a span that nothing covers."""
    pieces, start = [], span[0]
    for begin, end in merged(covered, span):
        if begin > start:
            pieces.append((start, begin))
        start = max(start, end)
    if start < span[1]:
        pieces.append((start, span[1]))
    return pieces


def _lasts(gap: Span) -> bool:
    return gap[1] - gap[0] >= LEAST_GAP
