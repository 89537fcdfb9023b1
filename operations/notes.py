"""What is written into the journal: whose doing it was, and of what."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from operations import tellings
from rules.model import DeviceId, Fault, FaultId, OrderId, PersonId, SiteId, WorkOrder
from storage import journal
from storage.db import Tx


def of_order(
    tx: Tx, order: WorkOrder, verb: str, by: PersonId | None, now: datetime, **facts: Any
) -> WorkOrder:
    """`by` None: the monitor did it. Returns the order as it was given; its customer is told."""
    entry = journal.Entry(
        at=now,
        actor="person" if by else "monitor",
        verb=verb,
        person_id=by,
        site_id=order.site_id,
        order_id=order.id,
        fault_id=order.root_fault_id,
        facts=facts,
    )
    journal.write(tx, entry)
    tellings.follow(tx, order, verb, facts, now)
    return order


def of_the_clock(
    tx: Tx, order: WorkOrder, verb: str, facts: Mapping[str, Any], now: datetime
) -> None:
    """What a passed deadline did about an order; its customer hears nothing of that."""
    entry = journal.Entry(
        at=now,
        actor="clock",
        verb=verb,
        site_id=order.site_id,
        order_id=order.id,
        fault_id=order.root_fault_id,
        facts=dict(facts),
    )
    journal.write(tx, entry)


def of_fault(tx: Tx, fault: Fault, verb: str, now: datetime, **facts: Any) -> None:
    """What the monitor did with a fault, in the timeline of its order and of its device."""
    entry = journal.Entry(
        at=now,
        actor="monitor",
        verb=verb,
        site_id=fault.site_id,
        order_id=fault.order_id,
        fault_id=fault.id,
        device_id=fault.device_id,
        facts=facts,
    )
    journal.write(tx, entry)


def of_act(  # noqa: PLR0913 - whose, what, and where as far as it has a place
    tx: Tx,
    verb: str,
    by: PersonId | None,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    *,
    record: str = "",
    site_id: SiteId | None = None,
    order_id: OrderId | None = None,
    fault_id: FaultId | None = None,
    device_id: DeviceId | None = None,
    otherwise: str = "clock",
) -> None:
    """What somebody did about anything else; `record` names the line it is about: `drills/3`.

    `by` None: nobody, or nobody we know; `otherwise` says then whose doing it was.
    """
    entry = journal.Entry(
        at=now,
        actor="person" if by else otherwise,
        verb=verb,
        person_id=by,
        site_id=site_id,
        order_id=order_id,
        fault_id=fault_id,
        device_id=device_id,
        record=record,
        facts=dict(facts or {}),
    )
    journal.write(tx, entry)
