"""Planned work: maintenance that begins later by itself, and can be cancelled until then."""

from datetime import timedelta

from fastapi import APIRouter, Request, Response

from operations import planned_maintenance as planned_desk
from operations.maintenance import Wish
from operations.refusals import NotNowError
from rules.maintenance import PlannedId, Scope
from rules.model import PersonId
from rules.permits import Verb
from storage import planned_maintenance as planned_rows
from storage.db import reading, transaction
from web.figures import instant_of
from web.lists import cursor
from web.pages.maintenance import USUAL, Typed, may_name, refused, seen_subject
from web.pages.sessions import Text
from web.wired import NotFoundError, RowId, Visitor, Wired, go

router = APIRouter()


@router.post("/maintenance/{scope}/{number}/plan")
def plan(  # noqa: PLR0913, PLR0917 - a form's fields
    request: Request,
    parts: Wired,
    visitor: Visitor,
    scope: Scope,
    number: RowId,
    starts_at: Text = "",
    half_hours: Text = "",
    what: Text = "",
    owner: Text = "",
) -> Response:
    """By the site's own clocks; the owner is whoever plans it, or whom the dispatcher names."""
    lasts = timedelta(minutes=30 * min(cursor(half_hours) or 0, 100))
    try:
        with transaction(parts.database) as tx:
            subject = seen_subject(tx, visitor, scope, number)
            begins = instant_of(starts_at, subject.site.timezone) or visitor.now  # no time: past
            chosen = cursor(owner) if may_name(visitor, subject) else None
            wish = Wish(
                owner_id=PersonId(chosen) if chosen is not None else visitor.me.id,
                reason=what,
                until=begins + lasts,
            )
            planned_desk.plan(tx, subject, wish, begins, visitor.me.id, visitor.now)
    except NotNowError as error:
        typed = Typed(
            half_hours=cursor(half_hours) or USUAL,
            reason=what,
            owner=owner,
            starts_at=starts_at,
            planning=True,
        )
        return refused(request, parts, visitor, (scope, number), typed, error)
    return go(request, f"/maintenance/{scope}/{number}")


@router.post("/maintenance/planned/{planned_id}/cancel")
def cancel(request: Request, parts: Wired, visitor: Visitor, planned_id: RowId) -> Response:
    """Cancelled before by another is no mistake; what has begun is ended, not cancelled."""
    visitor.must(Verb.MAINTAIN_DEVICE)
    number = PlannedId(planned_id)
    with reading(parts.database) as tx:
        planned = planned_rows.get(tx, number)
        if planned is None:
            raise NotFoundError
        seen_subject(tx, visitor, *planned.subject)
    if planned.over_at is None:
        with transaction(parts.database) as tx:
            planned_desk.cancel(tx, number, visitor.me.id, visitor.now)
    return go(request, f"/maintenance/{planned.scope}/{planned.subject_id}")
