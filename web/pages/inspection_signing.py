"""The end of a sheet: the customer signs on the glass, the head decides what is contradicted."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from operations import inspections as inspection_desk
from operations import pictures
from operations.pictures import LONGEST_SIGNATURE, PictureError
from operations.refusals import NotNowError
from rules.inspection_steps import Step, refusal
from rules.inspections import Decision, InspectionId, PointId
from rules.permits import Verb
from storage import journal
from storage.db import reading, transaction
from storage.views import months
from web import inspecting
from web.inspecting import Seen, Trouble
from web.pages.inspection_photos import handed
from web.pages.inspections import show
from web.pages.sessions import Text
from web.wired import NotFoundError, RowId, Viewer, Visitor, Wired, go, is_htmx, page
from wiring.parts import Parts

router = APIRouter()

Drawn = Annotated[str, Form(max_length=LONGEST_SIGNATURE + 1)]


@router.get("/inspections/{inspection_id}/sign")
def glass(request: Request, parts: Wired, visitor: Visitor, inspection_id: RowId) -> Response:
    """What is signed, in few words, and where. One that cannot be signed now leads to its sheet."""
    with reading(parts.database) as tx:
        found = inspecting.allowed(tx, visitor, Verb.INSPECT, inspection_id)
    if refusal(found.inspection, Step.SIGN):
        return go(request, f"/inspections/{inspection_id}")
    return _glass(request, visitor, found)


@router.post("/inspections/{inspection_id}/sign")
def sign(
    request: Request,
    parts: Wired,
    visitor: Visitor,
    inspection_id: RowId,
    signer_name: Text = "",
    drawn: Drawn = "",
) -> Response:
    """The customer's name and strokes; whoever handed them the phone is on record."""
    with reading(parts.database) as tx:
        found = inspecting.allowed(tx, visitor, Verb.INSPECT, inspection_id)
    try:
        name = parts.files.put(pictures.signature(drawn))
        with transaction(parts.database) as tx:
            number = InspectionId(inspection_id)
            inspection_desk.sign(tx, number, signer_name, name, visitor.now)
            journal.write(tx, _handed_over(visitor, found))
    except (PictureError, NotNowError) as error:
        if _is_done(parts, visitor, inspection_id):
            return go(request, f"/inspections/{inspection_id}")
        beside = getattr(error, "field", "signature")
        message = visitor.say(error.message_id, **error.facts)
        trouble = Trouble(message=message, beside=beside, note=signer_name)
        return _glass(request, visitor, found, trouble, drawn=drawn)
    return go(request, f"/inspections/{inspection_id}")


@router.post("/inspections/{inspection_id}/unsigned")
def leave_unsigned(
    request: Request, parts: Wired, visitor: Visitor, inspection_id: RowId, reason: Text = ""
) -> Response:
    """Nobody signs, for this reason."""
    with reading(parts.database) as tx:
        found = inspecting.allowed(tx, visitor, Verb.INSPECT, inspection_id)
    try:
        with transaction(parts.database) as tx:
            number = InspectionId(inspection_id)
            inspection_desk.leave_unsigned(tx, number, reason, visitor.me.id, visitor.now)
    except NotNowError as error:
        if refusal(found.inspection, Step.SIGN):
            return go(request, f"/inspections/{inspection_id}")
        message = visitor.say(error.message_id, **error.facts)
        trouble = Trouble(message=message, beside=error.field, note=reason)
        return _glass(request, visitor, found, trouble)
    return go(request, f"/inspections/{inspection_id}")


@router.get("/inspections/{inspection_id}/signature")
def signature(request: Request, parts: Wired, visitor: Visitor, inspection_id: RowId) -> Response:
    with reading(parts.database) as tx:
        found = inspecting.seen(tx, visitor, inspection_id)
    if not found.inspection.signature:
        raise NotFoundError
    return handed(request, parts, found.inspection.signature, "image/png")


@router.post("/inspections/{inspection_id}/points/{point_id}/decide")
def decide(  # noqa: PLR0913, PLR0917 - a form's fields
    request: Request,
    parts: Wired,
    visitor: Visitor,
    inspection_id: RowId,
    point_id: RowId,
    decision: Text = "",
    reason: Text = "",
) -> Response:
    """What a contradiction means, and why (B11). Said again, it is decided anew."""
    with reading(parts.database) as tx:
        found = inspecting.allowed(tx, visitor, Verb.DECIDE_INSPECTION, inspection_id)
        found.point(point_id)
    beside, message = f"decision-{point_id}", ""
    if decision not in set(Decision):
        message = visitor.say("sheet.choose_decision")
    else:
        try:
            with transaction(parts.database) as tx:
                point = PointId(point_id)
                word = Decision(decision)
                inspection_desk.decide(tx, point, word, reason, visitor.me.id, visitor.now)
        except NotNowError as error:
            message = visitor.say(error.message_id, **error.facts)
            beside = f"{error.field or 'decision'}-{point_id}"
    if message:
        trouble = Trouble(message=message, beside=beside, note=reason, choice=decision)
        return show(request, parts, visitor, inspection_id, trouble)
    if not is_htmx(request):
        return go(request, f"/inspections/{inspection_id}#doubts")
    return show(request, parts, visitor, inspection_id)


def _handed_over(visitor: Viewer, found: Seen) -> journal.Entry:
    return journal.Entry(
        at=visitor.now,
        actor="person",
        verb="inspection_handed_over",
        person_id=visitor.me.id,
        site_id=found.place.site_id,
        facts={"period": found.inspection.period, "inspection_id": found.inspection.id},
    )


def _is_done(parts: Parts, visitor: Viewer, inspection_id: int) -> bool:
    """The second of two taps, or another phone was quicker: signed is signed."""
    with reading(parts.database) as tx:
        return inspecting.seen(tx, visitor, inspection_id).inspection.signed_at is not None


def _glass(
    request: Request,
    visitor: Viewer,
    found: Seen,
    trouble: Trouble | None = None,
    *,
    drawn: str = "",
) -> Response:
    return page(
        request,
        visitor,
        "inspections/sign.html",
        status=trouble.status if trouble else 200,
        inspection=found.inspection,
        place=found.place,
        count=months.count_of(found.sheet.points),
        problems=found.sheet.open_problems,
        trouble=trouble,
        drawn=drawn,
    )
