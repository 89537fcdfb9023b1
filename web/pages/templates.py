"""What customers are told (C14): the words, language by language, and each contract's wishes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Request, Response
from pydantic import AfterValidator

import words
from operations import tellings as telling_desk
from operations import templates as template_desk
from operations.imports import Kind
from operations.refusals import NotNowError
from rules import tellings as rules
from rules.assets import Contract
from rules.model import ContractId, WorkOrder
from rules.permits import Verb
from rules.tellings import Audience, Step, Template, Wishes
from storage import company, journal
from storage import contracts as contract_rows
from storage import customers as customer_rows
from storage import people as people_rows
from storage import sites as site_rows
from storage import tellings as telling_rows
from storage import work_orders as order_rows
from storage.db import Tx, reading, transaction
from storage.views import orders as order_view
from web import nouns
from web.lists import asked
from web.pages.sessions import Text, without_nul
from web.wired import NotFoundError, RowId, Viewer, Visitor, Wired, go, page
from wiring.parts import Parts

router = APIRouter()

Language = Literal["zh", "en"]
Long = Annotated[str, Form(max_length=2 * rules.LONGEST_BODY), AfterValidator(without_nul)]
Ticks = Annotated[list[str], Form()]
HISTORY, SITES, ORDERS = 20, 100, 12
DONE = ("saved", "reset")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text as it stands in the form, for which order it is shown, and what is wrong with it."""

    written: Template
    order: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict)


def _typed(subject: Text = "", body: Long = "", order: Text = "") -> Draft:
    return Draft(written=Template(subject=subject, body=body), order=asked(order))


Typed = Annotated[Draft, Depends(_typed)]


@router.get("/templates")
def templates(request: Request, parts: Wired, visitor: Visitor) -> Response:
    visitor.must(Verb.SEE_TEMPLATES)
    with reading(parts.database) as tx:
        own = telling_rows.own_templates(tx)
        subjects = {
            (step, language): telling_desk.template(tx, step, language).subject
            for step in Step
            for language in words.LANGUAGES
        }
    return page(
        request,
        visitor,
        "templates/page.html",
        steps=list(Step),
        languages=words.LANGUAGES,
        own=own,
        subjects=subjects,
        usual=rules.USUAL,
    )


@router.get("/templates/{telling}/{language}")
def one(  # noqa: PLR0913, PLR0917 - which text, and for which order it is shown
    request: Request,
    parts: Wired,
    visitor: Visitor,
    telling: Step,
    language: Language,
    order: str = "",
    done: str = "",
) -> Response:
    visitor.must(Verb.SEE_TEMPLATES)
    with reading(parts.database) as tx:
        written = telling_desk.template(tx, telling, language)
    draft = Draft(written=written, order=asked(order))
    return _one(request, parts, visitor, telling, language, draft, done=done)


@router.post("/templates/{telling}/{language}")
def save(
    request: Request,
    parts: Wired,
    visitor: Visitor,
    telling: Step,
    language: Language,
    draft: Typed,
) -> Response:
    """From the next step on; nothing that was told already changes."""
    visitor.must(Verb.SET_TEMPLATES)
    try:
        with transaction(parts.database) as tx:
            template_desk.save(tx, telling, language, draft.written, visitor.me.id, visitor.now)
    except NotNowError as error:
        wrong = {error.field: visitor.say(error.message_id, **error.facts)}
        refused = replace(draft, wrong=wrong)
        return _one(request, parts, visitor, telling, language, refused)
    return go(request, f"/templates/{telling}/{language}?done=saved")


@router.post("/templates/{telling}/{language}/preview")
def preview(
    request: Request,
    parts: Wired,
    visitor: Visitor,
    telling: Step,
    language: Language,
    draft: Typed,
) -> Response:
    """The letter as it would be; nothing is kept."""
    visitor.must(Verb.SET_TEMPLATES)
    with reading(parts.database) as tx:
        shown = _shown(tx, visitor, telling, language, draft)
    return page(request, visitor, "templates/preview.html", language=language, **shown)


@router.post("/templates/{telling}/{language}/reset")
def reset(
    request: Request, parts: Wired, visitor: Visitor, telling: Step, language: Language
) -> Response:
    visitor.must(Verb.SET_TEMPLATES)
    with transaction(parts.database) as tx:
        template_desk.reset(tx, telling, language, visitor.me.id, visitor.now)
    return go(request, f"/templates/{telling}/{language}?done=reset")


@router.get("/tellings/{contract_id}")
def wishes(
    request: Request, parts: Wired, visitor: Visitor, contract_id: RowId, done: str = ""
) -> Response:
    """Which steps this contract's customer hears of, and who reads them."""
    visitor.must(Verb.KEEP_CONTRACTS)
    with reading(parts.database) as tx:
        contract = _contract(tx, visitor, contract_id)
        customer = customer_rows.get(tx, contract.customer_id)
        sites = site_rows.of_customer(tx, contract.customer_id)[:SITES]
        mine = [one for one in sites if one.contract_id == contract.id and not one.archived_at]
        readers = {
            one.id: telling_desk.audience(tx, one, customer) if customer else Audience()
            for one in mine
        }
        wished = telling_rows.wishes(tx, contract.id)
    return page(
        request,
        visitor,
        "templates/contract.html",
        contract=contract,
        customer=customer,
        sites=mine,
        readers=readers,
        unheard=sum(one.unheard is not None for one in readers.values()),
        steps=list(Step),
        wished=wished,
        done=done == DONE[0],
    )


@router.post("/tellings/{contract_id}")
def wish(  # noqa: PLR0913, PLR0917 - a form's fields
    request: Request,
    parts: Wired,
    visitor: Visitor,
    contract_id: RowId,
    step: Ticks = [],  # noqa: B006 - the framework copies it
    nights: Text = "",
    names: Text = "",
) -> Response:
    visitor.must(Verb.KEEP_CONTRACTS)
    facts = {"steps": step, "nights": nights, "names": names}
    wished: Wishes = rules.wishes_in(facts)
    with transaction(parts.database) as tx:
        contract = _contract(tx, visitor, contract_id)
        template_desk.set_wishes(tx, contract.id, wished, visitor.me.id, visitor.now)
    return go(request, f"/tellings/{contract_id}?done=saved")


def _one(  # noqa: PLR0913 - who asks, which text, as it stands in the form
    request: Request,
    parts: Parts,
    visitor: Viewer,
    step: Step,
    language: str,
    draft: Draft,
    *,
    done: str = "",
) -> Response:
    with reading(parts.database) as tx:
        shown = _shown(tx, visitor, step, language, draft)
        own = telling_rows.template(tx, step, language) is not None
        entries = journal.of_record(tx, template_desk.record(step, language), limit=HISTORY)
        people = {person.id: person.name for person in people_rows.everyone(tx)}
        found = order_view.listed(tx, order_view.Wanted(reach=visitor.reach), limit=ORDERS)
    return page(
        request,
        visitor,
        "templates/one.html",
        status=422 if draft.wrong else 200,
        step=step,
        language=language,
        draft=draft,
        own=own,
        ours=telling_desk.ours(step, language),
        blanks=rules.accepted(step),
        history=entries,
        people=people,
        orders=[line.order for line in found.rows],
        done=done if done in DONE else "",
        **shown,
    )


def _shown(tx: Tx, visitor: Viewer, step: Step, language: str, draft: Draft) -> dict[str, Any]:
    """The letter filled in: from the order of that number, else from a made-up one.

    What is no placeholder stays as it was typed, and it is said what is wrong with it.
    """
    number, written = draft.order, draft.written
    order = _order(tx, visitor, number) if number else None
    about = telling_desk.about_order(tx, order) if order else None
    values = telling_desk.values(tx, language, about) if about else _sample(tx, step, language)
    strange = rules.unknown(f"{written.subject}\n{written.body}", step)
    values |= {name: "{" + name + "}" for name in strange}
    return {
        "letter": telling_desk.filled(written, values),
        "unfit": "" if draft.wrong else _unfit(visitor, step, language, written),
        "real": order,
        "asked_for": number,
    }


def _unfit(visitor: Viewer, step: Step, language: str, written: Template) -> str:
    """What would be said of it if it were saved; empty where nothing is wrong."""
    try:
        template_desk.check(step, language, written)
    except NotNowError as error:
        return visitor.say(error.message_id, **error.facts)
    return ""


def _sample(tx: Tx, step: Step, language: str) -> dict[str, str]:
    """A made-up order of a made-up customer; who we are is known."""
    made_up = {
        name: words.say(language, f"templates.sample.{name}") for name in rules.accepted(step)
    }
    ours = company.fact(tx, "name")
    return made_up | ({"company": ours} if ours else {})


def _order(tx: Tx, visitor: Viewer, number: str) -> WorkOrder | None:
    order = order_rows.by_number(tx, number)
    site = site_rows.get(tx, order.site_id) if order else None
    if order is None or site is None:
        return None
    return order if visitor.may(Verb.SEE_ORDER, site.id, site.customer_id) else None


def _contract(tx: Tx, visitor: Viewer, contract_id: int) -> Contract:
    """If it is this viewer's to keep."""
    nouns.must_keep(tx, visitor, Kind.CONTRACTS)
    contract = contract_rows.get(tx, ContractId(contract_id))
    if contract is None:
        raise NotFoundError
    return contract
