"""What a device itself reported of a period, and where a sheet contradicts it (B11).

The evidence of a point is frozen with the sheet: later faults, or a longer memory, do not change
what the engineer and the head saw. Our own deafness proves nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from rules.causes import SILENT
from rules.model import Fault
from rules.silence import Spell

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One kind of fault in the period: how often, how long in all, when last, is it open still."""

    code: str
    times: int
    lasted_s: float
    last_at: datetime
    open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One metric over the period; `last` is what it said last."""

    low: float
    high: float
    last: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """`offline` adds up every silence (DEV_OFFLINE and the network's own); in `told` too.

    `watched_s` is how much of the period is over, `deaf_s` how much of that we could not hear.
    `heard` is whether anything was heard of it in the period; None: nobody listens to it.
    """

    watched_s: float = 0
    deaf_s: float = 0
    heard: bool | None = None
    offline_times: int = 0
    offline_s: float = 0
    offline_last_at: datetime | None = None
    told: tuple[Told, ...] = ()
    metrics: Mapping[str, Measured] = field(default_factory=dict)

    @property
    def online_pct(self) -> float | None:
        """Share of the time we could hear in which it was there; None: nothing to judge by."""
        judged_s = self.watched_s - self.deaf_s
        if self.heard is None or judged_s <= 0:
            return None
        return max(0.0, 100 * (1 - self.offline_s / judged_s))

    @property
    def clean(self) -> bool:
        """Watched, heard, and no fault of any kind."""
        return bool(self.heard) and not self.told


def gather(
    faults: Iterable[Fault],
    spells: Sequence[Spell],
    span: Span,
    *,
    heard: bool | None,
    metrics: Mapping[str, Measured] | None = None,
) -> Evidence:
    """Everything a device reported within `span`, whose end may not lie in the future."""
    here = [one for one in faults if _counts(one) and _part(one, span)]
    silent = [one for one in here if one.code in SILENT]
    deaf = merged([(one.start, one.end) for one in spells], span)
    away = merged([_span(one, span) for one in silent], span)
    return Evidence(
        watched_s=length(merged([span], span)),
        deaf_s=length(deaf),
        heard=heard,
        offline_times=len(away),
        offline_s=length(away) - length(_both(away, deaf)),
        offline_last_at=max((one.opened_at for one in silent), default=None),
        told=_by_code(here, span),
        metrics=metrics or {},
    )


def merged(spans: Iterable[Span], within: Span) -> list[Span]:
    """Cut to `within`, in order, those that touch made one; empty ones left out."""
    cut = sorted((max(a, within[0]), min(b, within[1])) for a, b in spans)
    whole: list[Span] = []
    for start, end in cut:
        if start >= end:
            continue
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(whole[-1][1], end))
        else:
            whole.append((start, end))
    return whole


def length(spans: Iterable[Span]) -> float:
    return sum(((end - start) for start, end in spans), timedelta()).total_seconds()


def _both(some: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    return [piece for one in some for piece in merged(others, one)]


def _span(fault: Fault, span: Span) -> Span:
    return fault.opened_at, fault.cleared_at or span[1]


def _counts(fault: Fault) -> bool:
    """Not what is only suspected, nor what engineers did to it while they worked on it."""
    return not fault.provisional and fault.maintenance_id is None


def _part(fault: Fault, span: Span) -> bool:
    return fault.opened_at < span[1] and (fault.cleared_at or span[1]) > span[0]


def _by_code(faults: Sequence[Fault], span: Span) -> tuple[Told, ...]:
    codes = sorted({one.code for one in faults})
    return tuple(_told(code, [one for one in faults if one.code == code], span) for code in codes)


def _told(code: str, faults: Sequence[Fault], span: Span) -> Told:
    return Told(
        code=code,
        times=sum(one.occurrences for one in faults),
        lasted_s=length(merged([_span(one, span) for one in faults], span)),
        last_at=max(one.opened_at for one in faults),
        open=any(one.open for one in faults),
    )


def as_facts(evidence: Evidence) -> dict[str, Any]:
    """What is stored; `read` makes it a value again."""
    facts = asdict(evidence)
    facts["offline_last_at"] = _iso(evidence.offline_last_at)
    facts["told"] = [{**asdict(one), "last_at": _iso(one.last_at)} for one in evidence.told]
    facts["metrics"] = {name: asdict(one) for name, one in evidence.metrics.items()}
    return facts


def read(facts: Mapping[str, Any]) -> Evidence:
    """From what is stored; {} is the evidence of a point nobody listens to."""
    if not facts:
        return Evidence()
    last_at = facts["offline_last_at"]
    told = (
        Told(**{**one, "last_at": datetime.fromisoformat(one["last_at"])}) for one in facts["told"]
    )
    return Evidence(
        **{
            **facts,
            "offline_last_at": datetime.fromisoformat(last_at) if last_at else None,
            "told": tuple(told),
            "metrics": {name: Measured(**one) for name, one in facts["metrics"].items()},
        }
    )


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
