"""What waits for one person on call: calls nobody has answered, and the orders that are theirs."""

from collections.abc import Sequence

from sqlalchemy import and_, exists, func, or_, select

from rules.model import OrderId, PersonId
from rules.notices import Kind
from rules.permits import Reach
from storage.db import Tx
from storage.tables.night import notices, work_orders
from storage.views import orders as order_view
from storage.views.orders import Line
from storage.views.reach import within

_CALLS = (Kind.PAGE, Kind.REPORT, Kind.GO)


def waiting(tx: Tx, person_id: PersonId, reach: Reach, *, limit: int) -> tuple[Sequence[Line], int]:
    """The most urgent first, then by deadline; how many there are in all."""
    o = work_orders.c
    called = exists().where(
        notices.c.order_id == o.id,
        notices.c.person_id == person_id,
        notices.c.kind.in_(_CALLS),
    )
    mine = func.coalesce(o.assignee_id, o.received_by) == person_id
    unanswered = and_(o.received_at.is_(None), called)
    chosen = and_(o.closed_at.is_(None), within(reach, o.site_id), or_(mine, unanswered))
    order_of_need = (o.received_at.is_not(None), o.severity, o.on_site_by, o.id)
    ids = list(tx.scalars(select(o.id).where(chosen).order_by(*order_of_need).limit(limit)))
    lines = order_view.lines(tx, [OrderId(number) for number in ids])
    return lines, tx.scalar(select(func.count()).where(chosen)) or 0
