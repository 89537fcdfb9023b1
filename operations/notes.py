"""What is written into the journal about an order or a fault: whose doing it was, and where."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from operations import tellings
from rules.model import Fault, PersonId, WorkOrder
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
