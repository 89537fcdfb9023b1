"""How far an outside store has been told what the hot rows hold: they are the spool.

Rows go out by (instant, shard), and the cursor follows what was taken. What comes late stands in
`late_hours` and goes out again by the hour; the outside store knows a point by device and instant,
so telling it twice changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, tuple_, update

from storage import telemetry
from storage.db import Tx, insert_into
from storage.tables.company import devices, sites
from storage.tables.telemetry import hot, late_hours, refused_points, shipping
from storage.telemetry import HOUR_MS, SHIP, instant_of, ms_of

REFUSED_KEPT = 10_000
_LONGEST = 2000  # of a refused line and of its reason

Place = tuple[int, int]  # milliseconds since 1970, shard
_BEFORE_ALL: Place = (0, -1)
SENDING = "sending"  # a late hour on its way: what comes into it now is noted anew
_LATE_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How it goes; `ailing_since` is when the outside store stopped taking anything."""

    place: Place = _BEFORE_ALL
    points: int = 0
    refused: int = 0
    lost: int = 0
    told_at: datetime | None = None
    ailing_since: datetime | None = None
    why: str = ""

    @property
    def told_until(self) -> datetime | None:
        return instant_of(self.place[0]) if self.place[0] else None


@dataclass(frozen=True, slots=True)
class Spooled:
    place: Place
    said: Sequence[tuple[int, dict[str, float]]]  # device id, readings


@dataclass(frozen=True, slots=True)
class Refused:
    line: str
    reason: str


def standing(tx: Tx) -> Standing | None:
    """None as long as nothing was ever shipped."""
    row = tx.execute(select(shipping)).first()
    if row is None:
        return None
    return Standing(
        place=(row.at_ms, row.shard),
        points=row.points,
        refused=row.refused,
        lost=row.lost,
        told_at=row.told_at,
        ailing_since=row.ailing_since,
        why=row.why,
    )


def begin(tx: Tx) -> None:
    """The first time: everything that is hot is to be told."""
    at_ms, shard = _BEFORE_ALL
    first = {"id": 1, "at_ms": at_ms, "shard": shard, "points": 0, "refused": 0, "lost": 0}
    tx.execute(insert_into(tx, shipping).on_conflict_do_nothing(), first)


def after(tx: Tx, place: Place, until_ms: int, most: int) -> list[Spooled]:
    """At most `most` rows beyond `place` and before `until_ms`, in their order."""
    found = (
        select(hot.c.at_ms, hot.c.shard, hot.c.lines)
        .where(
            hot.c.at_ms >= place[0],
            hot.c.at_ms < until_ms,
            tuple_(hot.c.at_ms, hot.c.shard) > tuple_(*place),
        )
        .order_by(hot.c.at_ms, hot.c.shard)
        .limit(most)
    )
    return [
        Spooled((at_ms, shard), telemetry.lines_of(lines))
        for at_ms, shard, lines in tx.execute(found)
    ]


def took(
    tx: Tx, place: Place | None, points: int, refused: Sequence[Refused], now: datetime
) -> None:
    """The outside store has everything up to `place` (None: late ones), but for the refused."""
    values = {
        "points": shipping.c.points + points,
        "refused": shipping.c.refused + len(refused),
        "told_at": now,
        "ailing_since": None,
        "why": "",
    }
    tx.execute(update(shipping).values(values))
    if place:
        behind = tuple_(shipping.c.at_ms, shipping.c.shard) < tuple_(*place)
        tx.execute(update(shipping).where(behind).values(at_ms=place[0], shard=place[1]))
    if refused:
        _set_aside(tx, refused, now)


def take_late(tx: Tx) -> list[tuple[int, int]]:
    """(shard, hour) of what came late, and of what was on its way when something stopped."""
    hours = telemetry.late(tx, SHIP, _LATE_AT_ONCE)
    for shard, hour in hours:
        row = {"work": SENDING, "shard": shard, "hour": hour}
        tx.execute(insert_into(tx, late_hours).on_conflict_do_nothing(), row)
        telemetry.settle(tx, SHIP, shard, hour)
    return telemetry.late(tx, SENDING, _LATE_AT_ONCE)


def ails(tx: Tx, why: str, now: datetime) -> None:
    tx.execute(update(shipping).values(why=why[:_LONGEST]))
    healthy = shipping.c.ailing_since.is_(None)
    tx.execute(update(shipping).where(healthy).values(ailing_since=now))


def lose(tx: Tx, before: datetime) -> int:
    """Rows older than that are about to go: what was not told of them is counted as lost."""
    now_at = standing(tx)
    if now_at is None:
        return 0
    lines = func.length(hot.c.lines) - func.length(func.replace(hot.c.lines, "\n", ""))
    untold = select(func.sum(lines)).where(
        hot.c.at_ms >= now_at.place[0],
        hot.c.at_ms < ms_of(before),
        tuple_(hot.c.at_ms, hot.c.shard) > tuple_(*now_at.place),
    )
    lost = int(tx.scalar(untold) or 0)
    if lost:
        gone = {"lost": shipping.c.lost + lost, "at_ms": ms_of(before) - 1, "shard": 2**40}
        tx.execute(update(shipping).values(gone))
    settle_late(tx, before)
    return lost


def settle_late(tx: Tx, before: datetime) -> None:
    """Late hours that end before that have nobody to be told to."""
    c = late_hours.c
    tx.execute(
        late_hours.delete().where(c.work.in_((SHIP, SENDING)), c.hour < ms_of(before) // HOUR_MS)
    )


def told_until(tx: Tx) -> datetime:
    """Everything before it was taken, what came late included."""
    now_at = standing(tx) or Standing()
    late = select(func.min(late_hours.c.hour)).where(late_hours.c.work.in_((SHIP, SENDING)))
    first = tx.scalar(late)
    told_ms = now_at.place[0] if first is None else min(now_at.place[0], first * HOUR_MS)
    return instant_of(told_ms)


def refused(tx: Tx, most: int) -> list[Refused]:
    """The newest first."""
    c = refused_points.c
    rows = tx.execute(select(c.line, c.reason).order_by(c.id.desc()).limit(most))
    return [Refused(row.line, row.reason) for row in rows]


def codes(tx: Tx) -> dict[int, tuple[str, str]]:
    """Device id → the codes of its site and of itself, from the business data."""
    found = select(devices.c.id, sites.c.code, devices.c.code)
    rows = tx.execute(found.join(sites, sites.c.id == devices.c.site_id))
    return {number: (site, code) for number, site, code in rows}


def _set_aside(tx: Tx, refused: Sequence[Refused], now: datetime) -> None:
    rows = [
        {"at": now, "line": one.line[:_LONGEST], "reason": one.reason[:_LONGEST]} for one in refused
    ]
    tx.execute(insert(refused_points), rows)
    c = refused_points.c
    newest = select(c.id).order_by(c.id.desc()).offset(REFUSED_KEPT).limit(1).scalar_subquery()
    tx.execute(refused_points.delete().where(c.id <= newest))
