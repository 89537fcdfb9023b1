"""A02: page and tell the head at the same moment, again and higher until somebody answers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from operations import duty as duty_desk
from operations import escalations as escalation_desk
from operations import notices, paging
from operations import policy as policy_desk
from operations.duty import OnDuty
from rules import escalation
from rules.escalation import Page, Tries, Why
from rules.model import OrderId, Person, PersonId, Severity, WorkOrder
from rules.policy import Policy
from storage import attempts, deadlines, outbox
from storage import people as people_rows
from storage import work_orders as order_rows
from storage.db import Tx
from storage.deadlines import Kind


def start(tx: Tx, order: WorkOrder, policy: Policy, now: datetime) -> WorkOrder:
    """The first moment, in the transaction that opens the order; returns it as it is then."""
    kept = escalation_desk.bound(tx, order.site_id, order.severity)
    order = order_rows.change(tx, order.id, escalation_id=kept.id if kept else None)
    plan, own = escalation_desk.plans_of(tx, order, policy)
    duty = duty_desk.on_duty(tx, now, order.site_id)
    paged = paging.call(tx, order, plan, escalation.first_calls(plan), Why.NEW_FAULT, now)
    _tell_head(tx, order, duty, paged, now)
    order = order_rows.change(
        tx,
        order.id,
        ladder_started_at=now,
        first_paged_id=paged[0].person.id if paged else None,
        head_id=duty.head.id if duty.head else None,
        head_informed_at=now if duty.head else None,
        pages_made=len(paged),
    )
    again_at = escalation.next_rung(now, plan, own, now)
    deadlines.put(tx, Kind.LADDER, "order", order.id, again_at)
    silent_at = now + timedelta(seconds=policy.ladder.head_silent_s)
    deadlines.put(tx, Kind.HEAD, "order", order.id, silent_at)
    return order


def worse(tx: Tx, order: WorkOrder, policy: Policy, now: datetime) -> None:
    """It is worse than it was opened as: where another plan holds for that, it begins at once.

    What waits to be told goes before what is less urgent, and into no letter of several (D05).
    """
    outbox.hasten(tx, order.id, ("page", "report", "go"), order.severity)
    kept = escalation_desk.bound(tx, order.site_id, order.severity)
    if order.answered or (kept.id if kept else None) == order.escalation_id:
        return
    order = order_rows.change(
        tx, order.id, escalation_id=kept.id if kept else None, ladder_started_at=now
    )
    plan, own = escalation_desk.plans_of(tx, order, policy)
    paged = paging.call(tx, order, plan, escalation.first_calls(plan), Why.WORSE, now)
    order_rows.change(tx, order.id, pages_made=order.pages_made + len(paged))
    again_at = escalation.next_rung(now, plan, own, now)
    deadlines.put(tx, Kind.LADDER, "order", order.id, again_at)


def found_on_site(tx: Tx, order: WorkOrder, by: PersonId, now: datetime) -> WorkOrder:
    """Whoever found it stands before it and has it: nobody is paged.

    The head is told of anything worse than minor; nobody waits for his answer.
    """
    order = order_rows.change(
        tx,
        order.id,
        **dict.fromkeys(("received_by", "assignee_id"), by),
        **dict.fromkeys(("received_at", "dispatched_at", "departed_at", "arrived_at"), now),
    )
    duty, finder = duty_desk.on_duty(tx, now, order.site_id), _person(tx, by)
    if order.severity is Severity.MINOR or duty.head is None or finder is None:
        return order
    _tell_head(tx, order, duty, [], now, found_by=finder.name)
    return order_rows.change(tx, order.id, head_id=duty.head.id, head_informed_at=now)


def climb(tx: Tx, order: WorkOrder, policy: Policy, now: datetime) -> datetime | None:
    """The tick's question: has anybody answered? Else the next calls. The caller holds the order.

    Returns when to ask again; None: the ladder has ended.
    """
    policy = policy_desk.kept(tx, policy, order.opened_at, now)
    plan, own = escalation_desk.plans_of(tx, order, policy)
    promise = deadlines.find(tx, Kind.LADDER, "order", order.id)
    promised_at = promise.promised_at if promise else now
    verdict = escalation.next_calls(order, plan, own, promised_at, now)
    if verdict.calls:
        paged = paging.call(tx, order, plan, verdict.calls, verdict.why, now)
        changed: dict[str, Any] = {"pages_made": order.pages_made + len(paged)}
        if paged and order.first_paged_id is None:
            changed["first_paged_id"] = paged[0].person.id
        order_rows.change(tx, order.id, **changed)
    return verdict.ask_again_at


def ask_head(tx: Tx, order: WorkOrder, policy: Policy, now: datetime) -> datetime | None:
    """The tick's question: has the head arranged? If he cannot be reached the receiver goes.

    The caller holds the order. Returns when to ask again; None: settled.
    """
    policy = policy_desk.kept(tx, policy, order.opened_at, now)
    verdict = escalation.judge_head(order, policy.ladder, _tries(tx, order), now)
    if verdict.go:
        _send_receiver(tx, order, now)
    elif verdict.ask_again_at is None:
        end_report(tx, order.id, now)
    return verdict.ask_again_at


def pass_on(tx: Tx, order: WorkOrder, declined_by: PersonId, policy: Policy, now: datetime) -> None:
    """Somebody declined: the next one is called at once, and the ladder goes on.

    The order is as it stands after the decline; somebody else may have it still.
    """
    if order.received_at or order.closed_at:
        return
    policy = policy_desk.kept(tx, policy, order.opened_at, now)
    paged = paging.hand_on(tx, order, declined_by, Why.DECLINED, policy, now)
    if paged and order.first_paged_id in {declined_by, None}:
        order_rows.change(
            tx, order.id, first_paged_id=paged[0].person.id
        )  # who cannot is not told to go
    if not order.arranged_at:
        silent_at = now + timedelta(seconds=policy.ladder.head_silent_s)
        deadlines.put(tx, Kind.HEAD, "order", order.id, silent_at)


def stop(tx: Tx, order_id: OrderId, now: datetime) -> None:
    """Somebody answered: no more pages, on any channel. The head's report goes on."""
    deadlines.put(tx, Kind.LADDER, "order", order_id, None)
    outbox.silence(tx, order_id, ("page",), now)


def end_report(tx: Tx, order_id: OrderId, now: datetime) -> None:
    """The head arranged it, or self-dispatch is recorded: the head owes no answer any more."""
    deadlines.put(tx, Kind.HEAD, "order", order_id, None)
    outbox.silence(tx, order_id, ("report",), now)


def _tell_head(
    tx: Tx,
    order: WorkOrder,
    duty: OnDuty,
    paged: Sequence[Page],
    now: datetime,
    **more: str,
) -> None:
    """The report, everywhere but where the head is just being paged: there he knows."""
    head = duty.head
    if head is None:
        return
    facts: dict[str, Any] = {
        "paged": [page.person.name for page in paged],
        "nobody_on_duty": duty.nobody_on_duty and bool(paged),
        **more,
    }
    notices.tell(
        tx,
        replace(head, channels=escalation.report_on(head, paged)),
        "report",
        key=f"order:{order.id}:report",
        severity=order.severity,
        order=order,
        facts=facts,
        now=now,
    )
    facts["channels"] = len(head.channels)
    paging.note(tx, order, "head_told", head, facts, now)


def _send_receiver(tx: Tx, order: WorkOrder, now: datetime) -> None:
    """The head is silent: the receiver goes himself, and that is on the record."""
    duty = duty_desk.on_duty(tx, now, order.site_id)
    others = [person.id for person in (duty.first, duty.second) if person]
    goer = _person(tx, escalation.receiver(order, others))
    if goer is None:
        return
    order_rows.change(tx, order.id, self_dispatched_at=now, dispatched_at=now, assignee_id=goer.id)
    end_report(tx, order.id, now)
    facts = {"why": Why.HEAD_SILENT, "on_site_by": order.on_site_by.isoformat()}
    notices.tell(
        tx,
        goer,
        "go",
        key=f"order:{order.id}:go",
        severity=order.severity,
        order=order,
        facts=facts,
        now=now,
    )
    paging.note(tx, order, "told_to_go", goer, facts, now)


def _tries(tx: Tx, order: WorkOrder) -> Tries:
    head = _person(tx, order.head_id)
    if head is None:
        return Tries(made=0, possible=0)
    possible = len({address.channel for address in head.channels})
    return Tries(made=attempts.channels_tried(tx, order.id, head.id), possible=possible)


def _person(tx: Tx, person_id: PersonId | None) -> Person | None:
    return people_rows.get(tx, person_id) if person_id else None
