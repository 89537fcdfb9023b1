"""What belongs to one event: guards on site, extra duty, and the list that prepares it (A08)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from operations import occasions as occasion_desk
from operations import preparations as preparation_desk
from operations import rota_preview as preview_desk
from operations.occasions import Extra, NoSuchOccasionError, Post
from operations.preparations import Item
from operations.refusals import NotNowError
from operations.rota import RotaError
from rules.model import Layer, PersonId, SiteId
from rules.occasions import Kind, Occasion
from rules.permits import Verb
from storage import occasions as occasion_rows
from storage.db import Tx, transaction
from web import rotas
from web.lists import cursor
from web.occasions import Typed, changeable, item_to, shown, sites_of
from web.pages.rota_overrides import EDIT, SAVE
from web.pages.sessions import Text
from web.wired import NotFoundError, RowId, Viewer, Visitor, Wired, go
from wiring.parts import Parts

router = APIRouter()

Act = Callable[[Tx, Occasion], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Somebody's change of one event."""

    request: Request
    parts: Parts
    visitor: Viewer
    occasion_id: int

    def answer(self, typed: Typed, act: Act) -> Response:
        """Do it in one transaction; what is refused is said beside its form.

        What `act` returns is shown, if it is a page.
        """
        try:
            with transaction(self.parts.database) as tx:
                done = act(tx, changeable(tx, self.visitor, self.occasion_id))
        except NotNowError as error:
            wrong = typed.refused(self.visitor, error.message_id, error.field, **error.facts)
        except RotaError as error:
            wrong = typed.refused(self.visitor, error.message_id)
        except NoSuchOccasionError:
            raise NotFoundError from None
        else:
            there = f"/occasions/{self.occasion_id}#{typed.form}"
            return done if isinstance(done, Response) else go(self.request, there)
        return shown(self.request, self.parts, self.visitor, self.occasion_id, wrong)


def _change(request: Request, parts: Wired, visitor: Visitor, occasion_id: RowId) -> Change:
    return Change(request=request, parts=parts, visitor=visitor, occasion_id=occasion_id)


def _stay(person: Text = "", starts_at: Text = "", ends_at: Text = "") -> Mapping[str, str]:
    """Who, from when to when: of a guard as of extra duty."""
    return {"person": person, "starts_at": starts_at, "ends_at": ends_at}


Stay = Annotated[Mapping[str, str], Depends(_stay)]


@router.post("/occasions/{occasion_id}/guards")
def post(change: Annotated[Change, Depends(_change)], stay: Stay, site: Text = "") -> Response:
    """Somebody stands by on site."""
    typed, visitor = Typed(form="guard", fields={"site": site, **stay}), change.visitor

    def act(tx: Tx, occasion: Occasion) -> None:
        here = {one.id for one in sites_of(tx, visitor, occasion)}
        if (where := cursor(site)) not in here:
            raise NotNowError("occasion.refused.sites", field="site")
        begins, ends = _span(typed, visitor)
        wanted = Post(
            site_id=SiteId(where or 0),
            person_id=_whom(stay["person"]),
            starts_at=begins,
            ends_at=ends,
        )
        occasion_desk.post_guard(tx, occasion.id, wanted, visitor.me.id, visitor.now)

    return change.answer(typed, act)


@router.post("/occasions/{occasion_id}/guards/{guard_id}/stand-down")
def stand_down(change: Annotated[Change, Depends(_change)], guard_id: RowId) -> Response:
    def act(tx: Tx, occasion: Occasion) -> None:
        guard = occasion_rows.get_guard(tx, guard_id)
        if guard is None or guard.occasion_id != occasion.id:
            raise NotFoundError
        occasion_desk.stand_down(tx, guard.id, change.visitor.me.id, change.visitor.now)

    return change.answer(Typed(form="guards"), act)


@router.post("/occasions/{occasion_id}/duty")
def put_on_duty(
    change: Annotated[Change, Depends(_change)], stay: Stay, layer: Text = "", step: Text = ""
) -> Response:
    """Extra duty: first what the rota would be; it is put on when `step` says so."""
    typed, visitor = Typed(form="duty", fields={"layer": layer, **stay}), change.visitor
    visitor.must(Verb.SET_ROTA)
    if step == EDIT:
        return shown(change.request, change.parts, visitor, change.occasion_id, typed)

    def act(tx: Tx, occasion: Occasion) -> Response | None:
        extra = _extra(typed, visitor)
        if step == SAVE:
            occasion_desk.put_on_duty(tx, occasion.id, extra, visitor.me.id, visitor.now)
            return None
        decided = occasion_desk.extra_duty(tx, occasion.id, extra, visitor.now)
        told = preview_desk.of_overrides(tx, [decided], change.parts.policy.rota, visitor.now)
        return rotas.preview_page(
            change.request,
            visitor,
            told,
            rotas.names(tx, visitor),
            kept=dict(typed.fields),
            save="occasion.add_duty_do",
        )

    return change.answer(typed, act)


@router.post("/occasions/{occasion_id}/duty/{override_id}/drop")
def drop_duty(change: Annotated[Change, Depends(_change)], override_id: RowId) -> Response:
    def act(tx: Tx, occasion: Occasion) -> None:
        by, now = change.visitor.me.id, change.visitor.now
        occasion_desk.drop_duty(tx, occasion.id, override_id, by, now)

    return change.answer(Typed(form="duties"), act)


@router.post("/occasions/{occasion_id}/items")
def prepare(
    change: Annotated[Change, Depends(_change)],
    kind: Text = "",
    text: Text = "",
    due_on: Text = "",
    person: Text = "",
) -> Response:
    """One more line on the preparation list."""
    fields = {"kind": kind, "text": text, "due_on": due_on, "person": person}

    def act(tx: Tx, occasion: Occasion) -> None:
        who = cursor(person)
        item = Item(
            kind=Kind(kind) if kind in set(Kind) else Kind.OTHER,
            text=text,
            due_on=_day(due_on),
            person_id=PersonId(who) if who else None,
        )
        by, now = change.visitor.me.id, change.visitor.now
        preparation_desk.prepare(tx, occasion.id, item, by, now)

    return change.answer(Typed(form="item", fields=fields), act)


@router.post("/occasions/{occasion_id}/items/{item_id}/{verb}")
def act_on(
    change: Annotated[Change, Depends(_change)], item_id: RowId, verb: str, remark: Text = ""
) -> Response:
    """`done` and `open` by whoever works for us, or must see to it; `strike` by the planners."""
    visitor, occasion_id = change.visitor, change.occasion_id
    visitor.must(Verb.SEE_ROTA)
    with transaction(change.parts.database) as tx:
        item = item_to(tx, visitor, occasion_id, item_id, verb)
        by, now = visitor.me.id, visitor.now
        if verb == "done":
            preparation_desk.tick_off(tx, item, remark, by, now)
        elif verb == "open":
            preparation_desk.take_back(tx, item, by, now)
        else:
            preparation_desk.strike(tx, item, by, now)
    return go(change.request, f"/occasions/{occasion_id}#items")


def _extra(typed: Typed, visitor: Viewer) -> Extra:
    layer = typed.fields["layer"]
    if layer not in set(Layer):
        raise NotNowError("occasion.refused.layer", field="layer")
    begins, ends = _span(typed, visitor)
    whom = _whom(typed.fields["person"])
    return Extra(layer=Layer(layer), person_id=whom, starts_at=begins, ends_at=ends)


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
