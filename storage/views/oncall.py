"""Who was called for what, and when somebody answered: what the figures of duty are made of."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Label,
    Select,
    case,
    cast,
    extract,
    func,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)

from rules.model import NoticeId, OrderId, PersonId, Severity, SiteId
from rules.notices import Kind, State
from rules.oncall import CALLS, Month, Order, Page
from rules.permits import Reach
from rules.policy import Response
from storage.db import Tx
from storage.tables.company import sites
from storage.tables.night import alerts, journal, notices, work_orders
from storage.tables.watch import faults
from storage.views.reach import within

Span = tuple[datetime, datetime]

_MERGED = "merged"
_OPEN = (State.WAITING, State.SENDING, State.FAILED)
_o = work_orders.c
_PAGED = _o.pages_made > 0
# Who sends somebody has answered; a receiver who is told to go because nobody did has not.
_ANSWERED_AT: ColumnElement[Any] = func.coalesce(
    _o.received_at,
    case((_o.self_dispatched_at.is_(None), _o.dispatched_at)),
    type_=_o.received_at.type,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An order as people know it."""

    id: OrderId
    number: str
    site_id: SiteId
    site: str
    code: str


def orders(tx: Tx, reach: Reach, span: Span) -> list[Order]:
    """Opened within the span and paged for, oldest first."""
    found = (
        select(
            _o.id,
            _o.severity,
            _o.clock_started_at.label("asked_at"),
            func.coalesce(_o.ladder_started_at, _o.opened_at, type_=_o.opened_at.type).label(
                "called_at"
            ),
            _ANSWERED_AT.label("answered_at"),
            _o.closed_at,
            _o.repaired_at.is_not(None).label("repaired"),
            (_o.close_reason == _MERGED).label("merged"),
            faults.c.repeat_of.is_not(None).label("again"),
        )
        .join_from(work_orders, faults, faults.c.id == _o.root_fault_id)
        .where(_PAGED, _within(_o.opened_at, span), within(reach, _o.site_id))
        .order_by(_o.opened_at, _o.id)
    )
    severities = {str(one): one for one in Severity}
    return [
        Order(
            id=OrderId(row.id),
            severity=severities[row.severity],
            asked_at=row.asked_at,
            called_at=row.called_at,
            answered_at=row.answered_at,
            closed_at=row.closed_at,
            repaired=row.repaired,
            merged=row.merged,
            again=row.again,
        )
        for row in tx.execute(found)
    ]


def pages(tx: Tx, reach: Reach, span: Span) -> list[Page]:
    """Within the span, oldest first; each once, on however many channels, be it on none."""
    both = union_all(_paged(reach, span).order_by(None), _wayless(reach, span))
    rows = tx.execute(both.order_by("created_at", "id")).all()
    ends = _ends(tx, reach, span)
    seen = _alerts(tx, span)
    numbers: dict[tuple[int, int], int] = {}
    found = []
    for row in rows:
        if row.order_id:
            key = (row.person_id, row.order_id)
            number = numbers[key] = numbers.get(key, 0) + 1
            until = ends.answered(OrderId(row.order_id), PersonId(row.person_id), row.created_at)
        else:
            number, until = 1, seen.get((row.person_id, row.created_at))
        found.append(
            Page(
                notice_id=NoticeId(row.id) if row.id else None,
                person_id=PersonId(row.person_id),
                at=row.created_at,
                kind=row.kind,
                order_id=OrderId(row.order_id) if row.order_id else None,
                delivered=True if row.sent else None if row.open else False,
                answered_at=until,
                number=number,
            )
        )
    return found


def months(
    tx: Tx, reach: Reach, edges: Sequence[datetime], limits: Response, now: datetime
) -> list[Month]:
    """Each month between two `edges` in short, counted by the database."""
    counted = {
        bucket: Month(
            orders=n,
            emergency_pct=_pct(e_kept, e_late),
            ordinary_pct=_pct(o_kept, o_late),
            ordinary_mean_s=float(mean) if mean is not None else None,
        )
        for bucket, n, e_kept, e_late, o_kept, o_late, mean in tx.execute(
            _short(tx, reach, edges, limits, now)
        )
    }
    rung = _paged(reach, (edges[0], edges[-1])).order_by(None).subquery()
    told = select(_bucket(rung.c.created_at, edges)).where(rung.c.sent == 1).subquery()
    paged = select(told.c.bucket, func.count()).group_by(told.c.bucket)
    pages_of = {row[0]: row[1] for row in tx.execute(paged)}
    return [
        replace(counted.get(number, Month()), pages=pages_of.get(number, 0))
        for number in range(len(edges) - 1)
    ]


def named(tx: Tx, ids: Collection[OrderId]) -> dict[OrderId, Named]:
    """Numbers and places of a page of orders."""
    found = (
        select(_o.id, _o.number, _o.site_id, sites.c.name.label("site"), faults.c.code)
        .join_from(work_orders, sites, sites.c.id == _o.site_id)
        .join(faults, faults.c.id == _o.root_fault_id)
        .where(_o.id.in_(list(ids)))
    )
    return {OrderId(row.id): Named(**row) for row in tx.execute(found).mappings()}


def _paged(reach: Reach, span: Span) -> Select[Any]:
    """One row for each person, matter and instant: so often it rang, not so many notices.

    What was taken back before it went out rang nowhere, though another of its notices may have.
    What is about ourselves is shown to whoever sees everything.
    """
    n = notices.c
    sent, tried = (
        func.max(case((n.state.in_(states), 1), else_=0)).label(name)
        for name, states in (("sent", (State.SENT,)), ("open", _OPEN))
    )
    columns = (func.min(n.id).label("id"), n.person_id, n.order_id, n.kind, n.created_at)
    return (
        select(*columns, sent, tried)
        .where(n.kind.in_(CALLS), n.state != State.SILENCED)
        .where(_within(n.created_at, span), within(reach, n.site_id))
        .group_by(n.person_id, n.order_id, n.kind, n.created_at)
        .order_by(n.created_at, func.min(n.id))
    )


def _wayless(reach: Reach, span: Span) -> Select[Any]:
    """Who was to be called and has no channel for it: no notice could be written (B24)."""
    j = journal.c
    none = j.facts["channels"].as_integer() == 0
    return select(
        cast(null(), BigInteger).label("id"),
        j.facts["person_id"].as_integer().label("person_id"),
        j.order_id,
        literal(str(Kind.PAGE)).label("kind"),
        j.at.label("created_at"),
        literal(0).label("sent"),
        literal(0).label("open"),
    ).where(j.verb == "paged", none, _within(j.at, span), within(reach, j.site_id))


@dataclass(frozen=True, slots=True)
class _Ends:
    """When each order came to somebody, and who said no to it when."""

    orders: dict[OrderId, tuple[datetime, ...]]
    declines: dict[tuple[OrderId, PersonId], tuple[datetime, ...]]

    def answered(self, order: OrderId, person: PersonId, at: datetime) -> datetime | None:
        """The first end after `at` of what this person was asked for then."""
        ends = (*self.orders.get(order, ()), *self.declines.get((order, person), ()))
        return min((end for end in ends if end >= at), default=None)


def _ends(tx: Tx, reach: Reach, span: Span) -> _Ends:
    paged = _paged(reach, span).order_by(None).subquery()
    about = select(paged.c.order_id).where(paged.c.order_id.is_not(None))
    instants = (_o.received_at, _o.departed_at, _o.arrived_at, _o.repaired_at, _o.closed_at)
    sent = case((_o.self_dispatched_at.is_(None), _o.dispatched_at)).label("sent_at")
    found = tx.execute(select(_o.id, sent, *instants).where(_o.id.in_(about)))
    j = journal.c
    said_no = select(j.order_id, j.person_id, j.at).where(
        j.verb == "declined", j.at >= span[0], j.order_id.in_(about)
    )
    declines: dict[tuple[OrderId, PersonId], tuple[datetime, ...]] = {}
    for order_id, person_id, at in tx.execute(said_no):
        key = (OrderId(order_id), PersonId(person_id))
        declines[key] = (*declines.get(key, ()), at)
    ends = {OrderId(row[0]): tuple(at for at in row[1:] if at) for row in found}
    return _Ends(ends, declines)


def _alerts(tx: Tx, span: Span) -> dict[tuple[PersonId, datetime], datetime | None]:
    """When what rang about ourselves was seen, or over."""
    n = notices.c
    about = n.facts["alert_id"].as_integer()
    found = (
        select(n.person_id, n.created_at, alerts.c.acknowledged_at, alerts.c.cleared_at)
        .join_from(notices, alerts, alerts.c.id == about)
        .where(n.kind == Kind.ALERT, _within(n.created_at, span))
    )
    return {
        (PersonId(who), at): min((one for one in ends if one), default=None)
        for who, at, *ends in tx.execute(found)
    }


def _short(
    tx: Tx, reach: Reach, edges: Sequence[datetime], limits: Response, now: datetime
) -> Select[Any]:
    """`rules.oncall.kept` as SQL; a test holds the two against each other."""
    end = func.coalesce(
        _seconds(tx, _ANSWERED_AT), _seconds(tx, _o.closed_at), literal(now.timestamp())
    )
    took = end - _seconds(tx, _o.clock_started_at)
    urgent = _o.severity == Severity.EMERGENCY
    each = (
        select(
            _bucket(_o.opened_at, edges),
            urgent.label("urgent"),
            _ANSWERED_AT.is_not(None).label("answered"),
            took.label("took"),
        )
        .where(_PAGED, _within(_o.opened_at, (edges[0], edges[-1])), within(reach, _o.site_id))
        .subquery()
        .c
    )
    counts = [
        func.sum(case((which & judged, 1), else_=0))
        for which, limit in ((each.urgent, limits.emergency_s), (~each.urgent, limits.ordinary_s))
        for judged in (each.answered & (each.took <= limit), each.took > limit)
    ]
    mean = func.avg(case((~each.urgent & each.answered, each.took)))
    return select(each.bucket, func.count(), *counts, mean).group_by(each.bucket)


def _bucket(at: ColumnElement[Any], edges: Sequence[datetime]) -> Label[int]:
    """In which month it lies, from 0."""
    whens = [(at < edge, literal(number)) for number, edge in enumerate(edges[1:])]
    return case(*whens).label("bucket")


def _within(at: ColumnElement[Any], span: Span) -> ColumnElement[bool]:
    return (at >= span[0]) & (at < span[1])


def _seconds(tx: Tx, at: ColumnElement[Any]) -> ColumnElement[Any]:
    """Since 1970, in the engine's own numbers."""
    if tx.dialect.name == "sqlite":
        return cast(type_coerce(at, BigInteger), Float) / 1_000_000
    return cast(extract("epoch", at), Float)


def _pct(good: int, late: int) -> float | None:
    return 100 * good / (good + late) if good + late else None
