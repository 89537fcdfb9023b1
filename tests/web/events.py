"""An event of a customer, prepared and guarded, for the pages that show one (A08)."""

from datetime import date, timedelta

from operations import preparations as preparation_desk
from operations.preparations import Item
from rules.model import Role, SiteId
from rules.occasions import Kind, Occasion
from storage import occasions as occasion_rows
from storage import sites as site_rows
from storage.db import Tx
from tests.web.conftest import House

OURS = SiteId(1)


def an_event(
    tx: Tx, house: House, *, site: SiteId = OURS, name: str = "大会", guarded: bool = True
) -> Occasion:
    """In two days, for one; a thing to prepare that is overdue, one done, one to come."""
    now, by = house.clock(), house.people[Role.ENGINEER]
    known = site_rows.get(tx, site)
    assert known is not None
    span = {"starts_at": now + timedelta(days=2), "ends_at": now + timedelta(days=3)}
    row = {"customer_id": known.customer_id, "name": name, "site_ids": [site], "note": name}
    occasion = occasion_rows.add(tx, {**row, **span, "made_at": now, "made_by": by})
    for day in (1, 15, 17):
        item = Item(kind=Kind.PARTS, text=f"{name} {day}", due_on=date(2026, 6, day), person_id=by)
        preparation_desk.prepare(tx, occasion.id, item, by, now)
    items = occasion_rows.preparations_of(tx, [occasion.id])
    preparation_desk.tick_off(tx, items[1].id, name, by, now)
    if guarded:
        post = {"occasion_id": occasion.id, "site_id": site, "person_id": by}
        occasion_rows.add_guard(tx, {**post, **span})
    return occasion
