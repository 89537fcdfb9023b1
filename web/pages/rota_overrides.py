"""Decide otherwise for a span, after seeing what it does; and take it back."""

from datetime import timedelta

from fastapi import APIRouter, Request, Response

from operations import rota as rota_desk
from operations import rota_preview as preview_desk
from operations.rota import RotaError
from rules.model import Layer, PersonId
from rules.permits import Verb
from rules.rotations import Override, Why
from storage import rotations as rotation_rows
from storage.db import reading, transaction
from web import rotas
from web.figures import instant_of
from web.lists import PAGE_ROWS, cursor, next_page
from web.pages.rota import EARLIEST, LATEST, Typed, rota_page
from web.pages.sessions import Text
from web.wired import NotFoundError, RowId, Viewer, Visitor, Wired, go, page

router = APIRouter()

LONGEST = timedelta(days=366)
SAVE, EDIT, LOOK = "save", "edit", "look"


@router.post("/rota")
def put(  # noqa: PLR0913, PLR0917 - a form's fields
    request: Request,
    parts: Wired,
    visitor: Visitor,
    layer: Text = "",
    person: Text = "",
    starts: Text = "",
    ends: Text = "",
    reason: Text = "",
    step: Text = "",
) -> Response:
    """First what it would do; it is done when `step` says so."""
    visitor.must(Verb.SET_ROTA)
    typed = Typed(layer, person, starts, ends, reason.strip())
    decided = _read(typed, visitor)
    if decided is None or step == EDIT:
        error = "" if decided else visitor.say("rota.times_needed")
        return rota_page(request, parts, visitor, typed, error=error)
    try:
        with transaction(parts.database) as tx:
            if step == SAVE:
                made = rota_desk.override_all(tx, [decided], by=visitor.me.id, now=visitor.now)
                return go(request, f"/rota?done={made[0].id}")
            rota_desk.must_be_possible(tx, decided, visitor.now)
            told = preview_desk.of_overrides(tx, [decided], parts.policy.rota, visitor.now)
            said = rotas.names(tx, visitor)
    except RotaError as error:
        return rota_page(request, parts, visitor, typed, error=visitor.say(error.message_id))
    kept = {name: getattr(typed, name) for name in typed.__slots__}
    return rotas.preview_page(request, visitor, told, said, kept=kept, save="rota.save")


@router.get("/rota/overrides")
def decisions(request: Request, parts: Wired, visitor: Visitor, before: str = "") -> Response:
    """Every decision there was, the youngest first."""
    visitor.must(Verb.SEE_ROTA)
    with reading(parts.database) as tx:
        rows = rotation_rows.overrides_page(tx, cursor(before), PAGE_ROWS + 1)
        said = rotas.names(tx, visitor)
    following = str(rows[PAGE_ROWS - 1].id) if len(rows) > PAGE_ROWS else ""
    return page(
        request,
        visitor,
        "rota/overrides.html",
        rows=rows[:PAGE_ROWS],
        said=said,
        next=next_page(request, "before", following),
    )


@router.post("/rota/overrides/{override_id}/revoke")
def revoke(
    request: Request, parts: Wired, visitor: Visitor, override_id: RowId, step: Text = SAVE
) -> Response:
    """What was below it counts again. Taken back before by another is no mistake.

    `step` LOOK shows first what it would do. Swaps and extra duty are taken back where they were
    agreed.
    """
    visitor.must(Verb.SET_ROTA)
    if step == EDIT:
        return go(request, "/rota/overrides")
    try:
        with transaction(parts.database) as tx:
            found = rotation_rows.override_of(tx, override_id)
            if found is None or found.kind is not Why.OVERRIDE:
                raise NotFoundError
            if step == LOOK:
                told = preview_desk.of_revoking(tx, found, parts.policy.rota, visitor.now)
                said = rotas.names(tx, visitor)
                return rotas.preview_page(request, visitor, told, said, kept={}, save="rota.revoke")
            rota_desk.revoke(tx, override_id, by=visitor.me.id, now=visitor.now)
    except RotaError:
        return go(request, "/rota/overrides")
    return go(request, "/rota")


def _read(typed: Typed, visitor: Viewer) -> Override | None:
    """What was typed as a decision; None when layer or times make no sense."""
    starts, ends = (instant_of(one, visitor.timezone) for one in (typed.starts, typed.ends))
    if starts is None or ends is None or typed.layer not in set(Layer):
        return None
    if not (EARLIEST <= starts.date() < LATEST and timedelta() < ends - starts <= LONGEST):
        return None
    who = cursor(typed.person)
    return Override(
        layer=Layer(typed.layer),
        person_id=PersonId(who) if who else None,
        starts_at=starts,
        ends_at=ends,
        reason=typed.reason,
    )
