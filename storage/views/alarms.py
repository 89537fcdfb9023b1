"""Security events as the page shows them, within a reader's reach; and how the hosts reach us."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from rules.alarms import Sort
from rules.permits import Reach
from storage.alarms import SecurityEvent
from storage.db import Tx
from storage.tables.alarms import security_events
from storage.tables.company import sites
from storage.views.pages import Page, cut
from storage.views.reach import within

MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The filter of the page; empty means all."""

    reach: Reach
    site: str = ""
    sort: Sort | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    id: int
    event: SecurityEvent
    site: str
    site_code: str


def newest(tx: Tx, wanted: Wanted, *, before: int | None = None, limit: int) -> Page[Line]:
    """`count` goes no further than `MOST_COUNTED` + 1."""
    rows = [_line(row) for row in tx.execute(_lines(wanted, before).limit(limit + 1)).mappings()]
    counted = _lines(wanted, None).with_only_columns(security_events.c.id).order_by(None)
    counted = counted.limit(MOST_COUNTED + 1)
    count = tx.scalar(select(func.count()).select_from(counted.subquery())) or 0
    return cut(rows, limit, count, lambda line: line.id)


def every(tx: Tx, wanted: Wanted, *, most: int) -> Iterator[Line]:
    """For a file: newest first, a row at a time."""
    found = _lines(wanted, None).limit(most)
    for row in tx.execution_options(stream_results=True).execute(found).mappings():
        yield _line(row)


def _lines(wanted: Wanted, before: int | None) -> Select[Any]:
    columns = (security_events, sites.c.name.label("_site"), sites.c.code.label("_code"))
    found = (
        select(*columns)
        .join(sites, sites.c.id == security_events.c.site_id)
        .where(_chosen(wanted))
        .order_by(security_events.c.id.desc())
    )
    return found if before is None else found.where(security_events.c.id < before)


def _chosen(wanted: Wanted) -> ColumnElement[bool]:
    where = [within(wanted.reach, security_events.c.site_id)]
    if wanted.site:
        where.append(sites.c.code == wanted.site)
    if wanted.sort is not None:
        where.append(security_events.c.sort == wanted.sort)
    return and_(*where)


def _line(row: Any) -> Line:
    own = {name: row[name] for name in row if name != "id" and not name.startswith("_")}
    return Line(id=row["id"], event=SecurityEvent(**own), site=row["_site"], site_code=row["_code"])
