"""The company's lists, kept in the browser: one set of pages for all six nouns (A18).

Every handler says the noun (`kind`); what differs between nouns stands in `web/nouns.py`.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Body, Request, Response

from operations import records
from operations.imports import Kind, columns_of, stored
from operations.imports.stored import Stored
from operations.records import ChangedMeanwhileError, GoneError, Hand, RefusedError
from rules.permits import Verb
from storage import sites as site_rows
from storage.db import Tx, reading, transaction
from storage.views import records as record_view
from web import forms, nouns, record_form
from web.forms import State, Typed
from web.lists import PAGE_ROWS, asked, cursor, next_page
from web.record_form import Desk
from web.wired import NotFoundError, RowId, Viewer, Visitor, Wired, go, page

router = APIRouter()

FormBody = Annotated[bytes, Body(media_type="application/x-www-form-urlencoded")]
DONE = ("added", "saved", "same", "archived", "restored")


@router.get("/manage")
def lists(request: Request, parts: Wired, visitor: Visitor) -> Response:
    """Which lists there are, and how long they are."""
    visitor.must(Verb.KEEP_LISTS)
    mine = [kind for kind in Kind if visitor.may(nouns.KEPT_BY[kind])]
    with reading(parts.database) as tx:
        counts = {kind: _counts(tx, visitor, kind) for kind in mine}
    return page(request, visitor, "records/home.html", kinds=mine, counts=counts, icons=nouns.ICONS)


@router.get("/manage/{kind}")
def listed(  # noqa: PLR0913, PLR0917 - a filter's fields
    request: Request,
    parts: Wired,
    visitor: Visitor,
    kind: Kind,
    q: str = "",
    archived: str = "",
    site: str = "",
    after: str = "",
) -> Response:
    words, site = asked(q), asked(site)
    with reading(parts.database) as tx:
        nouns.must_keep(tx, visitor, kind)
        of_site = site_rows.by_code(tx, site) if site else None
        wanted = record_view.Wanted(
            noun=kind,
            reach=visitor.reach,
            words=words,
            archived=bool(archived),
            site_id=of_site.id if of_site else None,
        )
        found = record_view.listed(tx, wanted, after=cursor(after), limit=PAGE_ROWS)
        counts = _counts(tx, visitor, kind)
    return page(
        request,
        visitor,
        "records/list.html",
        kind=kind,
        found=found,
        counts=counts,
        words=words,
        archived=bool(archived),
        of_site=of_site,
        next=next_page(request, "after", found.next),
    )


@router.get("/manage/{kind}/new")
def new(
    request: Request,
    parts: Wired,
    visitor: Visitor,
    kind: Kind,
    site: str = "",
    customer: str = "",
) -> Response:
    """An empty form; a system or device is asked for its site first."""
    given = {**nouns.EMPTY[kind], "site": asked(site), "customer": asked(customer)}
    cells = {column.name: given.get(column.name, "") for column in columns_of(kind)}
    return record_form.fresh(Desk(request, parts, visitor, kind), Typed(cells=cells, was=cells))


@router.post("/manage/{kind}/new")
def add(
    request: Request, parts: Wired, visitor: Visitor, kind: Kind, body: FormBody = b""
) -> Response:
    desk, typed = Desk(request, parts, visitor, kind), forms.read(body, kind)
    with transaction(parts.database) as tx:
        record_form.may_stand_there(tx, desk, typed.cells.get("site", ""))
        cells = {column.name: typed.cells.get(column.name, "") for column in columns_of(kind)}
        saved = records.add(tx, kind, cells, desk.hand)
    if saved.record is None:
        return record_form.fresh(desk, typed, saved.errors)
    return go(request, f"/manage/{kind}/{saved.record.id}?done=added")


@router.get("/manage/{kind}/{number}")
def one(  # noqa: PLR0913, PLR0917 - what the address may say
    request: Request,
    parts: Wired,
    visitor: Visitor,
    kind: Kind,
    number: RowId,
    reveal: str = "",
    done: str = "",
) -> Response:
    """`reveal` shows personal data, and puts the look on record (C12)."""
    desk = Desk(request, parts, visitor, kind)
    record = _kept(desk, number)
    if reveal:
        with transaction(parts.database) as tx:
            records.seen(tx, record, visitor.me.id, visitor.now)
    hidden = frozenset() if reveal else forms.private(kind)
    state = State(cells=record.cells, was=record.cells, hidden=hidden)
    note = f"record.done.{done}" if done in DONE else ""
    return record_form.filled(desk, record, state, note=note)


@router.post("/manage/{kind}/{number}")
def change(
    request: Request,
    parts: Wired,
    visitor: Visitor,
    kind: Kind,
    number: RowId,
    body: FormBody = b"",
) -> Response:
    """Only what was touched is written; a line that is another by now is shown again."""
    desk, typed = Desk(request, parts, visitor, kind), forms.read(body, kind)
    record = _kept(desk, number)
    touched = {name: cell for name, cell in typed.cells.items() if cell != typed.was[name]}
    try:
        with transaction(parts.database) as tx:
            saved = records.change(tx, kind, number, touched, typed.stamp, desk.hand)
    except ChangedMeanwhileError as meanwhile:
        return record_form.meanwhile(desk, meanwhile.record, typed)
    if saved.errors:
        return record_form.wrong(desk, record, typed, saved.errors)
    return go(request, f"/manage/{kind}/{number}?done={'saved' if saved.different else 'same'}")


@router.post("/manage/{kind}/{number}/archive")
def archive(
    request: Request, parts: Wired, visitor: Visitor, kind: Kind, number: RowId
) -> Response:
    """Out of use, with what stands in it; the way back is on the page this leads to."""
    return _moved(Desk(request, parts, visitor, kind), number, records.archive, "archived")


@router.post("/manage/{kind}/{number}/restore")
def restore(
    request: Request, parts: Wired, visitor: Visitor, kind: Kind, number: RowId
) -> Response:
    return _moved(Desk(request, parts, visitor, kind), number, records.restore, "restored")


def _moved(
    desk: Desk, number: int, move: Callable[[Tx, Kind, int, Hand], object], done: str
) -> Response:
    """Into the archive or out of it; what was done already is the second click of two."""
    record = _kept(desk, number)
    try:
        with transaction(desk.parts.database) as tx:
            move(tx, desk.kind, number, desk.hand)
    except RefusedError as why:
        return record_form.stays(desk, record, why)
    except GoneError:
        pass
    return go(desk.request, f"/manage/{desk.kind}/{number}?done={done}")


def _kept(desk: Desk, number: int) -> Stored:
    """The line, if it is this viewer's to keep."""
    with reading(desk.parts.database) as tx:
        nouns.must_keep(tx, desk.visitor, desk.kind)
        record = stored.one(tx, desk.kind, number)
        if record is None:
            raise NotFoundError
        nouns.must_keep(tx, desk.visitor, desk.kind, record)
    return record


def _counts(tx: Tx, visitor: Viewer, kind: Kind) -> list[int]:
    """How many in use, and how many archived."""
    return [
        record_view.count(tx, record_view.Wanted(noun=kind, reach=visitor.reach, archived=archived))
        for archived in (False, True)
    ]
