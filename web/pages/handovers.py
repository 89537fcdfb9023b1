"""Hand-over notes: what waits to be read, what one writes for the next shift, and all before."""

from fastapi import APIRouter, Request, Response

from operations import handovers as handover_desk
from operations.handovers import NoSuchNoteError
from operations.refusals import NotNowError
from rules.permits import Verb
from storage import handovers as note_rows
from storage.db import Tx, reading, transaction
from storage.views import board as board_view
from storage.views import maintenance as maintenance_view
from storage.views import names
from web.lists import cursor, next_page
from web.pages.sessions import Text
from web.wired import NotFoundError, RowId, Viewer, Visitor, Wired, go, page
from wiring.parts import Parts

router = APIRouter()

PAGE, ROWS, ORDERS = "/duty/notes", 20, 20


@router.get(PAGE)
def notes(request: Request, parts: Wired, visitor: Visitor, before: str = "") -> Response:
    visitor.must(Verb.STAND_DUTY)
    return _show(request, parts, visitor, before=before)


@router.post(f"{PAGE}/write")
def write(
    request: Request, parts: Wired, visitor: Visitor, layer: Text = "", text: Text = ""
) -> Response:
    """For whoever stands next in one's layer; they are told."""
    visitor.must(Verb.STAND_DUTY)
    try:
        with transaction(parts.database) as tx:
            note = handover_desk.write(tx, layer, text, visitor.me.id, visitor.now)
    except NotNowError as error:
        wrong = {error.field: visitor.say(error.message_id, **error.facts)}
        return _show(request, parts, visitor, typed=(layer, text), wrong=wrong)
    return go(request, f"{PAGE}#n{note.id}")


@router.post(f"{PAGE}/{{note_id}}/read")
def read(request: Request, parts: Wired, visitor: Visitor, note_id: RowId) -> Response:
    """Read before by another is no mistake."""
    visitor.must(Verb.STAND_DUTY)
    try:
        with transaction(parts.database) as tx:
            handover_desk.mark_read(tx, note_id, visitor.me.id, visitor.now)
    except NoSuchNoteError:
        raise NotFoundError from None
    except NotNowError as error:
        wrong = {"": visitor.say(error.message_id)}
        return _show(request, parts, visitor, wrong=wrong)
    return go(request, f"{PAGE}#n{note_id}")


def _show(
    request: Request,
    parts: Parts,
    visitor: Viewer,
    *,
    before: str = "",
    typed: tuple[str, str] | None = None,
    wrong: dict[str, str] | None = None,
) -> Response:
    with reading(parts.database) as tx:
        found = note_rows.newest(tx, before=cursor(before), limit=ROWS)
        waiting = handover_desk.waiting_for(tx, visitor.me.id, visitor.now)
        changes = handover_desk.changes_of(tx, visitor.me.id, visitor.now)
        mine = [note_rows.unread_of(tx, one.layer, one.at, visitor.me.id) for one in changes]
        notes = [*found.rows, *waiting]
        ids = {number for one in notes for number in (one.from_id, one.to_id, one.read_by)}
        people = names.of_people(tx, [*ids, *(one.to_id for one in changes)])
        written = next((one.text for one in mine if one), "")
        text = typed[1] if typed else written or (_open_matters(tx, visitor) if changes else "")
    return page(
        request,
        visitor,
        "handovers/page.html",
        status=422 if wrong else 200,
        found=found,
        waiting=waiting,
        changes=changes,
        people=people,
        layer=typed[0] if typed else "",
        text=text,
        rewritten=bool(written),
        wrong=wrong or {},
        next=next_page(request, "before", found.next),
    )


def _open_matters(tx: Tx, visitor: Viewer) -> str:
    """What the next shift must know, as far as the writer sees it."""
    rows = board_view.rows(tx, visitor.reach, visitor.now, limit=ORDERS)
    waiting = board_view.waiting(tx, visitor.reach, limit=1)
    windows = maintenance_view.running(tx, visitor.reach)
    lines = [_order(visitor, row) for row in rows.rows if row.order]
    if rows.count > ORDERS:
        lines.append(visitor.say("handover.fact.more", n=rows.count - ORDERS))
    if waiting.count:
        lines.append(visitor.say("handover.fact.waiting", n=waiting.count))
    lines += [
        visitor.say("handover.fact.window", name=one.name, site=one.site, owner=one.owner)
        for one in windows.rows
    ]
    head = visitor.say("handover.fact.head" if lines else "handover.fact.calm")
    return "\n".join([head, *lines, ""])


def _order(visitor: Viewer, row: board_view.Row) -> str:
    assert row.order is not None  # noqa: S101 - the caller's filter
    return visitor.say(
        "handover.fact.order",
        number=row.order.number,
        site=row.place.site,
        device=row.place.device,
        what=visitor.say(f"code.{row.fault.code}.name"),
        stands=visitor.say(f"board.stands.{row.stands}"),
        holder=f" ({row.holder})" if row.holder else "",
    )
