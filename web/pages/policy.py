"""The rules' figures: what holds, what will hold from when, who changed it and why (A18)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import APIRouter, Request, Response

from operations import policy as policy_desk
from operations.policy import Proposal, RefusedError, Standing
from rules import figures as figure_rules
from rules.permits import Verb
from storage import people as people_rows
from storage import policy as policy_rows
from storage.db import reading, transaction
from web.figures import GROUPS, Spoken, instant_of, local_form
from web.lists import cursor
from web.pages.sessions import Text
from web.wired import NotFoundError, RowId, Viewer, Visitor, Wired, go, page
from wiring.parts import Parts

router = APIRouter()

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The form as it was sent; `wrong` holds a sentence a field."""

    value: str = ""
    why: str = ""
    when: str = "now"
    at: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict)


@router.get("/policy")
def figures(
    request: Request,
    parts: Wired,
    visitor: Visitor,
    q: str = "",
    group: str = "",
    changed: str = "",
) -> Response:
    """All figures by group; `changed` shows only those that differ from the settings."""
    visitor.must(Verb.SEE_POLICY)
    with reading(parts.database) as tx:
        every = policy_desk.standings(tx, parts.figures.base, visitor.now)
    spoken = Spoken(visitor)
    words, wanted = q[:LONGEST_NAME].strip(), group if group in GROUPS else ""
    shown = [
        one
        for one in every
        if (not wanted or one.figure.group == wanted)
        and (not changed or one.changed or one.coming)
        and _holds(spoken, one, words)
    ]
    return page(
        request,
        visitor,
        "policy/page.html",
        groups=[(name, here) for name in GROUPS if (here := _of(shown, name))],
        every_group=[name for name in GROUPS if _of(every, name)],
        moved=sum(1 for one in every if one.changed or one.coming),
        coming=sorted(
            (change for one in every for change in one.coming), key=lambda one: one.effective_from
        ),
        count=len(shown),
        spoken=spoken,
        words=words,
        group=wanted,
        only_changed=bool(changed),
        origins=lambda one: _origin(one, parts),
    )


@router.get("/policy/{name}")
def figure(request: Request, parts: Wired, visitor: Visitor, name: str) -> Response:
    """One figure with its history, and the form that changes it."""
    visitor.must(Verb.SEE_POLICY)
    return _figure(request, parts, visitor, name, None)


@router.post("/policy/{name}")
def change(  # noqa: PLR0913, PLR0917 - a form's fields
    request: Request,
    parts: Wired,
    visitor: Visitor,
    name: str,
    value: Text = "",
    why: Text = "",
    when: Text = "now",
    at: Text = "",
    seen: Text = "",
    back: Text = "",
) -> Response:
    """Written down with who and why; every process takes it up at its instant."""
    visitor.must(Verb.SET_POLICY)
    moment = instant_of(at, visitor.timezone) if when == "later" else None
    typed = Typed(value=value, why=why, when=when, at=at)
    if when == "later" and moment is None:
        wrong = {"at": visitor.say("policy.unfit.moment")}
        return _figure(request, parts, visitor, name, _with(typed, wrong))
    said = Proposal(
        name=name,
        typed=value,
        why=why,
        effective_from=moment,
        seen=cursor(seen) or 0,
        as_settings=bool(back),
    )
    try:
        with transaction(parts.database) as tx:
            base, by = parts.figures.base, visitor.me.id
            policy_desk.change(tx, said, base, by=by, now=visitor.now)
    except KeyError as error:
        raise NotFoundError from error
    except RefusedError as error:
        told = {each: visitor.say(one.id, **one.facts) for each, one in error.wrong.items()}
        return _figure(request, parts, visitor, name, _with(typed, told))
    parts.figures.read(parts.database)
    return go(request, f"/policy/{name}")


@router.post("/policy/changes/{change_id}/withdraw")
def withdraw(request: Request, parts: Wired, visitor: Visitor, change_id: RowId) -> Response:
    """Only what is not yet in force; otherwise the page shows what is."""
    visitor.must(Verb.SET_POLICY)
    with transaction(parts.database) as tx:
        known = policy_rows.get(tx, change_id)
        policy_desk.withdraw(tx, change_id, by=visitor.me.id, now=visitor.now)
    if known is None:
        raise NotFoundError
    parts.figures.read(parts.database)
    return go(request, f"/policy/{known.name}")


def _figure(
    request: Request, parts: Parts, visitor: Viewer, name: str, typed: Typed | None
) -> Response:
    with reading(parts.database) as tx:
        found = policy_desk.standing(tx, name[:LONGEST_NAME], parts.figures.base, visitor.now)
        if found is None:
            raise NotFoundError
        history = policy_rows.of_name(tx, name)
        people = {one.id: one.name for one in people_rows.everyone(tx)}
    spoken = Spoken(visitor)
    now = local_form(visitor.now, visitor.timezone)
    fresh = Typed(value=spoken.typed(found.value), at=now)
    return page(
        request,
        visitor,
        "policy/figure.html",
        status=422 if typed and typed.wrong else 200,
        one=found,
        history=history,
        people=people,
        spoken=spoken,
        typed=typed or fresh,
        origin=_origin(found, parts),
        keeps=found.figure.group in {"zone_hours", "ladder"},
    )


def _origin(found: Standing, parts: Parts) -> str:
    """Where the figure in force comes from: the word's message id."""
    if found.changed:
        return "policy.origin.browser"
    if found.settings == found.figure.default:
        return "policy.origin.default"
    if found.settings != _of_settings(found, parts):
        return "policy.origin.company"
    return "policy.origin.settings"


def _of_settings(found: Standing, parts: Parts) -> figure_rules.Value:
    return figure_rules.value_of(parts.settings.policy, found.figure.name)


def _with(typed: Typed, wrong: Mapping[str, str]) -> Typed:
    return Typed(value=typed.value, why=typed.why, when=typed.when, at=typed.at, wrong=wrong)


def _holds(spoken: Spoken, one: Standing, words: str) -> bool:
    said = f"{one.figure.name} {spoken.name(one.figure)} {spoken.what_for(one.figure)}"
    return words.casefold() in said.casefold()


def _of(shown: list[Standing], group: str) -> list[Standing]:
    return [one for one in shown if one.figure.group == group]
