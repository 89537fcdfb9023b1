"""What programs read: opaque ids, codes of the asset list, instants in UTC (RFC 3339)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from rules import workflow
from rules.events import FOR_CUSTOMERS
from rules.model import ClockSource, PersonId, Role, Severity, Stage, Zone
from rules.workflow import Stand
from storage.views.dossiers import Dossier
from storage.views.faults import Line
from web import timeline
from web.api.callers import Caller


class Fault(BaseModel):
    """`site` and `device` are codes; `explained_by` and `work_order` are ids."""

    id: str
    site: str
    device: str
    point: str
    code: str
    severity: Severity
    state: Literal["open", "cleared"]
    opened_at: datetime
    cleared_at: datetime | None
    explained_by: str | None
    work_order: str | None
    occurrences: int


class Faults(BaseModel):
    items: list[Fault]
    next: str | None


class Moment(BaseModel):
    """`verb` is for programs; `text` says it in the language asked for."""

    at: datetime
    verb: str
    person: str | None
    text: str
    quote: str


class WorkOrder(BaseModel):
    """`state` is how far it has come, `stage` the part of the way; people are codes.

    A customer is told neither who of ours goes nor who was called: those are null or empty.
    """

    id: str
    number: str
    version: int
    site: str
    zone: Zone
    state: Stand
    severity: Severity
    clock_started_at: datetime
    clock_source: ClockSource
    stage: Stage
    received_by: str | None
    head_informed_at: datetime | None
    on_site_by: datetime
    appointment: datetime | None
    arrived_at: datetime | None
    left_at: datetime | None
    closed_at: datetime | None
    late: bool
    faults: list[Fault]
    assignees: list[str]
    timeline: list[Moment]


class WorkOrders(BaseModel):
    items: list[WorkOrder]
    next: str | None


class Reported(BaseModel):
    """What a report became: a fault of its own or one that was known, and its order."""

    fault: Fault
    work_order: WorkOrder


def fault(line: Line) -> Fault:
    one, place = line.fault, line.place
    return Fault(
        id=str(one.id),
        site=place.site_code,
        device=place.device_code,
        point=one.point,
        code=one.code,
        severity=one.severity,
        state="open" if one.open else "cleared",
        opened_at=one.opened_at,
        cleared_at=one.cleared_at,
        explained_by=str(one.explained_by) if one.explained_by else None,
        work_order=str(one.order_id) if one.order_id else None,
        occurrences=one.occurrences,
    )


def work_order(whole: Dossier, caller: Caller) -> WorkOrder:
    order, ours = whole.order, caller.me.roles != {Role.CUSTOMER}
    return WorkOrder(
        id=str(order.id),
        number=order.number,
        version=order.version,
        site=whole.site.code,
        zone=order.zone,
        state=workflow.stand(order),
        severity=order.severity,
        clock_started_at=order.clock_started_at,
        clock_source=order.clock_source,
        stage=workflow.stage(order),
        received_by=_code(whole.codes, order.received_by) if ours else None,
        head_informed_at=order.head_informed_at if ours else None,
        on_site_by=order.on_site_by,
        appointment=order.appointment_at,
        arrived_at=order.arrived_at,
        left_at=order.left_at,
        closed_at=order.closed_at,
        late=order.late,
        faults=[fault(line) for line in whole.faults],
        assignees=[whole.codes[order.assignee_id]] if ours and order.assignee_id else [],
        timeline=_timeline(whole, caller, ours=ours),
    )


def _timeline(whole: Dossier, caller: Caller, *, ours: bool) -> list[Moment]:
    """The sentences of the order's page; a customer follows fewer of them (C14)."""
    entries = [one for one in whole.entries if ours or one.verb in FOR_CUSTOMERS]
    told = timeline.moments(caller.language, entries, (), whole.people, customer=not ours)
    return [
        Moment(
            at=entry.at,
            verb=entry.verb,
            person=_code(whole.codes, entry.person_id) if ours else None,
            text=moment.text,
            quote=moment.quote,
        )
        for entry, moment in zip(entries, told, strict=True)
    ]


def _code(codes: Mapping[PersonId, str], person: PersonId | None) -> str | None:
    return codes.get(person) if person else None
