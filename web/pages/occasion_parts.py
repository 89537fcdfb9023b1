"""What belongs to one event: guards on site, extra duty, and the list that prepares it (A08)."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from fastapi import APIRouter, Request, Response

from operations import occasions as occasion_desk
from operations import preparations as preparation_desk
from operations.occasions import Extra, NoSuchOccasionError, Post
from operations.preparations import Item
from operations.refusals import NotNowError
from operations.rota import RotaError
from rules.model import Layer, PersonId, SiteId
from rules.occasions import Kind, Occasion
from rules.permits import Verb
from storage import occasions as occasion_rows
from storage.db import Tx, transaction
from web.lists import cursor
from web.occasions import Typed, changeable, seen, shown, sites_of
from web.pages.sessions import Text
from web.wired import NotFoundError, RowId, Viewer, Visitor, Wired, go
from wiring.parts import Parts

router = APIRouter()

Act = Callable[[Tx, Occasion], object]


@router.post("/occasions/{occasion_id}/guards")
def post(  # noqa: PLR0913, PLR0917 - a form's fields
    request: Request,
    parts: Wired,
    visitor: Visitor,
    occasion_id: RowId,
    site: Text = "",
    person: Text = "",
    starts_at: Text = "",
    ends_at: Text = "",
) -> Response:
    """Somebody stands by on site."""
    fields = {"site": site, "person": person, "starts_at": starts_at, "ends_at": ends_at}
    typed = Typed(form="guard", fields=fields)

    def act(tx: Tx, occasion: Occasion) -> None:
        here = {one.id for one in sites_of(tx, visitor, occasion)}
        if (where := cursor(site)) not in here:
            raise NotNowError("occasion.refused.sites", field="site")
        begins, ends = _span(typed, visitor)
        wanted = Post(
            site_id=SiteId(where or 0), person_id=_whom(person), starts_at=begins, ends_at=ends
        )
        occasion_desk.post_guard(tx, occasion.id, wanted, visitor.me.id, visitor.now)

    return _done(request, parts, visitor, occasion_id, typed, act)


@router.post("/occasions/{occasion_id}/guards/{guard_id}/stand-down")
def stand_down(
    request: Request, parts: Wired, visitor: Visitor, occasion_id: RowId, guard_id: RowId
) -> Response:
    def act(tx: Tx, occasion: Occasion) -> None:
        guard = occasion_rows.get_guard(tx, guard_id)
        if guard is None or guard.occasion_id != occasion.id:
            raise NotFoundError
        occasion_desk.stand_down(tx, guard.id, visitor.me.id, visitor.now)

    return _done(request, parts, visitor, occasion_id, Typed(form="guards"), act)


@router.post("/occasions/{occasion_id}/duty")
def put_on_duty(  # noqa: PLR0913, PLR0917 - a form's fields
    request: Request,
    parts: Wired,
    visitor: Visitor,
    occasion_id: RowId,
    layer: Text = "",
    person: Text = "",
    starts_at: Text = "",
    ends_at: Text = "",
) -> Response:
    """Extra duty: an override of the rota that belongs to the event."""
    fields = {"layer": layer, "person": person, "starts_at": starts_at, "ends_at": ends_at}
    typed = Typed(form="duty", fields=fields)

    def act(tx: Tx, occasion: Occasion) -> None:
        if layer not in set(Layer):
            raise NotNowError("occasion.refused.layer", field="layer")
        begins, ends = _span(typed, visitor)
        extra = Extra(layer=Layer(layer), person_id=_whom(person), starts_at=begins, ends_at=ends)
        occasion_desk.put_on_duty(tx, occasion.id, extra, visitor.me.id, visitor.now)

    return _done(request, parts, visitor, occasion_id, typed, act)


@router.post("/occasions/{occasion_id}/duty/{override_id}/drop")
def drop_duty(
    request: Request, parts: Wired, visitor: Visitor, occasion_id: RowId, override_id: RowId
) -> Response:
    def act(tx: Tx, occasion: Occasion) -> None:
        by, now = visitor.me.id, visitor.now
        occasion_desk.drop_duty(tx, occasion.id, override_id, by, now)

    return _done(request, parts, visitor, occasion_id, Typed(form="duties"), act)


@router.post("/occasions/{occasion_id}/items")
def prepare(  # noqa: PLR0913, PLR0917 - a form's fields
    request: Request,
    parts: Wired,
    visitor: Visitor,
    occasion_id: RowId,
    kind: Text = "",
    text: Text = "",
    due_on: Text = "",
    person: Text = "",
) -> Response:
    """One more line on the preparation list."""
    fields = {"kind": kind, "text": text, "due_on": due_on, "person": person}
    typed = Typed(form="item", fields=fields)

    def act(tx: Tx, occasion: Occasion) -> None:
        who = cursor(person)
        item = Item(
            kind=Kind(kind) if kind in set(Kind) else Kind.OTHER,
            text=text,
            due_on=_day(due_on),
            person_id=PersonId(who) if who else None,
        )
        preparation_desk.prepare(tx, occasion.id, item, visitor.me.id, visitor.now)

    return _done(request, parts, visitor, occasion_id, typed, act)


@router.post("/occasions/{occasion_id}/items/{item_id}/{verb}")
def act_on(  # noqa: PLR0913, PLR0917 - which of which, and what
    request: Request,
    parts: Wired,
    visitor: Visitor,
    occasion_id: RowId,
    item_id: RowId,
    verb: str,
    remark: Text = "",
) -> Response:
    """`done` and `open` by whoever works for us, or must see to it; `strike` by the planners."""
    visitor.must(Verb.SEE_ROTA)
    with transaction(parts.database) as tx:
        item = _item(tx, visitor, occasion_id, item_id, verb)
        by, now = visitor.me.id, visitor.now
        if verb == "done":
            preparation_desk.tick_off(tx, item, remark, by, now)
        elif verb == "open":
            preparation_desk.take_back(tx, item, by, now)
        else:
            preparation_desk.strike(tx, item, by, now)
    return go(request, f"/occasions/{occasion_id}#items")


VERBS: Mapping[str, Verb] = {"done": Verb.WORK, "open": Verb.WORK, "strike": Verb.SET_ROTA}


def _item(tx: Tx, visitor: Viewer, occasion_id: int, item_id: int, verb: str) -> int:
    item = occasion_rows.get_preparation(tx, item_id)
    mine = item is not None and item.person_id == visitor.me.id and verb != "strike"
    if not mine:
        visitor.must(VERBS.get(verb, Verb.WORK))
    occasion = seen(tx, visitor, occasion_id)
    if item is None or item.occasion_id != occasion.id or verb not in VERBS:
        raise NotFoundError
    if verb == "strike":
        changeable(tx, visitor, occasion_id)
    return item.id


def _done(
    request: Request,
    parts: Parts,
    visitor: Viewer,
    occasion_id: int,
    typed: Typed,
    act: Act,
) -> Response:
    """Do it in one transaction; what is refused is said beside its form."""
    try:
        with transaction(parts.database) as tx:
            act(tx, changeable(tx, visitor, occasion_id))
    except NotNowError as error:
        wrong = typed.refused(visitor, error.message_id, error.field, **error.facts)
        return shown(request, parts, visitor, occasion_id, wrong)
    except RotaError as error:
        wrong = typed.refused(visitor, error.message_id)
        return shown(request, parts, visitor, occasion_id, wrong)
    except NoSuchOccasionError:
        raise NotFoundError from None
    return go(request, f"/occasions/{occasion_id}#{typed.form}")


def _span(typed: Typed, visitor: Viewer) -> tuple[datetime, datetime]:
    zone = visitor.timezone
    return typed.instant("starts_at", zone), typed.instant("ends_at", zone)


def _whom(person: str) -> PersonId:
    who = cursor(person)
    if not who:
        raise NotNowError("occasion.refused.person", field="person")
    return PersonId(who)


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise NotNowError("occasion.refused.due_on", field="due_on") from None
