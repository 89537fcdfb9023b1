"""Plans of escalation: who is called when, for whom each plan holds, and what is wrong with it."""

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from operations import escalation_plans as plan_desk
from operations.refusals import NotNowError
from rules import escalation_plans as plan_rules
from rules.escalation_plans import Binding
from rules.model import ContractId, Layer, Severity, SiteId
from rules.permits import Verb
from storage import contracts as contract_rows
from storage import escalations as plan_rows
from storage import people as people_rows
from storage import sites as site_rows
from storage.db import Tx, reading, transaction
from storage.escalations import Kept
from web import escalations as forms
from web.escalations import Filled, Sent, Typed
from web.pages.sessions import Text
from web.wired import NotFoundError, RowId, Viewer, Visitor, Wired, go, page
from wiring.parts import Parts

router = APIRouter()

MOST_OFFERED = 500


@router.get("/escalations")
def plans(request: Request, parts: Wired, visitor: Visitor) -> Response:
    visitor.must(Verb.SEE_ESCALATION)
    channels = _channels(parts)
    with reading(parts.database) as tx:
        kept = plan_rows.all_standing(tx)
        bindings = _bound(tx, visitor, plan_rows.bindings(tx))
        wrong = {one.id: plan_desk.problems(tx, one.plan, channels, visitor.now) for one in kept}
        names = _names(tx)
    return page(
        request,
        visitor,
        "escalations/page.html",
        own=plan_rules.default_plan(parts.policy.ladder),
        plans=kept,
        used={one.name: [each for each in bindings if each["plan"] == one.name] for one in kept},
        wrong=wrong,
        names=names,
    )


@router.get("/escalations/new")
def new(request: Request, parts: Wired, visitor: Visitor) -> Response:
    """Begins as the company's own ladder is."""
    visitor.must(Verb.SET_ESCALATION)
    own = plan_rules.default_plan(parts.policy.ladder)
    return _form(request, parts, visitor, Filled(typed=forms.typed_of("", 0, own), more=1))


@router.post("/escalations/new")
def add(request: Request, parts: Wired, visitor: Visitor, sent: Sent) -> Response:
    visitor.must(Verb.SET_ESCALATION)
    return _saved(request, parts, visitor, sent, None)


@router.get("/escalations/{plan_id}")
def one(request: Request, parts: Wired, visitor: Visitor, plan_id: RowId) -> Response:
    visitor.must(Verb.SEE_ESCALATION)
    return _one(request, parts, visitor, plan_id)


@router.get("/escalations/{plan_id}/edit")
def edit(request: Request, parts: Wired, visitor: Visitor, plan_id: RowId) -> Response:
    visitor.must(Verb.SET_ESCALATION)
    with reading(parts.database) as tx:
        kept = _standing(tx, plan_id)
    typed = forms.typed_of(kept.name, kept.version, kept.plan)
    return _form(request, parts, visitor, Filled(typed=typed, more=1), kept)


@router.post("/escalations/{plan_id}/edit")
def change(
    request: Request, parts: Wired, visitor: Visitor, plan_id: RowId, sent: Sent
) -> Response:
    """The next version; what runs goes on by its own."""
    visitor.must(Verb.SET_ESCALATION)
    with reading(parts.database) as tx:
        kept = _standing(tx, plan_id)
    return _saved(request, parts, visitor, sent.model_copy(update={"name": kept.name}), kept)


@router.post("/escalations/{plan_id}/retire")
def retire(request: Request, parts: Wired, visitor: Visitor, plan_id: RowId) -> Response:
    visitor.must(Verb.SET_ESCALATION)
    with transaction(parts.database) as tx:
        kept = _get(tx, plan_id)
        plan_desk.retire(tx, kept.name, by=visitor.me.id, now=visitor.now)
    return go(request, "/escalations")


@router.post("/escalations/{plan_id}/bind")
def bind(  # noqa: PLR0913, PLR0917 - a form's fields
    request: Request,
    parts: Wired,
    visitor: Visitor,
    plan_id: RowId,
    site: Text = "",
    contract: Text = "",
    severity: Text = "",
) -> Response:
    """From the next fault on."""
    visitor.must(Verb.SET_ESCALATION)
    typed = {"site": site, "contract": contract, "severity": severity}
    try:
        with transaction(parts.database) as tx:
            kept = _standing(tx, plan_id)
            wish = _binding(tx, kept.name, typed)
            plan_desk.bind(tx, wish, by=visitor.me.id, now=visitor.now)
    except NotNowError as error:
        said = visitor.say(error.message_id, **error.facts)
        return _one(request, parts, visitor, plan_id, typed=typed, wrong={error.field: said})
    return go(request, f"/escalations/{plan_id}#who")


@router.post("/escalations/bindings/{binding_id}/remove")
def unbind(request: Request, parts: Wired, visitor: Visitor, binding_id: RowId) -> Response:
    """Removed before by another is no mistake."""
    visitor.must(Verb.SET_ESCALATION)
    with transaction(parts.database) as tx:
        known = plan_desk.unbind(tx, binding_id, by=visitor.me.id, now=visitor.now)
        kept = plan_rows.standing(tx, known.plan_name) if known else None
    return go(request, f"/escalations/{kept.id}#who" if kept else "/escalations")


def _saved(
    request: Request, parts: Parts, visitor: Viewer, sent: Typed, kept: Kept | None
) -> Response:
    if sent.do == "more":
        return _form(request, parts, visitor, Filled(typed=sent, more=1), kept)
    seen = int(sent.seen) if sent.seen.isdecimal() and len(sent.seen) < 10 else None  # noqa: PLR2004
    try:
        plan = forms.plan_in(sent)
        with transaction(parts.database) as tx:
            made = plan_desk.save(tx, sent.name, plan, by=visitor.me.id, now=visitor.now, seen=seen)
    except NotNowError as error:
        wrong = {error.field: visitor.say(error.message_id, **error.facts)}
        return _form(request, parts, visitor, Filled(typed=sent, wrong=wrong), kept)
    return go(request, f"/escalations/{made.id}")


def _form(
    request: Request, parts: Parts, visitor: Viewer, filled: Filled, kept: Kept | None = None
) -> Response:
    with reading(parts.database) as tx:
        staff = people_rows.all_staff(tx)
    return page(
        request,
        visitor,
        "escalations/form.html",
        status=422 if filled.wrong else 200,
        filled=filled,
        kept=kept,
        staff=staff,
        layers=list(Layer),
        channels=sorted(_channels(parts)),
        most=plan_rules.MOST_STEPS,
        named=forms.PEOPLE_PER_STEP,
    )


def _one(
    request: Request,
    parts: Parts,
    visitor: Viewer,
    plan_id: int,
    *,
    typed: dict[str, str] | None = None,
    wrong: dict[str, str] | None = None,
) -> Response:
    with reading(parts.database) as tx:
        kept = _get(tx, plan_id)
        latest = plan_rows.standing(tx, kept.name)
        bindings = _bound(tx, visitor, plan_desk.used_by(tx, kept.name))
        problems = plan_desk.problems(tx, kept.plan, _channels(parts), visitor.now)
        history = plan_rows.versions(tx, kept.name)
        names = _names(tx)
        sites = site_rows.all_sites(tx)[:MOST_OFFERED]
        contracts = contract_rows.all_contracts(tx)[:MOST_OFFERED]
    return page(
        request,
        visitor,
        "escalations/one.html",
        status=422 if wrong else 200,
        kept=kept,
        stands=latest is not None and latest.id == kept.id,
        latest=latest,
        bindings=bindings,
        problems=problems,
        history=history,
        names=names,
        sites=sites,
        contracts=contracts,
        severities=list(Severity),
        typed=typed or {},
        wrong=wrong or {},
    )


def _get(tx: Tx, plan_id: int) -> Kept:
    kept = plan_rows.get(tx, plan_id)
    if kept is None:
        raise NotFoundError
    return kept


def _standing(tx: Tx, plan_id: int) -> Kept:
    """The version of that name that stands; an old form is told by the version it saw."""
    kept = plan_rows.standing(tx, _get(tx, plan_id).name)
    if kept is None:
        raise NotFoundError
    return kept


def _binding(tx: Tx, name: str, typed: dict[str, str]) -> Binding:
    """By code and number, as people know them. Raises `NotNowError`."""
    site = site_rows.by_code(tx, typed["site"].strip()) if typed["site"].strip() else None
    number = typed["contract"].strip()
    contract = contract_rows.by_number(tx, number) if number else None
    if typed["site"].strip() and site is None:
        raise NotNowError("escalations.unfit.site", field="site")
    if number and contract is None:
        raise NotNowError("escalations.unfit.contract", field="contract")
    wanted = typed["severity"]
    return Binding(
        plan_name=name,
        site_id=SiteId(site.id) if site else None,
        contract_id=ContractId(contract.id) if contract else None,
        severity=Severity(wanted) if wanted in set(Severity) else None,
    )


def _bound(tx: Tx, visitor: Viewer, bindings: Sequence[Binding]) -> list[dict[str, object]]:
    """For whom, in words; of sites only those the viewer may know of."""
    shown = []
    for one in bindings:
        site = site_rows.get(tx, one.site_id) if one.site_id else None
        contract = contract_rows.get(tx, one.contract_id) if one.contract_id else None
        if site is None or visitor.may(Verb.SEE_SITE, site.id, site.customer_id):
            line = {"id": one.id, "plan": one.plan_name, "site": site, "contract": contract}
            shown.append({**line, "severity": one.severity})
    return shown


def _names(tx: Tx) -> dict[int, str]:
    return {person.id: person.name for person in people_rows.everyone(tx)}


def _channels(parts: Parts) -> set[str]:
    return {one.name for one in parts.settings.channel if not one.group}
