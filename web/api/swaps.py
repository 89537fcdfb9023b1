"""Swaps of duty: offered, taken, declined, withdrawn by programs too; the rota is asked anew."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from operations import rota_swaps as swap_desk
from operations.refusals import NotNowError
from operations.rota import RotaError
from rules.model import Layer, PersonId
from rules.permits import Verb
from rules.rota_quality import Flaw
from rules.rota_swaps import State
from rules.rota_swaps import Stretch as Given
from rules.rota_swaps import Swap as Kept
from storage import people as people_rows
from storage import rota_swaps as swap_rows
from storage.api_answers import Answer
from storage.db import Tx, reading
from storage.views import names
from web.api.asked import Asked, Id, Line, Paged, Said, Strict
from web.api.callers import Caller, RotaActor, RotaReader
from web.api.once import answered, once
from web.api.problems import refused
from web.wired import NotFoundError, Wired
from wiring.parts import Parts

router = APIRouter(tags=["rota"])

# Spelled out: a document that knows two enumerations of one name refers to neither.
Stands = Literal["offered", "accepted", "declined", "withdrawn", "expired"]


class Act(StrEnum):
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


class Filter(Paged):
    state: Literal["offered", "answered", "all"] = "all"


class Stretch(Strict):
    """A span of one layer."""

    layer: Layer
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class Offer(Strict):
    """One's own duty; `to` is a code, without it whoever takes it; `back` in return, or nothing."""

    given: Stretch
    to: Line = ""
    back: Stretch | None = None
    note: Said = ""


class Taking(Strict):
    """How many concerns the taker has seen: one more, and it is refused."""

    known_concerns: int = Field(0, ge=0, le=1000)


class Swap(BaseModel):
    """People by code; `offered_to` null: whoever takes it. An offer ends at `expires_at`."""

    id: str
    offered_by: str
    offered_to: str | None
    given: Stretch
    back: Stretch | None
    note: str
    state: Stands
    offered_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    answered_by: str | None


class Swaps(BaseModel):
    items: list[Swap]
    next: str | None


class Concern(Stretch):
    """What would be wrong with the rota then. `also` is the second layer of a double."""

    flaw: Flaw
    person: str | None
    also: Layer | None


class WholeSwap(Swap):
    """`concerns`: if the caller took it now; empty for what is no offer to them."""

    concerns: list[Concern]


@router.get("/swaps")
def listed(parts: Wired, caller: RotaReader, asked: Annotated[Filter, Query()]) -> Swaps:
    caller.must(Verb.STAND_DUTY)
    offered = None if asked.state == "all" else asked.state == "offered"
    with reading(parts.database) as tx:
        found = swap_rows.listed(tx, offered=offered, before=asked.before, limit=asked.limit)
        codes = _codes(tx, *found.rows)
    return Swaps(items=[_swap(one, codes) for one in found.rows], next=found.next or None)


@router.get("/swaps/{swap_id}")
def one(parts: Wired, caller: RotaReader, swap_id: Id) -> WholeSwap:
    caller.must(Verb.STAND_DUTY)
    with reading(parts.database) as tx:
        return _whole(tx, parts, caller, int(swap_id))


@router.post("/swaps", status_code=201, response_model=WholeSwap)
def offer(parts: Wired, caller: RotaActor, asked: Asked, said: Offer) -> Response:
    caller.must(Verb.STAND_DUTY)

    def work(tx: Tx) -> Answer:
        swap = Kept(
            from_id=caller.me.id,
            given=_given(said.given),
            to_id=_whom(tx, said.to) if said.to else None,
            back=_given(said.back) if said.back else None,
            note=said.note,
            offered_at=caller.now,
        )
        return answered(_whole(tx, parts, caller, swap_desk.offer(tx, swap).id), 201)

    return once(parts, caller, asked, said, work)


@router.post("/swaps/{swap_id}/{verb}", response_model=WholeSwap)
def act(
    parts: Wired,
    caller: RotaActor,
    asked: Asked,
    swap_id: Id,
    verb: Act,
    said: Annotated[Taking | None, Body()] = None,
) -> Response:
    """`accept` tells how many `concerns` were seen; only who offered, or who plans, withdraws."""
    caller.must(Verb.STAND_DUTY)
    number = int(swap_id)

    def work(tx: Tx) -> Answer:
        _do(tx, parts, caller, number, verb, said.known_concerns if said else 0)
        return answered(_whole(tx, parts, caller, number))

    return once(parts, caller, asked, said, work)


def _do(tx: Tx, parts: Parts, caller: Caller, number: int, verb: Act, known: int) -> None:
    me, now = caller.me.id, caller.now
    swap = _kept(tx, number)
    try:
        if verb is Act.ACCEPT:
            swap_desk.accept_knowing(tx, number, me, known, parts.policy.rota, now)
        elif verb is Act.DECLINE:
            swap_desk.decline(tx, number, me, now)
        else:
            if swap.from_id != me:
                caller.must(Verb.SET_ROTA)
            swap_desk.withdraw(tx, number, me, now)
    except RotaError as error:
        raise NotNowError(error.message_id) from error


def _kept(tx: Tx, number: int) -> Kept:
    swap = swap_rows.get(tx, number)
    if swap is None:
        raise NotFoundError
    return swap


def _given(said: Stretch) -> Given:
    span = {"starts_at": said.starts_at.astimezone(UTC), "ends_at": said.ends_at.astimezone(UTC)}
    return Given(layer=said.layer, **span)


def _whom(tx: Tx, code: str) -> PersonId:
    person = people_rows.by_code(tx, code)
    if person is None:
        raise refused(("to", code, "api.accepts.person"))
    return person.id


def _whole(tx: Tx, parts: Parts, caller: Caller, number: int) -> WholeSwap:
    swap, me = _kept(tx, number), caller.me.id
    open_to_me = swap.state is State.OFFERED and swap.to_id in {None, me} and swap.from_id != me
    found = swap_desk.concerns(tx, swap, me, parts.policy.rota, caller.now) if open_to_me else []
    codes = _codes(tx, swap) | names.codes_of_people(tx, [one.person_id for one in found])
    concerns = [
        Concern(
            flaw=one.flaw,
            layer=one.layer,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            person=codes[one.person_id] if one.person_id else None,
            also=one.also,
        )
        for one in found
    ]
    return WholeSwap(**_swap(swap, codes).model_dump(), concerns=concerns)


def _codes(tx: Tx, *swaps: Kept) -> dict[PersonId, str]:
    ids = [who for one in swaps for who in (one.from_id, one.to_id, one.answered_by)]
    return names.codes_of_people(tx, ids)


def _swap(one: Kept, codes: Mapping[PersonId, str]) -> Swap:
    return Swap(
        id=str(one.id),
        offered_by=codes[one.from_id],
        offered_to=codes[one.to_id] if one.to_id else None,
        given=_span(one.given),
        back=_span(one.back) if one.back else None,
        note=one.note,
        state=one.state.value,
        offered_at=one.offered_at,
        expires_at=one.expires_at,
        answered_at=one.answered_at,
        answered_by=codes[one.answered_by] if one.answered_by else None,
    )


def _span(one: Given) -> Stretch:
    return Stretch(layer=one.layer, starts_at=one.starts_at, ends_at=one.ends_at)
