"""What happened, who did it, when: the order's timeline and the live stream's source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select

from rules.model import DeviceId, FaultId, OrderId, PersonId, SiteId
from storage.db import Tx
from storage.tables.night import journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`verb` is the message id `journal.<verb>` in the catalogues; `facts` fill its blanks.

    `record` names the line of the company's lists it is about: `sites/12`.
    """

    at: datetime
    actor: str
    verb: str
    person_id: PersonId | None = None
    site_id: SiteId | None = None
    order_id: OrderId | None = None
    fault_id: FaultId | None = None
    device_id: DeviceId | None = None
    record: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    id: int = 0


def write(tx: Tx, entry: Entry) -> None:
    tx.execute(insert(journal), _row(entry))


def write_all(tx: Tx, entries: Sequence[Entry]) -> None:
    if entries:
        tx.execute(insert(journal), [_row(entry) for entry in entries])


def of_order(tx: Tx, order_id: OrderId) -> list[Entry]:
    """Everything about an order and its faults, oldest first."""
    found = select(journal).where(journal.c.order_id == order_id)
    return _entries(tx, found.order_by(journal.c.id))


def story(tx: Tx, order_id: OrderId, root_fault_id: FaultId) -> list[Entry]:
    """An order from the finding of its fault on: that was written before there was an order."""
    before = (journal.c.fault_id == root_fault_id) & journal.c.order_id.is_(None)
    found = select(journal).where((journal.c.order_id == order_id) | before)
    return _entries(tx, found.order_by(journal.c.id))


def stories(tx: Tx, roots: Mapping[OrderId, FaultId]) -> dict[OrderId, list[Entry]]:
    """`story` of a page of orders in one question."""
    before = journal.c.fault_id.in_(set(roots.values())) & journal.c.order_id.is_(None)
    found = select(journal).where(journal.c.order_id.in_(list(roots)) | before)
    entries = _entries(tx, found.order_by(journal.c.id))
    return {
        order_id: [
            one
            for one in entries
            if one.order_id == order_id or (one.order_id is None and one.fault_id == root)
        ]
        for order_id, root in roots.items()
    }


def told(tx: Tx, order_id: OrderId, verb: str) -> bool:
    """Did this ever happen to the order?"""
    found = select(journal.c.id).where(journal.c.order_id == order_id, journal.c.verb == verb)
    return tx.execute(found.limit(1)).first() is not None


def told_by(tx: Tx, order_id: OrderId, verb: str, person_id: PersonId) -> bool:
    """Did this person ever do this with the order?"""
    mine = (journal.c.verb == verb) & (journal.c.person_id == person_id)
    found = select(journal.c.id).where(journal.c.order_id == order_id, mine)
    return tx.execute(found.limit(1)).first() is not None


def of_device(tx: Tx, device_id: DeviceId, *, limit: int) -> list[Entry]:
    found = select(journal).where(journal.c.device_id == device_id)
    return _entries(tx, found.order_by(journal.c.id.desc()).limit(limit))


def of_record(tx: Tx, record: str, *, limit: int) -> list[Entry]:
    """What was done to a line of the company's lists, the youngest first."""
    found = select(journal).where(journal.c.record == record, journal.c.record != "")
    return _entries(tx, found.order_by(journal.c.id.desc()).limit(limit))


def after(tx: Tx, last_id: int, since: datetime, *, limit: int = 1000) -> list[Entry]:
    """Entries beyond `last_id`, or as young as `since`: ids commit out of order."""
    found = select(journal).where((journal.c.id > last_id) | (journal.c.at >= since))
    return _entries(tx, found.order_by(journal.c.id).limit(limit))


def last_id(tx: Tx) -> int:
    return tx.scalar(select(journal.c.id).order_by(journal.c.id.desc()).limit(1)) or 0


def _entries(tx: Tx, found: Select[Any]) -> list[Entry]:
    return [Entry(**row) for row in tx.execute(found).mappings()]


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "at": entry.at,
        "actor": entry.actor,
        "person_id": entry.person_id,
        "verb": entry.verb,
        "site_id": entry.site_id,
        "order_id": entry.order_id,
        "fault_id": entry.fault_id,
        "device_id": entry.device_id,
        "record": entry.record,
        "facts": entry.facts,
    }
