"""Owe an outside program what happened (webhooks): read from the journal, put into the outbox.

The journal is written in the transaction of its reason, so nothing that happened is missed and
nothing that was rolled back is told. The outbox's key makes asking twice free.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from rules import events as event_rules
from rules import permits, workflow
from rules.inspections import InspectionId
from rules.model import CustomerId, Fault, Person, Role, Severity, SiteId, WorkOrder
from rules.notices import Kind
from rules.permits import Verb
from storage import devices as device_rows
from storage import events as event_rows
from storage import faults as fault_rows
from storage import inspections as inspection_rows
from storage import journal, outbox
from storage import people as people_rows
from storage import sites as site_rows
from storage import work_orders as order_rows
from storage.db import Tx
from storage.journal import Entry

SETTLED = timedelta(seconds=60)  # numbers commit out of order: no transaction lasts that long
MOST_AT_ONCE = 1000
_SEEN_BY = {
    "fault": Verb.SEE_DEVICE,
    "order": Verb.SEE_ORDER,
    "inspection": Verb.SEE_INSPECTION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """`person` is the code of whoever it acts for: their permits and sites are its own."""

    name: str
    events: frozenset[str]
    person: str

    @property
    def channel(self) -> str:
        return channel_of(self.name)


class NobodyError(LookupError):
    """The person a webhook acts for is not there, or has left."""


def channel_of(hook: str) -> str:
    return f"event:{hook}"


def owe(tx: Tx, hook: Hook, already: Collection[int], now: datetime) -> list[int]:
    """Put what came since into the outbox; returns the numbers that were looked at.

    `already` need not be looked at again: an earlier round did. A new webhook hears what happens
    from now on. Raises `NobodyError`; nothing is lost then, it waits for the person.
    """
    told = event_rows.told_to(tx, hook.name)
    if told is None:
        event_rows.tell_to(tx, hook.name, journal.last_id(tx))
        return []
    person = _person(tx, hook)
    verbs = event_rules.verbs_of(hook.events)
    if person.roles == {Role.CUSTOMER}:
        verbs &= event_rules.FOR_CUSTOMERS
    waiting = event_rows.numbers(tx, told, verbs, MOST_AT_ONCE + len(already))
    fresh = [number for number in waiting if number not in already][:MOST_AT_ONCE]
    for entry, said in _told(tx, event_rows.entries(tx, fresh), person):
        outbox.put(tx, _draft(hook, person, entry, said), now)
    settled = event_rows.last_settled(tx, told, now - SETTLED)
    if len(fresh) == MOST_AT_ONCE:
        settled = min(settled, fresh[-1])
    event_rows.tell_to(tx, hook.name, settled)
    return [number for number in (*already, *fresh) if number > settled]


def _person(tx: Tx, hook: Hook) -> Person:
    known = people_rows.by_code(tx, hook.person)
    person = people_rows.present(tx, known.id) if known else None
    if person is None:
        raise NobodyError(f"webhook {hook.name}: nobody is person {hook.person}")
    return person


def _draft(hook: Hook, person: Person, entry: Entry, said: dict[str, Any]) -> outbox.Draft:
    return outbox.Draft(
        key=f"event:{hook.name}:{entry.id}",
        kind=Kind.EVENT,
        severity=Severity.MINOR,
        person_id=person.id,
        channel=hook.channel,
        target=hook.name,
        site_id=entry.site_id,
        facts={"event": said},
    )


def _told(
    tx: Tx, entries: Sequence[Entry], person: Person
) -> Iterable[tuple[Entry, dict[str, Any]]]:
    """What of them this person may see, each in the words of the API: codes, ids, instants."""
    sites = {one.id: one for one in site_rows.by_ids(tx, _all(entries, lambda e: e.site_id))}
    faults = fault_rows.by_ids(tx, _all(entries, lambda e: e.fault_id))
    orders = order_rows.by_ids(tx, _all(entries, lambda e: e.order_id))
    devices = {one.id: one for one in device_rows.by_ids(tx, _all(entries, lambda e: e.device_id))}
    for entry in entries:
        name = event_rules.EVENTS[entry.verb]
        site = sites.get(entry.site_id) if entry.site_id else None
        customer = site.customer_id if site else None
        if not _may_see(person, name, entry.site_id, customer):
            continue
        device = devices.get(entry.device_id) if entry.device_id else None
        said = {
            "id": f"event-{entry.id}",
            "event": name,
            "at": _instant(entry.at),
            "site": site.code if site else None,
            "device": device.code if device else None,
            "fault": _fault(faults.get(entry.fault_id)) if entry.fault_id else None,
            "work_order": _order(orders.get(entry.order_id)) if entry.order_id else None,
            "inspection": _inspection(tx, entry),
        }
        yield entry, said


def _all(entries: Sequence[Entry], what: Callable[[Entry], Any]) -> list[Any]:
    return sorted({found for entry in entries if (found := what(entry)) is not None})


def _may_see(
    person: Person, name: str, site_id: SiteId | None, customer: CustomerId | None
) -> bool:
    verb = _SEEN_BY[name.partition(".")[0]]
    return site_id is not None and permits.may(person, verb, site_id, customer).ok


def _fault(fault: Fault | None) -> dict[str, Any] | None:
    if fault is None:
        return None
    return {
        "id": str(fault.id),
        "code": fault.code,
        "point": fault.point,
        "severity": fault.severity,
        "state": "open" if fault.open else "cleared",
    }


def _order(order: WorkOrder | None) -> dict[str, Any] | None:
    if order is None:
        return None
    return {
        "id": str(order.id),
        "number": order.number,
        "version": order.version,
        "state": workflow.stand(order),
        "severity": order.severity,
        "on_site_by": _instant(order.on_site_by),
        "appointment": _instant(order.appointment_at) if order.appointment_at else None,
    }


def _inspection(tx: Tx, entry: Entry) -> dict[str, Any] | None:
    """The line of the journal names it: `inspections/12`."""
    table, _, number = entry.record.partition("/")
    if table != "inspections" or not number.isdecimal():
        return None
    found = inspection_rows.get(tx, InspectionId(int(number)))
    if found is None:
        return None
    return {"id": str(found.id), "period": found.period, "state": found.stand}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
