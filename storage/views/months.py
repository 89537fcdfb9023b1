"""The inspections of a month as a list: where each stands, and how far it is (A09)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, FromClause, and_, case, func, or_, select

from rules.inspections import Decision, Inspection, InspectionId, Point, Result, Stand
from rules.model import CustomerId, PersonId, SiteId, SystemId
from rules.permits import Reach
from storage.db import Tx
from storage.inspections import CHOSEN, DOUBTED, inspection_of
from storage.tables.company import customers, sites, systems
from storage.tables.paper import inspection_items, inspection_points, inspections
from storage.views import names
from storage.views.pages import Page, cut
from storage.views.reach import handed_to, holds, within

LATE = "late"  # of the filter: due, and not issued
_ORDER = (  # what a person is owed first
    *(Stand.TO_DECIDE, Stand.IN_WORK, Stand.TO_SIGN, Stand.TO_ISSUE),
    *(Stand.PLANNED, Stand.CARRIED, Stand.ISSUED),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Points of a sheet by what was said of them; `answered` have a word on every item."""

    points: int = 0
    answered: int = 0
    normal: int = 0
    abnormal: int = 0
    not_checked: int = 0

    @property
    def open(self) -> int:
        return self.points - self.answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Whose, where, of what: the names around an inspection."""

    site_id: SiteId
    site: str
    system: str
    customer_id: CustomerId
    customer: str
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    inspection: Inspection
    place: Where
    assignee: str
    count: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The filter of the list; empty means all. A customer is shown what has been issued."""

    reach: Reach
    period: str = ""
    stand: str = ""
    words: str = ""
    site_id: SiteId | None = None
    assignee: PersonId | None = None
    issued_only: bool = False
    today: date


def listed(tx: Tx, wanted: Wanted, *, after: str = "", limit: int) -> Page[Line]:
    """What is owed first, first; `after` is the cursor: rank, then id."""
    i, rank = inspections.c, _rank()
    chosen = _chosen(tx, wanted)
    found = select(i.id, rank.label("rank")).select_from(_joined()).where(chosen)
    if after.count(".") == 1 and all(part.isdecimal() for part in after.split(".")):
        place, number = (int(part[:18]) for part in after.split("."))
        found = found.where(or_(rank > place, and_(rank == place, i.id > number)))
    rows = list(tx.execute(found.order_by(rank, i.id).limit(limit + 1)))
    count = tx.scalar(select(func.count()).select_from(_joined()).where(chosen)) or 0
    page = cut(rows, limit, count, lambda row: f"{row.rank}.{row.id}")
    return Page(lines(tx, [InspectionId(row.id) for row in page.rows]), page.count, page.next)


def stands(tx: Tx, wanted: Wanted) -> dict[str, int]:
    """How many stand where, and how many of them are late, whatever stand was asked for."""
    everywhere = replace(wanted, stand="")
    rank = _rank()
    late = func.sum(case((_late(wanted.today), 1), else_=0))
    found = select(rank, func.count(), late).select_from(_joined()).where(_chosen(tx, everywhere))
    rows = list(tx.execute(found.group_by(rank)))
    counted = {str(_ORDER[place]): n for place, n, _ in rows}
    return counted | {LATE: sum(n for _, _, n in rows)}


def lines(tx: Tx, ids: Sequence[InspectionId]) -> list[Line]:
    """In the order of `ids`."""
    known = {
        row.id: inspection_of(row) for row in tx.execute(CHOSEN.where(inspections.c.id.in_(ids)))
    }
    counted, around = counts(tx, ids), places(tx, {one.system_id for one in known.values()})
    people = names.of_people(tx, [one.assignee_id for one in known.values()])
    return [
        Line(
            inspection=known[number],
            place=around[known[number].system_id],
            assignee=people[who] if (who := known[number].assignee_id) else "",
            count=counted.get(number, Count()),
        )
        for number in ids
        if number in known
    ]


def around(tx: Tx, reach: Reach, site_id: SiteId, today: date) -> tuple[Line | None, Line | None]:
    """Of a site: the last that was issued, and the next that is owed."""
    i = inspections.c
    here = select(i.id).where(i.site_id == site_id, handed_to(reach, i.id)).limit(1)
    last = tx.scalar(here.where(i.issued_at.is_not(None)).order_by(i.issued_at.desc()))
    owed = here.where(i.issued_at.is_(None), i.finished_at.is_(None), i.due_on >= today)
    following = tx.scalar(owed.order_by(i.due_on, i.id))
    found = {
        one.inspection.id: one
        for one in lines(tx, [InspectionId(n) for n in (last, following) if n])
    }
    return (
        found.get(InspectionId(last)) if last else None,
        found.get(InspectionId(following)) if following else None,
    )


def places(tx: Tx, system_ids: Iterable[SystemId]) -> dict[SystemId, Where]:
    found = select(
        systems.c.id,
        systems.c.name,
        sites.c.id.label("site_id"),
        sites.c.name.label("site"),
        sites.c.timezone,
        customers.c.id.label("customer_id"),
        customers.c.name.label("customer"),
    ).select_from(systems.join(sites, sites.c.id == systems.c.site_id).join(customers))
    rows = tx.execute(found.where(systems.c.id.in_(set(system_ids))))
    return {
        SystemId(row.id): Where(
            site_id=SiteId(row.site_id),
            site=row.site,
            system=row.name,
            customer_id=CustomerId(row.customer_id),
            customer=row.customer,
            timezone=row.timezone,
        )
        for row in rows
    }


def counts(tx: Tx, ids: Iterable[InspectionId]) -> dict[InspectionId, Count]:
    """One question for a page of sheets; one that is not begun has no points yet."""
    p, said = inspection_points.c, inspection_items.c.result
    by_point = (
        select(
            p.inspection_id,
            p.decision,
            func.max(case((said == Result.ABNORMAL, 1), else_=0)).label("abnormal"),
            func.max(case((said == Result.NOT_CHECKED, 1), else_=0)).label("left"),
            func.max(case((said == "", 1), else_=0)).label("open"),
        )
        .join_from(inspection_points, inspection_items)
        .where(p.inspection_id.in_(list(ids)))
        .group_by(p.id)
        .subquery()
    )
    b = by_point.c
    word = case(
        (b.decision == Decision.FALSE, Result.NOT_CHECKED),
        (b.abnormal == 1, Result.ABNORMAL),
        (b.open == 1, ""),
        (b.left == 1, Result.NOT_CHECKED),
        else_=Result.NORMAL,
    )
    found = select(b.inspection_id, word, func.count(), func.sum(1 - b.open))
    counted: dict[InspectionId, Count] = {}
    for number, result, n, through in tx.execute(found.group_by(b.inspection_id, word)):
        before = counted.get(number, Count())
        counted[InspectionId(number)] = _more(before, result, n, through)
    return counted


def count_of(points: Iterable[Point]) -> Count:
    """The same of a sheet that is at hand."""
    count = Count()
    for point in points:
        count = _more(count, point.result or "", 1, int(point.answered))
    return count


def _more(count: Count, result: str, n: int, answered: int) -> Count:
    told = {str(result): getattr(count, result) + n} if result else {}
    return replace(count, points=count.points + n, answered=count.answered + int(answered), **told)


def _joined() -> FromClause:
    placed = inspections.join(systems, systems.c.id == inspections.c.system_id)
    return placed.join(sites, sites.c.id == inspections.c.site_id).join(
        customers, customers.c.id == sites.c.customer_id
    )


_later = inspections.alias("taken_over")
_TAKEN_OVER = (
    select(_later.c.id)
    .where(
        _later.c.system_id == inspections.c.system_id,
        _later.c.kind == inspections.c.kind,
        _later.c.period > inspections.c.period,
        _later.c.frozen_at.is_not(None),
    )
    .exists()
)
_UNDECIDED = (
    select(inspection_points.c.id)
    .where(
        inspection_points.c.inspection_id == inspections.c.id,
        DOUBTED,
        inspection_points.c.decision == "",
    )
    .exists()
)


def _rank() -> ColumnElement[int]:
    """`rules.inspections.Inspection.stand` as SQL, as its place in `_ORDER`."""
    i = inspections.c
    settled = or_(i.signed_at.is_not(None), i.unsigned_reason != "")
    return case(
        (i.issued_at.is_not(None), _ORDER.index(Stand.ISSUED)),
        (and_(i.finished_at.is_(None), _TAKEN_OVER), _ORDER.index(Stand.CARRIED)),
        (i.started_at.is_(None), _ORDER.index(Stand.PLANNED)),
        (i.finished_at.is_(None), _ORDER.index(Stand.IN_WORK)),
        (~settled, _ORDER.index(Stand.TO_SIGN)),
        (_UNDECIDED, _ORDER.index(Stand.TO_DECIDE)),
        else_=_ORDER.index(Stand.TO_ISSUE),
    )


def _late(today: date) -> ColumnElement[bool]:
    i = inspections.c
    return and_(
        i.due_on < today, i.issued_at.is_(None), ~and_(i.finished_at.is_(None), _TAKEN_OVER)
    )


def _chosen(tx: Tx, wanted: Wanted) -> ColumnElement[bool]:
    i = inspections.c
    where = [within(wanted.reach, i.site_id), handed_to(wanted.reach, i.id)]
    if wanted.issued_only:
        where.append(i.issued_at.is_not(None))
    if wanted.period:
        where.append(i.period == wanted.period)
    if wanted.stand == LATE:
        where.append(_late(wanted.today))
    elif wanted.stand:
        where.append(_rank() == _ORDER.index(Stand(wanted.stand)))
    if wanted.site_id is not None:
        where.append(i.site_id == wanted.site_id)
    if wanted.assignee is not None:
        where.append(i.assignee_id == wanted.assignee)
    for word in wanted.words.split()[:5]:
        columns = (sites.c.name, sites.c.code, systems.c.name, systems.c.code, customers.c.name)
        where.append(or_(*(holds(tx, one, word) for one in columns)))
    return and_(*where)
