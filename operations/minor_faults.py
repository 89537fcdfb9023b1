"""Minor faults that the monitor found disturb nobody: told together, once a day, if a plan says so.

Nothing worse and no customer's call ever waits here.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from operations import duty as duty_desk
from operations import escalations as escalation_desk
from operations import notes, notices
from rules import permits
from rules.escalation_plans import Plan, may_wait
from rules.model import Fault, FaultId, Person, Severity
from storage import deadlines
from storage import devices as device_rows
from storage import faults as fault_rows
from storage import sites as site_rows
from storage.db import Tx
from storage.deadlines import Kind
from storage.escalations import Kept

MOST_TOGETHER = 500
MOST_NAMED = 30


def promise(tx: Tx, fault: Fault, now: datetime) -> None:
    """It will be told of when the next quiet hours end, where a plan says to whom."""
    kept = _plan(tx, fault)
    if kept and may_wait(fault.severity, fault.source):
        due_at = kept.plan.quiet.next_end(now, duty_desk.timezone(tx))
        deadlines.put(tx, Kind.MINORS, "fault", fault.id, due_at)


def by_day(tx: Tx, fault_id: FaultId, now: datetime) -> datetime:
    """When its order may open: `now`, or when the quiet hours of its plan end."""
    fault = fault_rows.get(tx, fault_id)
    if fault is None or not may_wait(fault.severity, fault.source):
        return now
    kept = escalation_desk.bound(tx, fault.site_id, fault.severity)
    quiet = kept.plan.quiet if kept else Plan(steps=(), loop_s=1).quiet
    return quiet.over_at(now, duty_desk.timezone(tx))


def tell(tx: Tx, fault_id: FaultId, now: datetime) -> datetime | None:
    """The tick's question: the quiet hours are over. One letter a person, whatever is due by now.

    The caller holds the fault. The promises of the others it tells of are kept with it. What
    nobody could be told of is promised anew: when to ask again; None: it is told, or over.
    """
    fault = fault_rows.get(tx, fault_id)
    kept = _plan(tx, fault) if fault else None
    if fault is None or kept is None or not _untold(fault):
        return None
    ids = deadlines.subjects_due(tx, Kind.MINORS, "fault", now, MOST_TOGETHER)
    known = fault_rows.by_ids(tx, [FaultId(one) for one in ids])
    together = [fault, *(one for one in known.values() if one.id != fault.id)]
    mine = [one for one in together if _untold(one) and _same(_plan(tx, one), kept)]
    people = [person for person in _readers(tx, kept.plan, now) if person.channels]
    told = {one.id for person in people for one in mine if permits.goes_to(person, one.site_id)}
    heard = [one for one in mine if one.id in told]
    for person in people:
        _tell(tx, person, fault, heard, now)
    again_at = kept.plan.quiet.next_end(now, duty_desk.timezone(tx))
    for one in mine[1:]:
        due_at = None if one.id in told else again_at
        deadlines.put(tx, Kind.MINORS, "fault", one.id, due_at)
    if heard:
        facts = {"people": [person.name for person in people], "count": len(heard)}
        notes.of_act(tx, "minors_told", None, now, facts, fault_id=fault.id)
    return None if fault.id in told else again_at


def _plan(tx: Tx, fault: Fault) -> Kept | None:
    """Only one that names whom to tell."""
    kept = escalation_desk.bound(tx, fault.site_id, Severity.MINOR)
    return kept if kept and kept.plan.digest else None


def _same(one: Kept | None, other: Kept) -> bool:
    return one is not None and one.id == other.id


def _untold(fault: Fault) -> bool:
    """Still there, still minor, and nobody was called for it meanwhile."""
    waits = may_wait(fault.severity, fault.source)
    return waits and fault.open and fault.order_id is None and fault.explained_by is None


def _readers(tx: Tx, plan: Plan, now: datetime) -> list[Person]:
    cast = escalation_desk.cast(tx, plan, None, now)
    found = (person for target in plan.digest for _, person in cast.of(target))
    return list({person.id: person for person in found}.values())


def _tell(tx: Tx, person: Person, first: Fault, faults: Sequence[Fault], now: datetime) -> None:
    """Only of sites the person goes to."""
    within = [one for one in faults if permits.goes_to(person, one.site_id)]
    if not within:
        return
    lines = [_line(tx, one) for one in within[:MOST_NAMED]]
    facts = {"minors": lines, "count": len(within), "page": "/"}
    key = f"minors:{first.id}:{now:%Y%m%d%H%M}"
    notices.tell(tx, person, "minors", key=key, severity=Severity.MINOR, facts=facts, now=now)


def _line(tx: Tx, fault: Fault) -> dict[str, Any]:
    site, device = site_rows.get(tx, fault.site_id), device_rows.get(tx, fault.device_id)
    return {
        "site": site.name if site else "",
        "device": (device.name or device.code) if device else "",
        "code": fault.code,
    }
