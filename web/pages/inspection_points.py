"""Walking an inspection with a phone in one hand: point by point, item by item (A09)."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response

from operations import sheets
from rules.inspections import Point, PointId
from rules.permits import Verb
from storage.db import Tx, reading, transaction
from storage.views import evidence as evidence_view
from storage.views import months
from web import inspecting
from web.inspecting import Seen, Trouble
from web.tellings import Beside, Said, answered
from web.wired import RowId, Viewer, Visitor, Wired, go, is_htmx, page
from wiring.parts import Parts

router = APIRouter()


@router.get("/inspections/{inspection_id}/next")
def next_point(request: Request, parts: Wired, visitor: Visitor, inspection_id: RowId) -> Response:
    """On to the first point that waits; when none does, to the sheet."""
    with reading(parts.database) as tx:
        found = inspecting.allowed(tx, visitor, Verb.INSPECT, inspection_id)
    waiting = found.sheet.next_point()
    return go(request, _address(found, waiting.id if waiting else None))


@router.get("/inspections/{inspection_id}/points/{point_id}")
def point(
    request: Request, parts: Wired, visitor: Visitor, inspection_id: RowId, point_id: RowId
) -> Response:
    return show(request, parts, visitor, inspection_id, point_id)


@router.post("/inspections/{inspection_id}/points/{point_id}")
def answer(
    request: Request,
    parts: Wired,
    visitor: Visitor,
    inspection_id: RowId,
    point_id: RowId,
    said: Annotated[Said, Form()],
) -> Response:
    """One word on a point or an item. A double tap and a stale page do no harm."""
    trouble = None
    with reading(parts.database) as tx:
        before = inspecting.allowed(tx, visitor, Verb.INSPECT, inspection_id).point(point_id)
    try:
        with transaction(parts.database) as tx:
            trouble = answered(tx, visitor, parts, before, said)
    except Beside as error:
        trouble = error.trouble
    if trouble:
        return show(request, parts, visitor, inspection_id, point_id, trouble)
    return _onward(request, parts, visitor, inspection_id, before)


def _onward(
    request: Request, parts: Parts, visitor: Viewer, inspection_id: int, before: Point
) -> Response:
    """To the next point once this one has its last word; else it stays."""
    with reading(parts.database) as tx:
        found = inspecting.seen(tx, visitor, inspection_id)
    now = found.point(before.id)
    following = inspecting.following(found.sheet, now)
    through = now.answered and (not before.answered or inspecting.fingerprint(before) == _same(now))
    target = following if through and following else now.id
    if not is_htmx(request):
        return go(request, _address(found, target))
    return show(request, parts, visitor, inspection_id, target, said=now if through else None)


def _same(point: Point) -> str:
    return inspecting.fingerprint(point)


def _address(found: Seen, point_id: PointId | None) -> str:
    sheet = f"/inspections/{found.inspection.id}"
    return f"{sheet}/points/{point_id}" if point_id else sheet


def show(  # noqa: PLR0913 - who, where, and what is to be told
    request: Request,
    parts: Parts,
    visitor: Viewer,
    inspection_id: int,
    point_id: int,
    trouble: Trouble | None = None,
    *,
    said: Point | None = None,
) -> Response:
    with reading(parts.database) as tx:
        found = inspecting.allowed(tx, visitor, Verb.INSPECT, inspection_id)
        values = _values(tx, parts, visitor, found, found.point(point_id))
    return page(
        request,
        visitor,
        "inspections/walk.html" if is_htmx(request) else "inspections/point.html",
        status=trouble.status if trouble else 200,
        trouble=trouble,
        said=said,
        **values,
    )


def _values(tx: Tx, parts: Parts, visitor: Viewer, found: Seen, point: Point) -> dict[str, Any]:
    one = found.inspection
    month = sheets.span(tx, one)
    told = None
    if point.device_id:
        with reading(parts.telemetry) as readings:
            known = evidence_view.of_devices(
                tx, [point.device_id], month, visitor.now, readings=readings
            )
        told = known.get(point.device_id)
    name = point.name or visitor.say(f"checklist.subject.{point.type}")
    return {
        "inspection": one,
        "place": found.place,
        "point": point,
        "count": months.count_of(found.sheet.points),
        "later": inspecting.following(found.sheet, point),
        "evidence": inspecting.chips(visitor, told, found.place.timezone),
        "editable": inspecting.editable(one, point),
        "seen": inspecting.fingerprint(point),
        "title": name,
        "topics": f"site-{found.place.site_id}",
        "heard": "",
    }
