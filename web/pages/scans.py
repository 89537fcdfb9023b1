"""`/s/{id}`: what a label leads to. Scanning shows, and never acts (E01)."""

from fastapi import APIRouter, Request, Response

from operations import stickers as sticker_desk
from rules.permits import Verb
from storage import devices as device_rows
from storage import sites as site_rows
from storage import stickers as sticker_rows
from storage.db import Tx, reading
from storage.stickers import Sticker
from web.wired import Viewer, Visitor, Wired, go, page

router = APIRouter()


@router.get("/s/{sticker_id}")
def scanned(request: Request, parts: Wired, visitor: Visitor, sticker_id: str) -> Response:
    """The point's page; during an inspection of it, its place on the sheet.

    Whoever is not logged in does that first: what a label leads to is nobody else's business.
    """
    known_as = sticker_desk.read_id(sticker_id)
    with reading(parts.database) as tx:
        known = sticker_rows.get(tx, known_as)
        address = _address(tx, visitor, known) if known and known.revoked_at is None else ""
    if address:
        return go(request, address)
    why = "unknown" if known is None else "revoked" if known.revoked_at else "elsewhere"
    shown = sticker_desk.shown(known_as)
    status = 410 if why == "revoked" else 404
    return page(request, visitor, "labels/scanned.html", status=status, why=why, shown=shown)


def _address(tx: Tx, visitor: Viewer, known: Sticker) -> str:
    """Empty for a site that is not this viewer's: of that not even the name is told."""
    site = site_rows.get(tx, known.site_id)
    if site is None or not visitor.may(Verb.SEE_SITE, site.id, site.customer_id):
        return ""
    if known.device_id is None or device_rows.get(tx, known.device_id) is None:
        return f"/sites/{site.id}"
    if visitor.may(Verb.INSPECT, site.id, site.customer_id):
        under = sticker_rows.point_under_inspection(tx, known.device_id)
        if under:
            return f"/inspections/{under[0]}/points/{under[1]}"
    return f"/devices/{known.device_id}"
