"""A02: page and tell the head at the same moment, again and higher until somebody answers."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from operations import duty as duty_desk
from operations import notices
from operations import policy as policy_desk
from operations.duty import OnDuty
from rules import escalation
from rules.escalation import Tries, Why
from rules.model import Layer, OrderId, Person, PersonId, Severity, WorkOrder
from rules.policy import Policy
from storage import attempts, deadlines, journal, outbox
from storage import people as people_rows
from storage import work_orders as order_rows
from storage.db import Tx
from storage.deadlines import Kind


def start(tx: Tx, order: WorkOrder, policy: Policy, now: datetime) -> WorkOrder:
    """The first moment, in the transaction that opens the order; returns it as it is then."""
    duty = duty_desk.on_duty(tx, now, order.site_id)
    paged = _call(tx, order, duty, escalation.first_calls(), Why.NEW_FAULT, now)
    _tell_head(tx, order, duty, paged, now)
    order = order_rows.change(
        tx,
        order.id,
        ladder_started_at=now,
        first_paged_id=paged[0].id if paged else None,
        head_id=duty.head.id if duty.head else None,
        head_informed_at=now if duty.head else None,
        pages_made=len(paged),
    )
    again_at = escalation.next_rung(now, policy.ladder, now)
    deadlines.put(tx, Kind.LADDER, "order", order.id, again_at)
    silent_at = now + timedelta(seconds=policy.ladder.head_silent_s)
    deadlines.put(tx, Kind.HEAD, "order", order.id, silent_at)
    return order


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
    promise = deadlines.find(tx, Kind.LADDER, "order", order.id)
    promised_at = promise.promised_at if promise else now
    verdict = escalation.next_calls(order, policy.ladder, promised_at, now)
    if verdict.calls:
        duty = duty_desk.on_duty(tx, now, order.site_id)
        paged = _call(tx, order, duty, verdict.calls, verdict.why, now)
        changed: dict[str, Any] = {"pages_made": order.pages_made + len(paged)}
        if paged and order.first_paged_id is None:
            changed["first_paged_id"] = paged[0].id
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
    duty = duty_desk.on_duty(tx, now, order.site_id)
    others = [layer for layer in Layer if (p := duty.of(layer)) and p.id != declined_by]
    paged = _call(tx, order, duty, others[:1], Why.DECLINED, now)
    changed: dict[str, Any] = {"pages_made": order.pages_made + len(paged)}
    if paged and order.first_paged_id in {declined_by, None}:
        changed["first_paged_id"] = paged[0].id  # who cannot come is not told to go
    order_rows.change(tx, order.id, **changed)
    again_at = escalation.next_rung(order.ladder_started_at or now, policy.ladder, now)
    deadlines.put(tx, Kind.LADDER, "order", order.id, again_at)
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


def _call(
    tx: Tx,
    order: WorkOrder,
    duty: OnDuty,
    layers: Sequence[Layer],
    why: Why,
    now: datetime,
) -> list[Person]:
    """Page these layers; if none of them can be told at all, the others at the same moment."""
    paged: list[Person] = []
    reached = 0
    for layer in (*layers, *(other for other in Layer if other not in layers)):
        if reached and layer not in layers:
            break
        person = duty.of(layer)
        if person is None or person in paged:
            continue
        paged.append(person)
        number = order.pages_made + len(paged)
        facts = {"layer": layer, "why": why, "nobody_on_duty": duty.nobody_on_duty}
        key = f"order:{order.id}:page:{number}"
        new = notices.tell(
            tx, person, "page", key=key, severity=order.severity, order=order, facts=facts, now=now
        )
        _note(tx, order, "paged", person, {**facts, "channels": new, "page": number}, now)
        reached += new
    return paged


def _tell_head(
    tx: Tx,
    order: WorkOrder,
    duty: OnDuty,
    paged: Sequence[Person],
    now: datetime,
    **more: str,
) -> None:
    """The report, unless the head is the one who was just paged: he knows."""
    head = duty.head
    if head is None:
        return
    facts: dict[str, Any] = {
        "paged": [person.name for person in paged],
        "nobody_on_duty": duty.nobody_on_duty and bool(paged),
        **more,
    }
    channels = len(head.channels)
    if head not in paged:
        channels = notices.tell(
            tx,
            head,
            "report",
            key=f"order:{order.id}:report",
            severity=order.severity,
            order=order,
            facts=facts,
            now=now,
        )
    _note(tx, order, "head_told", head, {**facts, "channels": channels}, now)


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
    _note(tx, order, "told_to_go", goer, facts, now)


def _tries(tx: Tx, order: WorkOrder) -> Tries:
    head = _person(tx, order.head_id)
    if head is None:
        return Tries(made=0, possible=0)
    possible = len({address.channel for address in head.channels})
    return Tries(made=attempts.channels_tried(tx, order.id, head.id), possible=possible)


def _person(tx: Tx, person_id: PersonId | None) -> Person | None:
    return people_rows.get(tx, person_id) if person_id else None


def _note(
    tx: Tx, order: WorkOrder, verb: str, person: Person, facts: dict[str, Any], now: datetime
) -> None:
    journal.write(
        tx,
        journal.Entry(
            at=now,
            actor="clock",
            verb=verb,
            site_id=order.site_id,
            order_id=order.id,
            fault_id=order.root_fault_id,
            facts={"person": person.name, "person_id": person.id, **facts},
        ),
    )
