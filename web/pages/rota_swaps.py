"""Swaps of duty: what waits for one's answer, what one offers, and what became of the others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from fastapi import APIRouter, Request, Response

from operations import rota_swaps as swap_desk
from operations.refusals import NotNowError
from operations.rota import RotaError
from operations.rota_swaps import NoSuchSwapError
from rules import rota_swaps as swap_rules
from rules.duty import Shift
from rules.model import Layer, PersonId
from rules.permits import Verb
from rules.rota_quality import Concern
from rules.rota_swaps import Stretch, Swap
from storage import duty as duty_rows
from storage import people as people_rows
from storage import rota_swaps as swap_rows
from storage.db import Tx, reading, transaction
from storage.views.pages import Page
from web import rotas
from web.figures import instant_of, local_form
from web.lists import cursor, next_page
from web.pages.sessions import Text
from web.wired import NotFoundError, RowId, Viewer, Visitor, Wired, go, page
from wiring.parts import Parts

router = APIRouter()

PAGE, SHIFTS, ROWS = "/duty/swaps", 8, 20
MINE, NAMES = "mine", ("layer", "starts_at", "ends_at", "to", "note")
RETURN = ("return_layer", "return_starts_at", "return_ends_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An offer one may take, and what would be wrong with the rota then."""

    swap: Swap
    concerns: list[Concern]


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The form as it came back; `swap_id` is the offer that could not be answered so."""

    fields: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)
    said: str = ""
    swap_id: int = 0

    def of(self, name: str) -> str:
        return self.fields.get(name, "")


@router.get(PAGE)
def swaps(  # noqa: PLR0913, PLR0917 - what may stand in the form already
    request: Request,
    parts: Wired,
    visitor: Visitor,
    layer: str = "",
    starts_at: str = "",
    ends_at: str = "",
    before: str = "",
) -> Response:
    """One's own shifts lead here with their span."""
    visitor.must(Verb.STAND_DUTY)
    typed = Typed(fields={"layer": layer, "starts_at": starts_at, "ends_at": ends_at})
    return _show(request, parts, visitor, typed, before=before)


@router.post(f"{PAGE}/offer")
def offer(  # noqa: PLR0913, PLR0917 - a form's fields
    request: Request,
    parts: Wired,
    visitor: Visitor,
    layer: Text = "",
    starts_at: Text = "",
    ends_at: Text = "",
    to: Text = "",
    note: Text = "",
    return_layer: Text = "",
    return_starts_at: Text = "",
    return_ends_at: Text = "",
) -> Response:
    """To one or to anybody; for nothing, or for a span in return."""
    visitor.must(Verb.STAND_DUTY)
    values = (layer, starts_at, ends_at, to, note)
    back = (return_layer, return_starts_at, return_ends_at)
    fields = dict(zip((*NAMES, *RETURN), (*values, *back), strict=True))
    try:
        with transaction(parts.database) as tx:
            swap = swap_desk.offer(tx, _wanted(visitor, fields))
    except NotNowError as error:
        said = visitor.say(error.message_id, **error.facts)
        typed = Typed(fields=fields, wrong={error.field: said})
        return _show(request, parts, visitor, typed, status=422)
    return go(request, f"{PAGE}#s{swap.id}")


@router.post(f"{PAGE}/{{swap_id}}/accept")
def accept(
    request: Request, parts: Wired, visitor: Visitor, swap_id: RowId, known: Text = ""
) -> Response:
    """`known`: how many concerns were shown with the button; one more asks again."""
    visitor.must(Verb.STAND_DUTY)

    def act(tx: Tx) -> None:
        me, shown = visitor.me.id, cursor(known) or 0
        swap_desk.accept_knowing(tx, swap_id, me, shown, parts.policy.rota, visitor.now)

    return _answer(request, parts, visitor, swap_id, act)


@router.post(f"{PAGE}/{{swap_id}}/decline")
def decline(request: Request, parts: Wired, visitor: Visitor, swap_id: RowId) -> Response:
    visitor.must(Verb.STAND_DUTY)

    def act(tx: Tx) -> None:
        swap_desk.decline(tx, swap_id, visitor.me.id, visitor.now)

    return _answer(request, parts, visitor, swap_id, act)


@router.post(f"{PAGE}/{{swap_id}}/withdraw")
def withdraw(request: Request, parts: Wired, visitor: Visitor, swap_id: RowId) -> Response:
    """By who offered it, or by who plans the rota."""
    visitor.must(Verb.STAND_DUTY)

    def act(tx: Tx) -> None:
        swap = swap_rows.get(tx, swap_id)
        if swap and swap.from_id != visitor.me.id:
            visitor.must(Verb.SET_ROTA)
        swap_desk.withdraw(tx, swap_id, visitor.me.id, visitor.now)

    return _answer(request, parts, visitor, swap_id, act)


def _answer(
    request: Request, parts: Parts, visitor: Viewer, swap_id: int, act: Callable[[Tx], None]
) -> Response:
    try:
        with transaction(parts.database) as tx:
            act(tx)
    except NotNowError as error:
        typed = Typed(said=visitor.say(error.message_id, **error.facts), swap_id=swap_id)
        return _show(request, parts, visitor, typed, status=409)
    except RotaError as error:
        typed = Typed(said=visitor.say(error.message_id), swap_id=swap_id)
        return _show(request, parts, visitor, typed, status=409)
    except NoSuchSwapError:
        raise NotFoundError from None
    return go(request, f"{PAGE}#s{swap_id}")


def _wanted(visitor: Viewer, fields: Mapping[str, str]) -> Swap:
    """Raises `NotNowError` beside the field."""
    given = _stretch(visitor, fields, "")
    to, who = fields["to"], cursor(fields["to"])
    if to and not who:
        raise NotNowError("rota_swap.refused.nobody", field="to")
    return Swap(
        from_id=visitor.me.id,
        given=given,
        to_id=PersonId(who) if who else None,
        back=_stretch(visitor, fields, "return_") if fields["return_layer"] else None,
        note=fields["note"],
        offered_at=visitor.now,
    )


def _stretch(visitor: Viewer, fields: Mapping[str, str], prefix: str) -> Stretch:
    layer = fields[f"{prefix}layer"]
    if layer not in set(Layer):
        raise NotNowError("rota_swap.refused.layer", field=f"{prefix}layer")
    ends: dict[str, datetime] = {}
    for name in ("starts_at", "ends_at"):
        at = instant_of(fields[f"{prefix}{name}"], visitor.timezone)
        if at is None:
            raise NotNowError("rota_swap.refused.instant", field=f"{prefix}{name}")
        ends[name] = at
    return Stretch(layer=Layer(layer), starts_at=ends["starts_at"], ends_at=ends["ends_at"])


def _show(
    request: Request,
    parts: Parts,
    visitor: Viewer,
    typed: Typed,
    *,
    before: str = "",
    status: int = 200,
) -> Response:
    with reading(parts.database) as tx:
        waiting = swap_rows.open_ones(tx)
        answered: Page[Swap] = swap_rows.listed(
            tx, offered=False, before=cursor(before), limit=ROWS
        )
        asked = _asked(tx, parts, visitor, waiting)
        shifts = _own(tx, visitor)
        staff = [one for one in people_rows.all_staff(tx) if one.id != visitor.me.id]
        said = rotas.names(tx, visitor)
    mine = [one for one in waiting if one.from_id == visitor.me.id]
    seen = {one.swap.id for one in asked} | {one.id for one in mine}
    return page(
        request,
        visitor,
        "rota_swaps/page.html",
        status=status,
        asked=asked,
        mine=mine,
        others=[one for one in waiting if one.id not in seen],
        answered=answered,
        shifts=shifts,
        staff=[one for one in staff if swap_rules.may_stand(one, Layer.FIRST)],
        layers=list(Layer),
        typed=typed,
        said=said,
        soonest=swap_rules.soonest(visitor.now),
        local=lambda at: local_form(at, visitor.timezone),
        next=next_page(request, "before", answered.next),
    )


def _asked(tx: Tx, parts: Parts, visitor: Viewer, waiting: list[Swap]) -> list[Asked]:
    """What the viewer may take, as the rota is now."""
    found = []
    for swap in waiting:
        if swap.from_id == visitor.me.id or swap.to_id not in {None, visitor.me.id}:
            continue
        if swap_rules.may_stand(visitor.me, swap.given.layer) and visitor.now < swap.expires_at:
            me, figures = visitor.me.id, parts.policy.rota
            concerns = swap_desk.concerns(tx, swap, me, figures, visitor.now)
            found.append(Asked(swap=swap, concerns=concerns))
    return found


def _own(tx: Tx, visitor: Viewer) -> list[Shift]:
    """One's next shifts, and the one that runs."""
    found = duty_rows.since(tx, visitor.now)
    mine = [one for one in found if one.person_id == visitor.me.id]
    return sorted(mine, key=lambda one: one.starts_at)[:SHIFTS]
