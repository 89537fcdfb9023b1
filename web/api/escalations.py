"""Plans of escalation, for whom each holds, and how an order is being called."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from operations import escalations as escalation_desk
from rules.escalation_plans import Binding, Plan
from rules.model import OrderId, PersonId, Severity
from rules.permits import Verb
from storage import contracts as contract_rows
from storage import deadlines
from storage import escalations as plan_rows
from storage import sites as site_rows
from storage.db import Tx, reading
from storage.deadlines import Kind
from storage.escalations import Kept
from storage.views import names
from web.api.asked import Id
from web.api.callers import Caller, OrderReader, RotaReader
from web.api.work_orders import seen
from web.wired import Wired

router = APIRouter(tags=["escalation"])


class PlanStep(BaseModel):
    """`call`: layers, `receiver`, or codes of people; no `channels`: all they have."""

    after_s: float
    call: list[str]
    channels: list[str]


class Escalation(BaseModel):
    """Rounds of `loop_s`; after `loops` of them (0: never) the company's own ladder goes on.

    `name` null: this is the company's own ladder.
    """

    name: str | None
    version: int | None
    steps: list[PlanStep]
    loop_s: float
    loops: int


class Holding(BaseModel):
    """A code and a number; null: for all."""

    site: str | None
    contract: str | None
    severity: Severity | None


class Listed(Escalation):
    holds_for: list[Holding]


class Escalations(BaseModel):
    own: Escalation
    items: list[Listed]


class Called(BaseModel):
    """`answered`: somebody has it; `stalled_at`: since then others are called all the same."""

    plan: Escalation
    pages_made: int
    answered: bool
    stalled_at: datetime | None
    next_call_at: datetime | None


@router.get("/escalations")
def plans(parts: Wired, caller: RotaReader) -> Escalations:
    caller.must(Verb.SEE_ESCALATION)
    with reading(parts.database) as tx:
        own = escalation_desk.own_plan(parts.policy)
        bindings = plan_rows.bindings(tx)
        items = [_listed(tx, caller, kept, bindings) for kept in plan_rows.all_standing(tx)]
        return Escalations(own=_escalation(tx, None, own), items=items)


@router.get("/work-orders/{order_id}/escalation")
def of_order(parts: Wired, caller: OrderReader, order_id: Id) -> Called:
    """By the version it was opened with, whatever was changed since."""
    with reading(parts.database) as tx:
        order = seen(tx, caller, OrderId(int(order_id))).order
        caller.must(Verb.SEE_ESCALATION, order.site_id)
        kept = plan_rows.get(tx, order.escalation_id) if order.escalation_id else None
        plan, _ = escalation_desk.plans_of(tx, order, parts.policy)
        promise = deadlines.find(tx, Kind.LADDER, "order", order.id)
        return Called(
            plan=_escalation(tx, kept, plan),
            pages_made=order.pages_made,
            answered=order.answered,
            stalled_at=order.stalled_at,
            next_call_at=promise.promised_at if promise else None,
        )


def _listed(tx: Tx, caller: Caller, kept: Kept, bindings: list[Binding]) -> Listed:
    mine = [one for one in bindings if one.plan_name == kept.name]
    holding = [found for one in mine if (found := _holding(tx, caller, one))]
    return Listed(**_escalation(tx, kept, kept.plan).model_dump(), holds_for=holding)


def _holding(tx: Tx, caller: Caller, one: Binding) -> Holding | None:
    """None where the caller may not know of the site."""
    site = site_rows.get(tx, one.site_id) if one.site_id else None
    contract = contract_rows.get(tx, one.contract_id) if one.contract_id else None
    if site and not caller.may(Verb.SEE_SITE, site.id, site.customer_id):
        return None
    return Holding(
        site=site.code if site else None,
        contract=contract.number if contract else None,
        severity=one.severity,
    )


def _escalation(tx: Tx, kept: Kept | None, plan: Plan) -> Escalation:
    people = [PersonId(t) for step in plan.steps for t in step.targets if isinstance(t, int)]
    codes = names.codes_of_people(tx, people)
    return Escalation(
        name=kept.name if kept else None,
        version=kept.version if kept else None,
        steps=[
            PlanStep(
                after_s=step.after_s,
                call=[codes.get(t, "") if isinstance(t, int) else str(t) for t in step.targets],
                channels=list(step.channels),
            )
            for step in plan.steps
        ],
        loop_s=plan.loop_s,
        loops=plan.loops,
    )
