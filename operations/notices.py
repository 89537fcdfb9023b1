"""Owe people a notice, in the transaction of its reason. `notify/` sends it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rules.model import Fault, Person, Severity, SiteId, WorkOrder
from rules.notices import Kind
from storage import outbox
from storage.db import Tx


def tell(  # noqa: PLR0913 - who, why and about what; all but the first three by name
    tx: Tx,
    person: Person,
    kind: str,
    *,
    key: str,
    severity: Severity,
    order: WorkOrder | None = None,
    fault: Fault | None = None,
    site_id: SiteId | None = None,
    facts: Mapping[str, Any] | None = None,
    now: datetime,
    not_before: datetime | None = None,
) -> int:
    """Tell `person` on each of their channels; returns how many notices are new.

    `key` names the reason; the same reason twice tells nobody twice. `kind` is one of
    `rules.notices.Kind`. A notice about an alert carries `alert_id` in its facts.
    """
    about = order or fault
    fault_id = fault.id if fault else order.root_fault_id if order else None
    drafts = [
        outbox.Draft(
            key=f"{key}:{person.id}:{address.channel}:{address.target}",
            kind=Kind(kind),
            severity=severity,
            person_id=person.id,
            channel=address.channel,
            target=address.target,
            order_id=order.id if order else fault.order_id if fault else None,
            fault_id=fault_id,
            site_id=about.site_id if about else site_id,
            facts=dict(facts or {}),
            not_before=not_before,
        )
        for address in person.channels
    ]
    return sum(outbox.put(tx, draft, now) for draft in drafts)
