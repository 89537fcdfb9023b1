"""The live board: what burns, and whether somebody will be there in time.

The order of the rows is `rules.urgency`, said in SQL so that a page of fifty never loads ten
thousand; a test holds the two together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    and_,
    case,
    exists,
    extract,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    type_coerce,
    union_all,
)

from rules import workflow
from rules.model import Fault, FaultId, Monitored, OrderId, PersonId, Severity, WorkOrder
from rules.permits import Reach
from rules.urgency import RISK_SHARE, Band
from storage import faults as fault_rows
from storage import work_orders as order_rows
from storage.db import Tx
from storage.tables.company import devices
from storage.tables.night import work_orders
from storage.tables.watch import faults
from storage.views import names
from storage.views.names import Place
from storage.views.pages import Page, cut
from storage.views.reach import within

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ORDER, _FAULT = "order", "fault"
_OPEN_FAULT = faults.c.cleared_at.is_(None)
_OPEN_ORDER = work_orders.c.closed_at.is_(None)
_UNANSWERED = or_(work_orders.c.received_at.is_(None), work_orders.c.stalled_at.is_not(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An open order with its root fault, or a fault that has no order."""

    fault: Fault
    place: Place
    order: WorkOrder | None = None
    holder: str = ""
    affected: int = 0

    @property
    def stands(self) -> str:
        return workflow.stand(self.order) if self.order else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    emergency: int
    at_risk: int
    unanswered: int
    in_work: int
    done_today: int
    devices: int
    devices_ill: int

    @property
    def share_ok(self) -> float | None:
        """0..1; None where nothing is watched yet."""
        return 1 - self.devices_ill / self.devices if self.devices else None


def rows(tx: Tx, reach: Reach, now: datetime, *, after: str = "", limit: int) -> Page[Row]:
    """The most urgent first; `after` is the cursor of the page before."""
    needs = _needs(reach, now)
    keys = (needs.c.band, needs.c.rank, needs.c.at, needs.c.kind, needs.c.id)
    found = select(*keys).order_by(*keys).limit(limit + 1)
    if beyond := _cursor(after):
        found = found.where(tuple_(*keys) > beyond)
    count = tx.scalar(select(func.count()).select_from(needs)) or 0
    page = cut([tuple(row) for row in tx.execute(found)], limit, count, _written)
    return Page(_filled(tx, page.rows), page.count, page.next)


def row_of(tx: Tx, order_id: OrderId) -> Row | None:
    """One row anew, after somebody acted on it."""
    found = _filled(tx, [(0, 0, None, _ORDER, order_id)])
    return found[0] if found else None


def waiting(tx: Tx, reach: Reach, *, limit: int) -> Page[Row]:
    """Open faults no order runs for: minor ones that join the next visit. The worst first."""
    chosen = and_(
        _OPEN_FAULT,
        faults.c.explained_by.is_(None),
        faults.c.provisional_until.is_(None),
        faults.c.maintenance_id.is_(None),
        ~exists().where(work_orders.c.id == faults.c.order_id, _OPEN_ORDER),
        within(reach, faults.c.site_id),
    )
    found = select(faults.c.id).where(chosen).order_by(_rank(faults), faults.c.opened_at)
    ids = [(0, 0, None, _FAULT, number) for number in tx.scalars(found.limit(limit))]
    count = tx.scalar(select(func.count()).select_from(faults).where(chosen)) or 0
    return Page(_filled(tx, ids), count)


def figures(tx: Tx, reach: Reach, now: datetime, midnight: datetime) -> Figures:
    """All of them by counting rows, none by loading any."""
    orders = _order_figures(tx, reach, now)
    done = select(func.count()).where(
        work_orders.c.closed_at >= midnight,
        or_(work_orders.c.verified_at.is_not(None), work_orders.c.close_reason == "recovered"),
        within(reach, work_orders.c.site_id),
    )
    watched = select(func.count()).where(
        devices.c.disabled_at.is_(None),
        devices.c.archived_at.is_(None),
        devices.c.monitored != Monitored.NO,
        within(reach, devices.c.site_id),
    )
    ill = select(func.count(faults.c.device_id.distinct())).where(
        _OPEN_FAULT, faults.c.maintenance_id.is_(None), within(reach, faults.c.site_id)
    )
    total = tx.scalar(watched) or 0
    return Figures(
        **orders,
        done_today=tx.scalar(done) or 0,
        devices=total,
        devices_ill=min(tx.scalar(ill) or 0, total),
    )


def _order_figures(tx: Tx, reach: Reach, now: datetime) -> dict[str, int]:
    o = work_orders.c
    travelling = and_(o.arrived_at.is_(None), o.repaired_at.is_(None), o.verified_at.is_(None))
    counted = {
        "emergency": and_(o.severity == Severity.EMERGENCY, o.verified_at.is_(None)),
        "at_risk": and_(travelling, _risky(tx, now)),
        "unanswered": _UNANSWERED,
        "in_work": and_(~_UNANSWERED, o.verified_at.is_(None)),
    }
    sums = [func.sum(case((holds, 1), else_=0)).label(name) for name, holds in counted.items()]
    row = tx.execute(select(*sums).where(_OPEN_ORDER, within(reach, o.site_id)))
    return {name: int(value or 0) for name, value in row.mappings().one().items()}


def _risky(tx: Tx, now: datetime) -> ColumnElement[bool]:
    """`urgency.risk_from` has passed, reckoned in the engine's own numbers."""
    started: Any = work_orders.c.clock_started_at
    due: Any = work_orders.c.on_site_by
    if tx.dialect.name == "sqlite":
        started, due = type_coerce(started, BigInteger), type_coerce(due, BigInteger)
        now_at: float = (now - _EPOCH) // timedelta(microseconds=1)
    else:
        started, due = extract("epoch", started), extract("epoch", due)
        now_at = now.timestamp()
    return and_(started + RISK_SHARE * (due - started) <= now_at)


def _needs(reach: Reach, now: datetime) -> Any:
    """`rules.urgency.Need` of everything that stands on the board."""
    o = work_orders.c
    band = case(
        (o.verified_at.is_not(None), Band.TO_CLOSE.value),
        (or_(o.arrived_at.is_not(None), o.repaired_at.is_not(None)), Band.AT_WORK.value),
        (or_(_UNANSWERED, o.on_site_by < now), Band.NOW.value),
        else_=Band.SOON.value,
    )
    orders = select(
        literal_column(f"'{_ORDER}'").label("kind"),
        o.id,
        band.label("band"),
        case((band == Band.SOON.value, 0), else_=_rank(work_orders)).label("rank"),
        o.on_site_by.label("at"),
    ).where(_OPEN_ORDER, within(reach, o.site_id))
    suspected = select(
        literal_column(f"'{_FAULT}'"),
        faults.c.id,
        literal_column(str(Band.SOON.value), Integer),
        literal_column("0", Integer),
        faults.c.provisional_until,
    ).where(
        _OPEN_FAULT,
        faults.c.provisional_until.is_not(None),
        faults.c.explained_by.is_(None),
        faults.c.order_id.is_(None),
        within(reach, faults.c.site_id),
    )
    return union_all(orders, suspected).subquery()


def _rank(table: Any) -> ColumnElement[int]:
    ranks = {severity.value: severity.rank for severity in Severity}
    return case(ranks, value=table.c.severity, else_=len(ranks))


def _written(key: Sequence[Any]) -> str:
    band, rank, at, kind, number = key
    return f"{band}.{rank}.{(at - _EPOCH) // timedelta(microseconds=1)}.{kind}.{number}"


def _cursor(text: str) -> tuple[Any, ...] | None:
    """What `_written` wrote; anything else is the beginning."""
    parts = text.split(".")
    whole = [*parts[:3], *parts[4:]]
    if len(parts) != 5 or parts[3] not in {_ORDER, _FAULT}:  # noqa: PLR2004 - the five of a key
        return None
    if not all(one.isascii() and one.isdecimal() and len(one) < 18 for one in whole):  # noqa: PLR2004
        return None
    at = _EPOCH + timedelta(microseconds=int(parts[2]))
    return int(parts[0]), int(parts[1]), at, parts[3], int(parts[4])


def _filled(tx: Tx, keys: Sequence[Sequence[Any]]) -> list[Row]:
    """The rows of these keys in their order, with names; a handful of questions in all."""
    if not keys:
        return []
    orders = order_rows.by_ids(tx, [key[4] for key in keys if key[3] == _ORDER])
    wanted = {FaultId(key[4]) for key in keys if key[3] == _FAULT}
    found = fault_rows.by_ids(tx, wanted | {order.root_fault_id for order in orders.values()})
    places = names.of_places(tx, {fault.device_id for fault in found.values()})
    holders = names.of_people(tx, [_holder(order) for order in orders.values()])
    behind = names.affected(tx, found)
    filled = []
    for key in keys:
        order = orders.get(key[4]) if key[3] == _ORDER else None
        fault = found[order.root_fault_id] if order else found.get(FaultId(key[4]))
        if fault is None or (order is None and key[3] == _ORDER):
            continue
        who = _holder(order) if order else None
        filled.append(
            Row(
                fault=fault,
                place=places[fault.device_id],
                order=order,
                holder=holders.get(who, "") if who else "",
                affected=behind.get(fault.id, 0),
            )
        )
    return filled


def _holder(order: WorkOrder) -> PersonId | None:
    return order.assignee_id or order.received_by
