"""Rotations: who takes turns, planned, changed and put out of use after seeing what it does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from pydantic import AfterValidator, BaseModel, Field

from operations import rota as rota_desk
from operations import rota_preview as preview_desk
from operations.rota import RotaError
from rules.model import Layer, PersonId
from rules.permits import Verb
from rules.rotations import Days, Rotation, Turns
from storage import people as people_rows
from storage import rotations as rotation_rows
from storage.db import Tx, reading, transaction
from web import rotas
from web.lists import cursor
from web.pages.rota import day_of, today
from web.pages.rota_overrides import SAVE
from web.pages.sessions import Text, without_nul
from web.wired import NotFoundError, RowId, Viewer, Visitor, Wired, go, page
from wiring.parts import Parts

router = APIRouter()

MOST_MEMBERS, LEAST_PLACES, SPARE = 30, 6, 2
LONGEST_TURN, LONGEST_NAME = 366, 80
SHOWN_ARCHIVED = 20
TURN_DAYS = {Turns.DAILY: 1, Turns.WEEKLY: 7}

Word = Annotated[str, Field(max_length=200), AfterValidator(without_nul)]


class Typed(BaseModel):
    """The form as it was sent; `step` is not a field of it."""

    name: Word = ""
    layer: Word = Layer.FIRST
    kind: Word = Turns.WEEKLY
    turn_days: Word = "7"
    handover: Word = "08:00"
    days: Word = Days.EVERY
    hours_from: Word = ""
    hours_to: Word = ""
    starts_on: Word = ""
    ends_on: Word = ""
    member: list[Word] = Field(default_factory=list, max_length=MOST_MEMBERS)
    step: Word = ""


Sent = Annotated[Typed, Form()]


@dataclass(frozen=True, slots=True)
class Read:
    """What was meant, or a message id for each field that cannot be."""

    rotation: Rotation | None = None
    wrong: Mapping[str, str] = field(default_factory=dict)


@router.get("/rota/rotations")
def rotations(request: Request, parts: Wired, visitor: Visitor) -> Response:
    visitor.must(Verb.SEE_ROTA)
    with reading(parts.database) as tx:
        said = rotas.names(tx, visitor)
        return page(
            request,
            visitor,
            "rota/rotations.html",
            rotations=rotation_rows.in_use(tx),
            archived=rotation_rows.archived(tx, limit=SHOWN_ARCHIVED),
            said=said,
        )


@router.get("/rota/rotations/new")
def new(request: Request, parts: Wired, visitor: Visitor) -> Response:
    visitor.must(Verb.SET_ROTA)
    typed = Typed(starts_on=today(visitor).isoformat())
    return _form(request, parts, visitor, typed)


@router.get("/rota/rotations/{rotation_id}")
def show(request: Request, parts: Wired, visitor: Visitor, rotation_id: RowId) -> Response:
    visitor.must(Verb.SEE_ROTA)
    with reading(parts.database) as tx:
        rotation = _found(tx, rotation_id)
    return _form(request, parts, visitor, _typed(rotation), rotation_id)


@router.post("/rota/rotations/new")
def plan(request: Request, parts: Wired, visitor: Visitor, sent: Sent) -> Response:
    """First what it would do; it is done when `step` says so."""
    visitor.must(Verb.SET_ROTA)
    return _put(request, parts, visitor, sent, 0)


@router.post("/rota/rotations/{rotation_id}")
def change(
    request: Request, parts: Wired, visitor: Visitor, rotation_id: RowId, sent: Sent
) -> Response:
    """First what it would do; it is done when `step` says so."""
    visitor.must(Verb.SET_ROTA)
    return _put(request, parts, visitor, sent, rotation_id)


@router.post("/rota/rotations/{rotation_id}/archive")
def archive(
    request: Request, parts: Wired, visitor: Visitor, rotation_id: RowId, step: Text = ""
) -> Response:
    """Nobody takes turns in it any more; what that does is shown first."""
    visitor.must(Verb.SET_ROTA)
    if step not in {SAVE, ""}:
        return go(request, f"/rota/rotations/{rotation_id}")
    with transaction(parts.database) as tx:
        _found(tx, rotation_id)
        if step == SAVE:
            rota_desk.archive(tx, rotation_id, by=visitor.me.id, now=visitor.now)
            return go(request, "/rota/rotations")
        told = preview_desk.of_archiving(tx, rotation_id, parts.policy.rota, visitor.now)
        said = rotas.names(tx, visitor)
    return rotas.preview_page(request, visitor, told, said, kept={}, save="rota.rotation.archive")


def _put(request: Request, parts: Parts, visitor: Viewer, typed: Typed, number: int) -> Response:
    read = _read(typed, number)
    if read.rotation is None or typed.step not in {SAVE, ""}:
        return _form(request, parts, visitor, typed, number, read.wrong)
    try:
        with transaction(parts.database) as tx:
            if number:
                _found(tx, number)
            rota_desk.must_be_sound(tx, read.rotation)
            if typed.step == SAVE:
                act = rota_desk.edit if number else rota_desk.plan
                act(tx, read.rotation, by=visitor.me.id, now=visitor.now)
                return go(request, "/rota/rotations")
            told = preview_desk.of_rotation(tx, read.rotation, parts.policy.rota, visitor.now)
            said = rotas.names(tx, visitor)
    except RotaError as error:
        wrong = {_FIELDS.get(error.message_id, "name"): error.message_id}
        return _form(request, parts, visitor, typed, number, wrong)
    kept = typed.model_dump(exclude={"step"})
    return rotas.preview_page(request, visitor, told, said, kept=kept, save="rota.rotation.save")


_FIELDS = {
    "rota.rotation.nobody": "member",
    "rota.not_of_our_staff": "member",
    "rota.ends_before_it_starts": "ends_on",
    "rota.rotation.no_hours": "hours_to",
}


def _form(
    request: Request,
    parts: Parts,
    visitor: Viewer,
    typed: Typed,
    number: int = 0,
    wrong: Mapping[str, str] | None = None,
) -> Response:
    with reading(parts.database) as tx:
        staff = people_rows.all_staff(tx)
    wrong = wrong or {}
    return page(
        request,
        visitor,
        "rota/rotation.html",
        status=422 if wrong else 200,
        typed=typed,
        rotation_id=number,
        places=_places(typed),
        wrong={name: visitor.say(message) for name, message in wrong.items()},
        staff=staff,
        layers=[(each, visitor.say(f"layer.{each}")) for each in Layer],
        kinds=[(each, visitor.say(f"rota.turns.{each}")) for each in Turns],
        days=[(each, visitor.say(f"rota.days.{each}")) for each in Days],
    )


def _places(typed: Typed) -> list[str]:
    """Who was chosen, and some room."""
    chosen = [one for one in typed.member if one]
    places = min(max(len(chosen) + SPARE, LEAST_PLACES), MOST_MEMBERS)
    return [*chosen, *[""] * (places - len(chosen))]


def _read(typed: Typed, number: int) -> Read:
    """Each field by itself, so that all that is wrong is said at once."""
    turn = cursor(typed.turn_days) or 0
    kind = next((one for one in Turns if one == typed.kind), None)
    turn = TURN_DAYS.get(kind, turn) if kind else turn
    clocks = {name: _clock(getattr(typed, name)) for name in ("handover", "hours_from", "hours_to")}
    starts, ends = day_of(typed.starts_on), day_of(typed.ends_on)
    hours = bool(typed.hours_from or typed.hours_to)
    wrong = {
        "name": not 0 < len(typed.name.strip()) <= LONGEST_NAME,
        "layer": typed.layer not in set(Layer),
        "kind": kind is None,
        "days": typed.days not in set(Days),
        "turn_days": not 0 < turn <= LONGEST_TURN,
        "handover": clocks["handover"] is None,
        "hours_from": hours and clocks["hours_from"] is None,
        "hours_to": hours and clocks["hours_to"] is None,
        "starts_on": starts is None,
        "ends_on": bool(typed.ends_on) and ends is None,
        "member": any(one and cursor(one) is None for one in typed.member),
    }
    begins, until = clocks["hours_from"], clocks["hours_to"]
    if any(wrong.values()) or starts is None or kind is None or clocks["handover"] is None:
        return Read(wrong={name: f"rota.wrong.{name}" for name, bad in wrong.items() if bad})
    return Read(
        Rotation(
            id=number,
            name=typed.name.strip(),
            layer=Layer(typed.layer),
            kind=kind,
            turn_days=turn,
            members=tuple(PersonId(int(one)) for one in typed.member if one),
            starts_on=starts,
            ends_on=ends,
            handover=clocks["handover"],
            days=Days(typed.days),
            hours=(begins, until) if begins is not None and until is not None else None,
        )
    )


def _typed(rotation: Rotation) -> Typed:
    begins, until = rotation.hours or (None, None)
    return Typed(
        name=rotation.name,
        layer=rotation.layer,
        kind=rotation.kind,
        turn_days=str(rotation.turn_days),
        handover=rotation.handover.isoformat("minutes"),
        days=rotation.days,
        hours_from=begins.isoformat("minutes") if begins else "",
        hours_to=until.isoformat("minutes") if until else "",
        starts_on=rotation.starts_on.isoformat(),
        ends_on=rotation.ends_on.isoformat() if rotation.ends_on else "",
        member=[str(one) for one in rotation.members],
    )


def _found(tx: Tx, rotation_id: int) -> Rotation:
    rotation = rotation_rows.get(tx, rotation_id)
    if rotation is None:
        raise NotFoundError
    return rotation


def _clock(typed: str) -> time | None:
    try:
        return datetime.strptime(typed, "%H:%M").time()  # noqa: DTZ007 - a clock, not an instant
    except ValueError:
        return None
