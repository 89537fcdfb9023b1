"""The access card of a site (E02): written by whoever keeps the sites, read on record (C12)."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from operations import site_access as access_desk
from operations.site_access import CardError
from rules.assets import Site
from rules.model import SiteId
from rules.permits import Verb
from rules.site_access import LINES, AccessCard
from storage.db import reading, transaction
from web.pages.sessions import Text
from web.pages.sites import seen_site
from web.wired import RowId, Viewer, Visitor, Wired, go, page

router = APIRouter()

TRAVEL = "travel_min"


def _typed(  # noqa: PLR0913, PLR0917 - a form's fields
    guard_phone: Text = "",
    key_holder: Text = "",
    key_phone: Text = "",
    permit: Text = "",
    escort: Text = "",
    parking: Text = "",
    travel_min: Text = "",
) -> Mapping[str, str]:
    said = (guard_phone, key_holder, key_phone, permit, escort, parking, travel_min)
    return {name: text.strip() for name, text in zip((*LINES, TRAVEL), said, strict=True)}


@router.get("/sites/{site_id}/access")
def edit(request: Request, parts: Wired, visitor: Visitor, site_id: RowId) -> Response:
    """The form shows what is kept: opening it is a look, on record."""
    site = _site(parts, visitor, site_id)
    with transaction(parts.database) as tx:
        card = access_desk.look(tx, site.id, by=visitor.me.id, now=visitor.now)
    typed = {name: str(getattr(card, name) or "") for name in (*LINES, TRAVEL)}
    return _form(request, visitor, site, typed)


@router.post("/sites/{site_id}/access")
def change(
    request: Request,
    parts: Wired,
    visitor: Visitor,
    site_id: RowId,
    typed: Annotated[Mapping[str, str], Depends(_typed)],
) -> Response:
    site = _site(parts, visitor, site_id)
    minutes = _minutes(typed[TRAVEL])
    card = AccessCard(**{name: typed[name] for name in LINES}, travel_min=minutes)
    try:
        with transaction(parts.database) as tx:
            access_desk.change(tx, site.id, card, by=visitor.me.id, now=visitor.now)
    except CardError as error:
        wrong = {error.unfit.field: visitor.say(error.unfit.message_id)}
        return _form(request, visitor, site, typed, wrong)
    return go(request, f"/sites/{site.id}?reveal=yes#contacts")


def _minutes(typed: str) -> int | None:
    """What is no whole number becomes one that is refused."""
    if not typed:
        return None
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0  # noqa: PLR2004


def _site(parts: Wired, visitor: Viewer, site_id: int) -> Site:
    with reading(parts.database) as tx:
        site = seen_site(tx, visitor, SiteId(site_id))
    visitor.must(Verb.KEEP_SITES, site.id, site.customer_id)
    return site


def _form(
    request: Request,
    visitor: Viewer,
    site: Site,
    typed: Mapping[str, str],
    wrong: Mapping[str, str] | None = None,
) -> Response:
    return page(
        request,
        visitor,
        "sites/access.html",
        status=422 if wrong else 200,
        site=site,
        lines=LINES,
        typed=typed,
        wrong=wrong or {},
    )
