"""A page of an order: whom the plan means at this moment, on what, and what is noted of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from operations import escalations as escalation_desk
from operations import notes, notices
from rules import escalation, escalation_plans
from rules.escalation import Call, Cast, Page, Why
from rules.escalation_plans import Plan
from rules.model import Person, PersonId, WorkOrder
from rules.policy import Policy
from storage import deadlines
from storage import work_orders as order_rows
from storage.db import Tx
from storage.deadlines import Kind


def call(  # noqa: PLR0913 - whom, why and when
    tx: Tx,
    order: WorkOrder,
    plan: Plan,
    calls: Sequence[Call],
    why: Why,
    now: datetime,
    *,
    but: PersonId | None = None,
) -> list[Page]:
    """Page them, but not that person; whoever took it and did not set out is named instead."""
    cast = _cast(tx, order, plan, now)
    idle = cast.receiver if order.stalled_at else None
    taken = {"taken_by": idle.name} if idle else {}
    rung = _rung(order, plan, why, now)
    paged = escalation.pages(calls, plan, cast, but=idle.id if idle else but)
    for number, page in enumerate(paged, order.pages_made + 1):
        facts = {"layer": page.place, "why": why, "nobody_on_duty": cast.nobody_on_duty, **taken}
        facts |= rung
        on_these = replace(page.person, channels=page.addresses)
        new = notices.tell(
            tx,
            on_these,
            "page",
            key=f"order:{order.id}:page:{number}",
            severity=order.severity,
            order=order,
            facts=facts,
            now=now,
        )
        note(tx, order, "paged", page.person, {**facts, "channels": new, "page": number}, now)
    return paged


def _rung(order: WorkOrder, plan: Plan, why: Why, now: datetime) -> dict[str, int]:
    """By which plan and at which step of it; nothing for a call that is no step's.

    Round and step are 0 when the plan's rounds are over, and our own ladder goes on.
    """
    begins = {Why.NEW_FAULT: now, Why.WORSE: now, Why.NOBODY_ANSWERED: order.ladder_started_at}
    started_at = begins.get(why)
    if started_at is None:
        return {}
    rung = escalation_plans.rung_at(plan, started_at, now)
    return {
        "plan_id": order.escalation_id or 0,
        "round": rung.round if rung else 0,
        "rung": rung.step if rung else 0,
    }


def hand_on(
    tx: Tx, order: WorkOrder, but: PersonId, why: Why, policy: Policy, now: datetime
) -> list[Page]:
    """The next one who is not that person is called at once, and the ladder goes on."""
    plan, own = escalation_desk.plans_of(tx, order, policy)
    cast = _cast(tx, order, plan, now)
    others = escalation.next_other(plan, cast, but)
    paged = call(tx, order, plan, others, why, now, but=but)
    order_rows.change(tx, order.id, pages_made=order.pages_made + len(paged))
    again_at = escalation.next_rung(order.ladder_started_at or now, plan, own, now)
    deadlines.put(tx, Kind.LADDER, "order", order.id, again_at)
    return paged


def note(
    tx: Tx, order: WorkOrder, verb: str, person: Person, facts: dict[str, Any], now: datetime
) -> None:
    told = {"person": person.name, "person_id": person.id, **facts}
    notes.of_the_clock(tx, order, verb, told, now)


def _cast(tx: Tx, order: WorkOrder, plan: Plan, now: datetime) -> Cast:
    receiver_id = order.holder_id or order.first_paged_id
    return escalation_desk.cast(tx, plan, order.site_id, now, receiver_id=receiver_id)
