"""Which plan an order is called by, and who its targets are at this moment."""

from collections.abc import Iterable
from datetime import datetime

from operations import duty as duty_desk
from operations import occasions as occasion_desk
from rules import escalation_plans
from rules.escalation import Cast
from rules.escalation_plans import Plan
from rules.model import Layer, Person, PersonId, Severity, SiteId, WorkOrder
from rules.policy import Policy
from storage import escalations as plan_rows
from storage import people as people_rows
from storage import sites as site_rows
from storage.db import Tx
from storage.escalations import Kept


def bound(tx: Tx, site_id: SiteId, severity: Severity) -> Kept | None:
    """The plan as it stands now for what happens there; None: the company's own ladder."""
    site = site_rows.get(tx, site_id)
    contract_id = site.contract_id if site else None
    known = plan_rows.bindings(tx)
    binding = escalation_plans.chosen(known, site_id, contract_id, severity)
    return plan_rows.standing(tx, binding.plan_name) if binding else None


def own_plan(policy: Policy) -> Plan:
    """The company's own ladder."""
    return escalation_plans.default_plan(policy.ladder)


def plans_of(tx: Tx, order: WorkOrder, policy: Policy) -> tuple[Plan, Plan]:
    """The plan the order was opened with (edited since or not), and the company's own ladder."""
    own = own_plan(policy)
    kept = plan_rows.get(tx, order.escalation_id) if order.escalation_id else None
    return (kept.plan if kept else own), own


def cast(
    tx: Tx,
    plan: Plan,
    site_id: SiteId | None,
    now: datetime,
    *,
    receiver_id: PersonId | None = None,
) -> Cast:
    """Who is meant by the plan's targets now; who has left is nobody."""
    duty = duty_desk.on_duty(tx, now, site_id)
    layers = {layer: person for layer in Layer if (person := duty.of(layer))}
    return Cast(
        layers=layers,
        people=_present(tx, escalation_plans.people_of(plan)),
        guards=tuple(occasion_desk.guards_at(tx, site_id, now)) if site_id else (),
        receiver=people_rows.present(tx, receiver_id) if receiver_id else None,
        nobody_on_duty=duty.nobody_on_duty,
    )


def _present(tx: Tx, ids: Iterable[PersonId]) -> dict[PersonId, Person]:
    found = (people_rows.present(tx, one) for one in sorted(ids))
    return {person.id: person for person in found if person}
