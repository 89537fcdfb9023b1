"""Sites: how does it stand there, what cuts off what, and whom to call."""

from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Request, Response

from operations import notes
from operations import places as place_desk
from rules import periods
from rules.assets import Device, Site
from rules.model import DeviceId, Link, Person, Role, SiteId
from rules.permits import Verb
from rules.states import Standing
from storage import access_cards, journal, listening
from storage import contracts as contract_rows
from storage import customers as customer_rows
from storage import devices as device_rows
from storage import people as people_rows
from storage import sites as site_rows
from storage import systems as system_rows
from storage.db import Tx, reading, transaction
from storage.views import devices as device_view
from storage.views import maintenance as maintenance_view
from storage.views import months
from storage.views import orders as order_view
from storage.views import places as place_view
from storage.views.months import Wanted
from web import inspecting
from web.lists import PAGE_ROWS, next_page
from web.wired import NotFoundError, RowId, Viewer, Visitor, Wired, is_htmx, page
from wiring.parts import Parts

router = APIRouter()

LONGEST_SEARCH, ORDERS_SHOWN, CAUSES_SHOWN, DRAWN = 80, 20, 40, 600
INSPECTIONS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Branch:
    """A device of the installation and what hangs on it."""

    device: Device
    standing: Standing
    branches: tuple["Branch", ...]


@router.get("/sites")
def sites(
    request: Request,
    parts: Wired,
    visitor: Visitor,
    q: str = "",
    ill: str = "",
    after: str = "",
) -> Response:
    visitor.must(Verb.SEE_SITE)
    words = q[:LONGEST_SEARCH]
    with reading(parts.database) as tx:
        heard = journal.last_id(tx)
        found = place_view.listed(
            tx, visitor.reach, words=words, ill=bool(ill), after=after[:64], limit=PAGE_ROWS
        )
        shown = place_desk.as_in_force(tx, (line.site for line in found.rows), parts.policy)
        lines = [replace(line, site=site) for line, site in zip(found.rows, shown, strict=True)]
        deaf_since = listening.get(tx).stalled_since
    return page(
        request,
        visitor,
        "sites/list.html" if is_htmx(request) else "sites/page.html",
        found=replace(found, rows=lines),
        words=words,
        ill=bool(ill),
        deaf_since=deaf_since,
        next=next_page(request, "after", found.next),
        topics="board",
        heard=heard,
    )


@router.get("/sites/{site_id}")
def site(
    request: Request, parts: Wired, visitor: Visitor, site_id: RowId, reveal: str = ""
) -> Response:
    """`reveal` shows contacts and access, and puts the look on record (C12)."""
    with reading(parts.database) as tx:
        found = seen_site(tx, visitor, SiteId(site_id))
    revealed = bool(reveal) and not is_htmx(request)
    if revealed:
        _look(parts, visitor, found)
    with reading(parts.database) as tx:
        heard = journal.last_id(tx)
        wanted = order_view.Wanted(reach=visitor.reach, site_id=found.id)
        device_wanted = device_view.Wanted(reach=visitor.reach, site_id=found.id)
        values: dict[str, Any] = {
            "site": place_desk.as_in_force(tx, [found], parts.policy)[0],
            "customer": customer_rows.get(tx, found.customer_id),
            "contract": contract_rows.get(tx, found.contract_id) if found.contract_id else None,
            "systems": system_rows.of_site(tx, found.id),
            "counts": place_view.counts_of(tx, [found.id])[found.id],
            "causes": place_view.causes(tx, found.id, limit=CAUSES_SHOWN),
            "orders": order_view.listed(tx, wanted, limit=ORDERS_SHOWN),
            "types": device_view.types_of(tx, device_wanted),
            "deaf_since": listening.get(tx).stalled_since,
            "maintenance": maintenance_view.running(tx, visitor.reach, site=found.code),
            "ahead": maintenance_view.ahead(tx, visitor.reach, site_id=found.id),
            **_inspections(tx, visitor, found),
            "contacts": _contacts(tx, found) if revealed else [],
            "card": access_cards.get(tx, found.id) if revealed else None,
        }
    return page(
        request,
        visitor,
        "sites/live.html" if is_htmx(request) else "sites/site.html",
        revealed=revealed,
        may_look=visitor.may(Verb.SEE_CONTACTS, found.id, found.customer_id).ok,
        topics=f"site-{found.id}",
        heard=heard,
        **values,
    )


@router.get("/sites/{site_id}/graph")
def graph(request: Request, parts: Wired, visitor: Visitor, site_id: RowId) -> Response:
    """How the installation hangs together, as a tree."""
    with reading(parts.database) as tx:
        found = seen_site(tx, visitor, SiteId(site_id))
        devices = device_rows.of_site(tx, found.id)
        standings = device_view.standings(tx, devices[:DRAWN], visitor.now)
    trees = planted(devices[:DRAWN], standings)
    left_out = max(len(devices) - DRAWN, 0)
    return page(request, visitor, "sites/graph.html", site=found, trees=trees, left_out=left_out)


def seen_site(tx: Tx, visitor: Viewer, site_id: SiteId) -> Site:
    """Another's site is not even there."""
    found = site_rows.get(tx, site_id)
    if found is None or not visitor.may(Verb.SEE_SITE, found.id, found.customer_id):
        raise NotFoundError
    return found


def planted(devices: list[Device], standings: dict[DeviceId, Standing]) -> list[Branch]:
    """Each device under what it hangs on; the importer refuses cycles, so every tree ends."""
    known = {device.id for device in devices}
    under: dict[DeviceId | None, list[Device]] = {}
    for device in devices:
        parent = next((device.links[link] for link in Link if link in device.links), None)
        under.setdefault(parent if parent in known else None, []).append(device)

    def grown(device: Device) -> Branch:
        branches = tuple(grown(child) for child in under.get(device.id, ()))
        return Branch(device, standings[device.id], branches)

    return [grown(device) for device in under.get(None, ())]


def _inspections(tx: Tx, visitor: Viewer, site: Site) -> dict[str, Any]:
    """Those of this month, the last that was issued and the next that is owed (A09)."""
    today = inspecting.today(visitor)
    wanted = Wanted(
        reach=visitor.reach,
        period=str(periods.month_of(visitor.now, visitor.timezone)),
        site_id=site.id,
        issued_only=inspecting.is_customer(visitor),
        today=today,
    )
    last, following = months.around(tx, visitor.reach, site.id, today)
    return {
        "month": months.listed(tx, wanted, limit=INSPECTIONS_SHOWN),
        "last_inspection": last,
        "next_inspection": following,
    }


def _look(parts: Parts, visitor: Viewer, site: Site) -> None:
    visitor.must(Verb.SEE_CONTACTS, site.id, site.customer_id)
    with transaction(parts.database) as tx:
        notes.of_act(tx, "contacts_seen", visitor.me.id, visitor.now, site_id=site.id)


def _contacts(tx: Tx, site: Site) -> list[Person]:
    """The customer's people who belong to this site."""
    return [
        person
        for person in people_rows.with_role(tx, Role.CUSTOMER)
        if person.customer_id == site.customer_id
        and (person.all_sites or not person.site_ids or site.id in person.site_ids)
    ]
