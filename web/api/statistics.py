"""The figures of a span: points, online rate, intact rate (完好率), faults, downtime."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from operations import duty as duty_desk
from rules import periods
from rules.inspections import Stand
from rules.model import SiteId
from rules.permits import Verb
from rules.statistics import Running
from storage import sites as site_rows
from storage.db import Tx, reading
from storage.views import reach as reaches
from storage.views import sheets, statistics
from storage.views.sheets import Listed
from web.api.asked import Filter, Line
from web.api.callers import Caller, StatisticsReader
from web.api.problems import refused
from web.inspecting import is_customer
from web.wired import Wired

router = APIRouter(tags=["statistics"])

LONGEST = timedelta(days=400)


class Span(Filter):
    """Without `from` and `to` this month so far, on the company's calendar; `site` is a code."""

    from_: AwareDatetime | None = Field(None, alias="from")
    to: AwareDatetime | None = None
    site: Line = ""


class Faults(BaseModel):
    """Begun in the span and not the mere consequence of another."""

    emergency: int
    major: int
    minor: int


class Inspected(BaseModel):
    """Of the months the span touches. `intact_pct` (完好率): of the points checked, those well."""

    planned: int
    issued: int
    points_due: int
    points_normal: int
    points_abnormal: int
    points_not_checked: int
    intact_pct: float | None


class Day(BaseModel):
    day: date
    down_s: float
    deaf_s: float
    planned_s: float
    faults: int


class Statistics(BaseModel):
    """`deaf_s` is time in which we could not listen: neither uptime nor downtime.

    Nor is `planned_s`, which adds up the maintenance of all devices.

    `online_pct` is null when nothing was heard that could be judged.
    """

    from_: datetime = Field(serialization_alias="from")
    to: datetime
    sites: list[str]
    devices: int
    watched_s: float
    deaf_s: float
    down_s: float
    planned_s: float
    online_pct: float | None
    faults: Faults
    clock_errors: int
    inspections: Inspected
    days: list[Day]


@router.get("/statistics")
def figures(parts: Wired, caller: StatisticsReader, asked: Annotated[Span, Query()]) -> Statistics:
    caller.must(Verb.SEE_SITE)
    with reading(parts.database) as tx:
        zone = duty_desk.timezone(tx).key
        start, end = _span(asked, caller.now, zone)
        here = _sites(tx, caller, asked.site)
        ids = sorted(here)
        running = statistics.of_sites(tx, ids, (start, end), zone)
        months = periods.month_of(start, zone), periods.month_of(end, zone)
        inspected = sheets.tallied(tx, caller.reach, ids, months, issued_only=is_customer(caller))
    return _told((start, end), sorted(here.values()), running, inspected)


def _span(asked: Span, now: datetime, zone: str) -> tuple[datetime, datetime]:
    end = min(asked.to, now) if asked.to else now
    start = asked.from_ or periods.month_of(end, zone).span(zone)[0]
    if not timedelta() < end - start <= LONGEST:
        typed = asked.from_.isoformat() if asked.from_ else None
        raise refused(("from", typed, "api.accepts.days"), n=LONGEST.days)
    return start.astimezone(UTC), end.astimezone(UTC)


def _sites(tx: Tx, caller: Caller, code: str) -> dict[SiteId, str]:
    """Those within reach; another's site is not even there."""
    ids = reaches.site_ids(tx, caller.reach)
    known = site_rows.all_sites(tx) if ids is None else site_rows.by_ids(tx, ids)
    return {one.id: one.code for one in known if code in {"", one.code}}


def _told(
    span: tuple[datetime, datetime],
    sites: Sequence[str],
    running: Running,
    inspected: Sequence[Listed],
) -> Statistics:
    return Statistics(
        from_=span[0],
        to=span[1],
        sites=list(sites),
        devices=running.devices,
        watched_s=running.watched_s,
        deaf_s=running.deaf_s,
        down_s=running.down_s,
        planned_s=running.planned_s,
        online_pct=running.online_pct,
        faults=Faults(**{each.value: number for each, number in running.faults.items()}),
        clock_errors=running.clock_errors,
        inspections=_inspected(inspected),
        days=[
            Day(
                day=one.day,
                down_s=one.down_s,
                deaf_s=one.deaf_s,
                planned_s=one.planned_s,
                faults=one.faults,
            )
            for one in running.days
        ],
    )


def _inspected(some: Sequence[Listed]) -> Inspected:
    normal = sum(one.count.normal for one in some)
    abnormal = sum(one.count.abnormal for one in some)
    checked = normal + abnormal
    return Inspected(
        planned=len(some),
        issued=sum(one.inspection.stand is Stand.ISSUED for one in some),
        points_due=sum(one.count.points for one in some),
        points_normal=normal,
        points_abnormal=abnormal,
        points_not_checked=sum(one.count.not_checked for one in some),
        intact_pct=100 * normal / checked if checked else None,
    )
