"""What a recorder's page answers: is everything recorded, and kept for as long as it is owed?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from rules.evidence import Span, length, merged
from rules.recordings import Archive, judge

DAY = timedelta(days=1)
MONTH = timedelta(days=30)
STALE = timedelta(hours=50)  # an index that is asked for daily, and missed once


class Verdict(StrEnum):
    """Message id `recordings.verdict.<verdict>`."""

    STOPPED = "stopped"
    SHORT = "short"
    GAP = "gap"
    STALE = "stale"
    UNKNOWN = "unknown"
    YOUNG = "young"
    FINE = "fine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A channel as it is known: gaps are spans; `faults` are the codes open on it.

    `archive`: what its daily checks have found.
    """

    channel: str
    asked_at: datetime | None = None
    oldest_at: datetime | None = None
    days: float | None = None
    missing: Sequence[Span] = ()
    planned: Sequence[Span] = ()
    faults: frozenset[str] = frozenset()
    archive: Archive | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Seconds that are missing today and yesterday (by the site's clock) and in 30 days."""

    channel: str
    oldest_at: datetime | None
    days: float | None
    asked_at: datetime | None
    today_s: float
    yesterday_s: float
    month_s: float
    planned_s: float
    verdict: Verdict
    latest: Sequence[Span]


def row(known: Known, required: float, timezone: str, now: datetime) -> Row:
    midnight = now.astimezone(ZoneInfo(timezone)).replace(hour=0, minute=0, second=0, microsecond=0)
    reach = now - known.oldest_at if known.oldest_at else None
    days = reach / DAY if reach is not None else known.days
    return Row(
        channel=known.channel,
        oldest_at=known.oldest_at,
        days=days,
        asked_at=known.asked_at,
        today_s=_lost(known.missing, (midnight, now)),
        yesterday_s=_lost(known.missing, (midnight - DAY, midnight)),
        month_s=_lost(known.missing, (now - MONTH, now)),
        planned_s=_lost(known.planned, (now - MONTH, now)),
        verdict=_verdict(known, days, required, now),
        latest=merged(known.missing, (now - MONTH, now))[-5:],
    )


def worst(rows: Iterable[Row]) -> Verdict:
    """What is said of the recorder as a whole."""
    order = list(Verdict)
    return min((one.verdict for one in rows), key=order.index, default=Verdict.UNKNOWN)


def _verdict(known: Known, days: float | None, required: float, now: datetime) -> Verdict:
    for code, verdict in (
        ("REC_STOPPED", Verdict.STOPPED),
        ("REC_RETENTION_LOW", Verdict.SHORT),
        ("REC_GAP", Verdict.GAP),
    ):
        if code in known.faults:
            return verdict
    if known.asked_at is not None and now - known.asked_at > STALE:
        return Verdict.STALE
    if days is None:
        return Verdict.UNKNOWN if known.asked_at is None else Verdict.FINE
    if days >= required:
        return Verdict.FINE
    young = known.archive is None or judge(known.archive, required, now).young
    return Verdict.YOUNG if young else Verdict.SHORT


def _lost(spans: Iterable[Span], within: Span) -> float:
    return length(merged(spans, within))
