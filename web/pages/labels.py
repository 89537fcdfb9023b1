"""Sheets of QR labels: choose points and paper, print, revoke (E01)."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Depends, Form, Request, Response

from operations import stickers as sticker_desk
from reports import labels
from reports.labels import LAYOUTS, Label, Sheet
from rules.assets import Device, Site
from rules.model import DeviceId, SiteId
from rules.permits import Verb
from storage import devices as device_rows
from storage import stickers as sticker_rows
from storage import systems as system_rows
from storage.db import Tx, reading, transaction
from storage.stickers import Sticker
from storage.views import places as place_view
from web.lists import PAGE_ROWS, next_page
from web.pages.sessions import Text
from web.pages.sites import seen_site
from web.wired import NotFoundError, RowId, Viewer, Visitor, Wired, go, page
from wiring.parts import Parts

router = APIRouter()

FIRST = "3x8"
THE_SITE = "site"
NEAR_ONLY = frozenset({"localhost", "127.0.0.1", "::1"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Points = Annotated[list[str], Form()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """How a printing is laid out, as its address says it; `made` names the printing."""

    layout: str = FIRST
    skip: int = 0
    cut: bool = False
    made: int = 0

    @property
    def query(self) -> str:
        said = {"layout": self.layout, "skip": self.skip, "cut": int(self.cut), "made": self.made}
        return urlencode(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    points: frozenset[str] = frozenset()
    paper: Paper = field(default_factory=Paper)
    revoke_old: bool = False
    wrong: str = ""


def _printing(
    layout: str = FIRST,
    skip: int = 0,
    cut: bool = False,  # noqa: FBT001, FBT002 - of the address
    made: int = 0,
) -> Paper:
    """The printing of an address."""
    return _paper(layout, skip, cut=cut, made=made)


Printing = Annotated[Paper, Depends(_printing)]


@router.get("/labels")
def choose(
    request: Request, parts: Wired, visitor: Visitor, q: str = "", after: str = ""
) -> Response:
    visitor.must(Verb.PRINT_LABELS)
    with reading(parts.database) as tx:
        found = place_view.listed(
            tx, visitor.reach, words=q[:80], ill=False, after=after[:64], limit=PAGE_ROWS
        )
        counts = sticker_rows.counts(tx, [line.site.id for line in found.rows])
    return page(
        request,
        visitor,
        "labels/sites.html",
        found=found,
        counts=counts,
        words=q[:80],
        next=next_page(request, "after", found.next),
    )


@router.get("/labels/{site_id}")
def site(
    request: Request, parts: Wired, visitor: Visitor, site_id: RowId, paper: Printing
) -> Response:
    return _site(request, parts, visitor, SiteId(site_id), Typed(paper=paper))


@router.post("/labels/{site_id}")
def make(  # noqa: PLR0913, PLR0917 - a form's fields
    request: Request,
    parts: Wired,
    visitor: Visitor,
    site_id: RowId,
    points: Points = [],  # noqa: B006 - FastAPI copies it
    layout: Text = FIRST,
    skip: Text = "",
    cut: Text = "",
    revoke_old: Text = "",
) -> Response:
    """New ids for each point chosen; the sheet itself is fetched from the page that follows."""
    used = int(skip) if skip.isdecimal() and len(skip) < 4 else 0  # noqa: PLR2004 - digits
    paper = _paper(layout, used, cut=bool(cut))
    typed = Typed(points=frozenset(points), paper=paper, revoke_old=bool(revoke_old))
    try:
        with transaction(parts.database) as tx:
            one = _mine(tx, visitor, SiteId(site_id))
            sticker_desk.make(
                tx,
                one.id,
                _chosen(tx, one, typed.points),
                revoke_old=typed.revoke_old,
                by=visitor.me.id,
                now=visitor.now,
            )
    except sticker_desk.TooManyError:
        wrong = visitor.say(
            "labels.none_chosen" if not points else "labels.too_many", n=sticker_desk.MOST
        )
        told = Typed(points=typed.points, paper=paper, revoke_old=typed.revoke_old, wrong=wrong)
        return _site(request, parts, visitor, SiteId(site_id), told)
    made = (visitor.now - _EPOCH) // timedelta(microseconds=1)
    ready = Paper(layout=paper.layout, skip=paper.skip, cut=paper.cut, made=made)
    return go(request, f"/labels/{site_id}?{ready.query}#ready")


@router.get("/labels/{site_id}/sheet.pdf")
def sheet(parts: Wired, visitor: Visitor, site_id: RowId, paper: Printing) -> Response:
    """The same printing again is the same sheet: nothing new is made by looking."""
    with reading(parts.database) as tx:
        one = _mine(tx, visitor, SiteId(site_id))
        printed = _printed(tx, one, paper)
        devices = {each.id: each for each in device_rows.of_site(tx, one.id, also_archived=True)}
    if not printed:
        raise NotFoundError
    places = {device_id: number for number, device_id in enumerate(devices)}
    printed.sort(key=lambda each: places.get(each.device_id, -1) if each.device_id else -1)
    made_of = [
        _label(parts, visitor, one, devices.get(each.device_id) if each.device_id else None, each)
        for each in printed
    ]
    title = visitor.say("labels.sheet_title", site=one.name)
    body = labels.render(
        Sheet(
            layout=LAYOUTS[paper.layout],
            labels=made_of,
            title=title,
            language="zh" if visitor.language == "zh" else "en",
            skip=paper.skip,
            cut=paper.cut,
        ),
        visitor.now,
    )
    name = f"labels-{one.code}-{paper.layout}.pdf"
    return Response(
        body,
        media_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


@router.post("/stickers/{sticker_id}/{verb}")
def change(
    request: Request, parts: Wired, visitor: Visitor, sticker_id: str, verb: str
) -> Response:
    """`revoke` or `restore`: a label that is lost leads nowhere, found again it does."""
    visitor.must(Verb.PRINT_LABELS)
    done = {"revoke": sticker_desk.revoke, "restore": sticker_desk.restore}.get(verb)
    with transaction(parts.database) as tx:
        known = sticker_rows.get(tx, sticker_id)
        if known is None or done is None:
            raise NotFoundError
        _mine(tx, visitor, known.site_id)
        done(tx, known, by=visitor.me.id, now=visitor.now)
    return go(request, f"/labels/{known.site_id}#stickers")


def _mine(tx: Tx, visitor: Viewer, site_id: SiteId) -> Site:
    visitor.must(Verb.PRINT_LABELS)
    return seen_site(tx, visitor, site_id)


def _paper(layout: str, skip: int, *, cut: bool, made: int = 0) -> Paper:
    known = layout if layout in LAYOUTS else FIRST
    most = LAYOUTS[known].a_sheet - 1
    return Paper(layout=known, skip=min(max(skip, 0), most), cut=cut, made=max(made, 0))


def _chosen(tx: Tx, one: Site, points: frozenset[str]) -> list[DeviceId | None]:
    """In the order of the list; what is not of this site is passed by."""
    mine = [each.id for each in device_rows.of_site(tx, one.id)]
    head: list[DeviceId | None] = [None] if THE_SITE in points else []
    return [*head, *(number for number in mine if str(number) in points)]


def _printed(tx: Tx, one: Site, paper: Paper) -> list[Sticker]:
    if not 0 < paper.made < 2**52:
        return []
    return sticker_rows.made_at(tx, one.id, _EPOCH + timedelta(microseconds=paper.made))


def _label(
    parts: Parts, visitor: Viewer, one: Site, device: Device | None, sticker: Sticker
) -> Label:
    owner = " · ".join(filter(None, (one.name if device else "", visitor.company)))
    return Label(
        url=f"{parts.settings.base_url}/s/{sticker.id}",
        id=sticker.id,
        title=(device.name or device.code) if device else one.name,
        code=device.code if device else one.code,
        place=(device.location or device.position) if device else one.address,
        owner=owner,
    )


def _site(
    request: Request, parts: Parts, visitor: Viewer, site_id: SiteId, typed: Typed
) -> Response:
    with reading(parts.database) as tx:
        one = _mine(tx, visitor, site_id)
        devices = device_rows.of_site(tx, one.id)
        systems = {each.id: each.name or each.code for each in system_rows.of_site(tx, one.id)}
        stickers = sticker_rows.of_site(tx, one.id)
        ready = _printed(tx, one, typed.paper)
    host = urlsplit(parts.settings.base_url).hostname or ""
    in_use: dict[DeviceId | None, int] = {}
    for each in stickers:
        if each.revoked_at is None:
            in_use[each.device_id] = in_use.get(each.device_id, 0) + 1
    return page(
        request,
        visitor,
        "labels/site.html",
        status=422 if typed.wrong else 200,
        site=one,
        devices=devices,
        systems=systems,
        stickers=stickers[:PAGE_ROWS],
        sticker_count=len(stickers),
        names={each.id: each.name or each.code for each in devices},
        in_use=in_use,
        layouts=LAYOUTS,
        typed=typed,
        ready=ready,
        near_only=parts.settings.base_url if host in NEAR_ONLY else "",
        shown=sticker_desk.shown,
    )
