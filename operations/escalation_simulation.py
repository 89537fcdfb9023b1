"""A fault as it might be, on the rota as it stands: who would get what when (A02, A03, E03)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from operations import duty as duty_desk
from operations import escalations as escalation_desk
from operations import new_orders
from operations import site_access as access_desk
from rules import escalation_plans, escalation_simulation
from rules.assets import Site
from rules.escalation import Cast
from rules.escalation_plans import Plan
from rules.escalation_simulation import Course, Scene
from rules.model import ClockSource, FaultId, OrderId, PersonId, Severity, WorkOrder
from rules.policy import Policy
from storage import escalations as plan_rows
from storage.db import Tx
from storage.escalations import Kept

SHOWN = timedelta(minutes=5)  # beyond the deadline, so that its last warning is seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`taken_after_s`: the first one paged takes it then and never sets out; None: nobody answers.

    `plan_id`: a version to be tried whether it holds there or not.
    """

    site: Site
    severity: Severity
    source: ClockSource
    at: datetime
    taken_after_s: float | None = None
    plan_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`kept` None: by the company's own ladder. The order's `on_site_rule` says why by then."""

    question: Question
    kept: Kept | None
    course: Course


def ask(tx: Tx, question: Question, policy: Policy) -> Answer:
    """Nothing is written, and nobody is told."""
    kept = _plan(tx, question)
    own = escalation_plans.default_plan(policy.ladder)
    plan = kept.plan if kept else own
    order = _order(tx, question, policy)
    scene = Scene(
        order=order,
        plan=plan,
        own=own,
        policy=policy,
        cast_at=_Casting(tx, plan, question.site),
        timezone=duty_desk.timezone(tx),
        way=access_desk.way(tx, order, policy),
        taken_after_s=question.taken_after_s,
    )
    course = escalation_simulation.run(scene, order.on_site_by + SHOWN)
    return Answer(question=question, kept=kept, course=course)


class _Casting:
    """Who is meant when, asked of the rota; each instant once."""

    def __init__(self, tx: Tx, plan: Plan, site: Site) -> None:
        self._tx, self._plan, self._site = tx, plan, site
        self._known: dict[tuple[datetime, PersonId | None], Cast] = {}

    def __call__(self, at: datetime, receiver_id: PersonId | None) -> Cast:
        key = at, receiver_id
        if key not in self._known:
            self._known[key] = escalation_desk.cast(
                self._tx, self._plan, self._site.id, at, receiver_id=receiver_id
            )
        return self._known[key]


def _plan(tx: Tx, question: Question) -> Kept | None:
    if question.plan_id is not None:
        return plan_rows.get(tx, question.plan_id)
    return escalation_desk.bound(tx, question.site.id, question.severity)


def _order(tx: Tx, question: Question, policy: Policy) -> WorkOrder:
    """As it would be frozen; a customer's notice starts the same clock (A03)."""
    site, at = question.site, question.at
    promise = new_orders.promised(tx, site, at, question.source, policy)
    return WorkOrder(
        id=OrderId(0),
        number="",
        site_id=site.id,
        root_fault_id=FaultId(0),
        severity=question.severity,
        opened_at=at,
        clock_started_at=at,
        clock_source=question.source,
        zone=promise.zone,
        on_site_hours=promise.hours,
        on_site_rule=promise.rule,
        on_site_by=promise.by,
    )
