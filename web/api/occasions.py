"""Customers' events and holidays (A08): what comes, what must be ready before it, who stands by."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query, Response
from pydantic import BaseModel

from operations import duty as duty_desk
from operations import occasions as occasion_desk
from operations import preparations as preparation_desk
from rules import occasions as rules
from rules.model import Layer, PersonId, SiteId
from rules.occasions import Guard, Kind, Preparation, Stands
from rules.permits import Verb
from storage import occasions as occasion_rows
from storage.api_answers import Answer
from storage.db import Tx, reading
from storage.views import names
from storage.views import occasions as occasion_view
from storage.views.occasions import Line
from web import occasions
from web.api.asked import Asked, Id, Paged, Said, Strict
from web.api.callers import Caller, RotaActor, RotaReader
from web.api.once import answered, once
from web.wired import Wired

router = APIRouter(tags=["rota"])

Codes = Mapping[PersonId, str]


class Filter(Paged):
    state: Literal["coming", "over"] = "coming"


class Done(Strict):
    """What was found or done, in words."""

    remark: Said = ""


class Occasion(BaseModel):
    """`customer` by name; null: for all of us. Of `items` to prepare, `undone` are still to do."""

    id: str
    name: str
    customer: str | None
    starts_at: datetime
    ends_at: datetime
    archived_at: datetime | None
    guards: int
    items: int
    undone: int


class Occasions(BaseModel):
    items: list[Occasion]
    next: str | None


class StandingBy(BaseModel):
    """Codes. At that site, at that time, called beside the first layer."""

    site: str
    person: str
    starts_at: datetime
    ends_at: datetime


class ExtraDuty(BaseModel):
    """An override of the rota; `person` null: the layer is left empty."""

    layer: Layer
    person: str | None
    starts_at: datetime
    ends_at: datetime


class Prepared(BaseModel):
    """`due_on` is a day of the company's calendar; `person` null: whoever planned it."""

    id: str
    kind: Kind
    text: str
    due_on: date
    stands: Stands
    person: str | None
    done_at: datetime | None
    done_by: str | None
    remark: str


class WholeOccasion(Occasion):
    """`sites` of it that the caller sees, by code."""

    note: str
    planned_by: str
    sites: list[str]
    standing_by: list[StandingBy]
    extra_duty: list[ExtraDuty]
    preparation: list[Prepared]


@router.get("/occasions")
def listed(parts: Wired, caller: RotaReader, asked: Annotated[Filter, Query()]) -> Occasions:
    """What comes, the next first; or what is over or put away, the last first."""
    caller.must(Verb.SEE_ROTA)
    over = asked.state == "over"
    with reading(parts.database) as tx:
        found = occasion_view.listed(
            tx, caller.reach, caller.now, over=over, after=asked.before, limit=asked.limit
        )
    items = [Occasion(**_of_line(line)) for line in found.rows]
    return Occasions(items=items, next=found.next or None)


@router.get("/occasions/{occasion_id}")
def one(parts: Wired, caller: RotaReader, occasion_id: Id) -> WholeOccasion:
    caller.must(Verb.SEE_ROTA)
    with reading(parts.database) as tx:
        return _whole(tx, caller, int(occasion_id))


@router.post("/occasions/{occasion_id}/preparation/{item_id}/done", response_model=WholeOccasion)
def done(
    parts: Wired,
    caller: RotaActor,
    asked: Asked,
    occasion_id: Id,
    item_id: Id,
    said: Annotated[Done | None, Body()] = None,
) -> Response:
    """Ticked off; the first who says so is kept."""
    caller.must(Verb.SEE_ROTA)

    def work(tx: Tx) -> Answer:
        item = occasions.item_to(tx, caller, int(occasion_id), int(item_id), "done")
        remark = said.remark if said else ""
        preparation_desk.tick_off(tx, item, remark, caller.me.id, caller.now)
        return answered(_whole(tx, caller, int(occasion_id)))

    return once(parts, caller, asked, said, work)


def _whole(tx: Tx, caller: Caller, number: int) -> WholeOccasion:
    """As the page shows it: guards at sites the caller does not see are left out."""
    occasion = occasions.seen(tx, caller, number)
    [line] = occasion_view.of_ids(tx, [occasion.id])
    sites = {site.id: site.code for site in occasions.sites_of(tx, caller, occasion)}
    guards = [g for g in occasion_rows.guards_of(tx, occasion.id) if g.site_id in sites]
    duty = occasion_desk.duty_of(tx, occasion.id)
    items = occasion_rows.preparations_of(tx, [occasion.id])
    done = [who for one in items for who in (one.person_id, one.done_by)]
    people = [*(one.person_id for one in guards), *(one.person_id for one in duty), *done]
    codes = names.codes_of_people(tx, [*people, occasion.made_by])
    today = caller.now.astimezone(duty_desk.timezone(tx)).date()
    return WholeOccasion(
        **_of_line(line),
        note=occasion.note,
        planned_by=codes[occasion.made_by],
        sites=[code for number, code in sites.items() if number in (occasion.site_ids or sites)],
        standing_by=[_standing_by(one, sites, codes) for one in guards],
        extra_duty=[
            ExtraDuty(
                layer=one.layer,
                person=_code(codes, one.person_id),
                starts_at=one.starts_at,
                ends_at=one.ends_at,
            )
            for one in duty
        ],
        preparation=[_item(one, today, codes) for one in items],
    )


def _of_line(line: Line) -> dict[str, Any]:
    occasion = line.occasion
    return {
        "id": str(occasion.id),
        "name": occasion.name,
        "customer": line.customer or None,
        "starts_at": occasion.starts_at,
        "ends_at": occasion.ends_at,
        "archived_at": occasion.archived_at,
        "guards": line.guards,
        "items": line.items,
        "undone": line.undone,
    }


def _standing_by(one: Guard, sites: Mapping[SiteId, str], codes: Codes) -> StandingBy:
    return StandingBy(
        site=sites[one.site_id],
        person=codes[one.person_id],
        starts_at=one.starts_at,
        ends_at=one.ends_at,
    )


def _item(one: Preparation, today: date, codes: Codes) -> Prepared:
    return Prepared(
        id=str(one.id),
        kind=one.kind,
        text=one.text,
        due_on=one.due_on,
        stands=rules.stands(one, today),
        person=_code(codes, one.person_id),
        done_at=one.done_at,
        done_by=_code(codes, one.done_by),
        remark=one.remark,
    )


def _code(codes: Codes, person_id: PersonId | None) -> str | None:
    return codes[person_id] if person_id is not None else None
