"""Maintenance that begins later by itself: planned, listed, and cancelled until then."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel

from operations import planned_maintenance as planned_desk
from rules.maintenance import Planned, PlannedId
from rules.permits import Verb
from storage import planned_maintenance as planned_rows
from storage.api_answers import Answer
from storage.db import Tx, reading
from storage.views import maintenance as maintenance_view
from storage.views.maintenance import Ahead, Wanted
from web.api.asked import Asked, Id
from web.api.callers import Caller, DeviceReader, Maintainer
from web.api.maintenance import Begin, Named, Where, must_maintain, named, wished
from web.api.once import answered, once
from web.wired import NotFoundError, Wired

router = APIRouter(tags=["maintenance"])


class Plan(Begin):
    """Of a device, else of a system, else of the whole site; it begins by itself at `starts_at`.

    `starts_at` lies ahead, at most a year; `until` at most eight hours after it.
    """

    starts_at: AwareDatetime


class PlannedMaintenance(Named):
    """`code` of what will be worked on; `over_at`: since when it is not to come any more.

    A customer is not told who of ours is responsible.
    """

    planned_at: datetime
    over_at: datetime | None


class AllPlannedMaintenance(BaseModel):
    """What is still to come."""

    items: list[PlannedMaintenance]
    next: str | None


@router.get("/maintenance/planned")
def listed(
    parts: Wired, caller: DeviceReader, asked: Annotated[Where, Query()]
) -> AllPlannedMaintenance:
    wanted = Wanted(reach=caller.reach, site=asked.site, device=asked.device)
    with reading(parts.database) as tx:
        found = maintenance_view.planned(tx, wanted, before=asked.before, limit=asked.limit)
    return AllPlannedMaintenance(
        items=[_one(one, caller) for one in found.rows], next=found.next or None
    )


@router.post("/maintenance/planned", status_code=201, response_model=PlannedMaintenance)
def plan(parts: Wired, caller: Maintainer, asked: Asked, said: Plan) -> Response:
    caller.must(Verb.MAINTAIN_DEVICE)
    starts_at = said.starts_at.astimezone(UTC)

    def work(tx: Tx) -> Answer:
        subject, wish = wished(tx, caller, said)
        new = planned_desk.plan(tx, subject, wish, starts_at, caller.me.id, caller.now)
        return answered(_named(tx, caller, new), 201)

    return once(parts, caller, asked, said, work)


@router.post("/maintenance/planned/{planned_id}/cancel", response_model=PlannedMaintenance)
def cancel(parts: Wired, caller: Maintainer, asked: Asked, planned_id: Id) -> Response:
    """Until it begins; then it is maintenance like any other, and is ended."""
    number = PlannedId(int(planned_id))

    def work(tx: Tx) -> Answer:
        must_maintain(tx, caller, _kept(tx, number))
        planned_desk.cancel(tx, number, caller.me.id, caller.now)
        return answered(_named(tx, caller, _kept(tx, number)))

    return once(parts, caller, asked, None, work)


def _kept(tx: Tx, number: PlannedId) -> Planned:
    planned = planned_rows.get(tx, number)
    if planned is None:
        raise NotFoundError
    return planned


def _named(tx: Tx, caller: Caller, planned: Planned) -> PlannedMaintenance:
    [ahead] = maintenance_view.named(tx, [planned])
    return _one(ahead, caller)


def _one(ahead: Ahead, caller: Caller) -> PlannedMaintenance:
    planned = ahead.planned
    said = named(planned.id, planned, ahead, caller)
    return PlannedMaintenance(**said, planned_at=planned.planned_at, over_at=planned.over_at)
