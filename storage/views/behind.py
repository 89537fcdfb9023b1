"""What waits behind a cause, also behind a cause that waits itself: the list inside its order."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from rules.model import DeviceId, Fault, FaultId
from storage import faults as fault_rows
from storage.db import Tx
from storage.views import names
from storage.views.names import Place
from storage.views.pages import Page, cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """`through`: the device between it and the cause, where there is one."""

    fault: Fault
    place: Place
    through: Place | None


def listed(tx: Tx, cause: FaultId, *, before: int | None = None, limit: int) -> Page[Waiting]:
    """Youngest first; `before` is the fault's id to go on from. The count is of devices."""
    chain = names.waiting_behind([cause])
    found = select(chain.c.id).distinct()
    if before is not None:
        found = found.where(chain.c.id < before)
    ids = [FaultId(n) for n in tx.scalars(found.order_by(chain.c.id.desc()).limit(limit + 1))]
    count = tx.scalar(select(func.count(chain.c.device_id.distinct()))) or 0
    page = cut(ids, limit, count, lambda one: one)
    return Page(_lines(tx, cause, page.rows), page.count, page.next)


def _lines(tx: Tx, cause: FaultId, ids: Sequence[FaultId]) -> list[Waiting]:
    faults = fault_rows.by_ids(tx, ids)
    nearer = fault_rows.by_ids(
        tx, {f.explained_by for f in faults.values() if f.explained_by not in {None, cause}}
    )
    devices: set[DeviceId] = {f.device_id for f in (*faults.values(), *nearer.values())}
    places = names.of_places(tx, devices)
    lines = []
    for number in ids:
        fault = faults[number]
        parent = nearer.get(fault.explained_by) if fault.explained_by else None
        through = places[parent.device_id] if parent else None
        lines.append(Waiting(fault=fault, place=places[fault.device_id], through=through))
    return lines
