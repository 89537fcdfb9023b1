"""Faults: what is wrong where, and a report of what somebody noticed."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, Field

import words
from operations import calls as call_desk
from operations.calls import Call
from rules.model import DeviceId, Severity
from rules.permits import Verb
from storage import devices as device_rows
from storage import sites as site_rows
from storage.api_answers import Answer
from storage.db import Tx, reading
from storage.views import dossiers
from storage.views import faults as fault_view
from storage.views.faults import Wanted
from storage.views.reach import customer_of
from web.api import shapes
from web.api.asked import Asked, Line, Paged, Strict
from web.api.callers import Caller, FaultReader, Reporter
from web.api.once import answered, once
from web.api.problems import refused
from web.wired import Wired
from wiring.parts import Parts

router = APIRouter(tags=["faults"])

SOME_WORDS = r"^[^\x00]*[^\x00\s][^\x00]*$"
OLDEST_NOTICE, AHEAD = timedelta(days=7), timedelta(minutes=2)


class Filter(Paged):
    state: Literal["open", "cleared", "all"] = "open"
    site: Line = ""
    device: Line = ""
    code: Line = ""
    severity: Severity | None = None


class Report(Strict):
    """A customer's or dispatcher's report. The on-site clock starts at `reported_at` (A03).

    Without `device` it is of the site as a whole: its device is then `whole-site`.
    """

    site: Line
    device: Line | None = None
    symptom: Annotated[str, Field(max_length=4000, pattern=SOME_WORDS)]
    reporter: Annotated[str, Field(max_length=80, pattern=SOME_WORDS)]
    reported_at: AwareDatetime | None = None


@router.get("/faults")
def faults(parts: Wired, caller: FaultReader, asked: Annotated[Filter, Query()]) -> shapes.Faults:
    caller.must(Verb.SEE_DEVICE)
    named = asked.model_dump(include={"state", "site", "device", "code"})
    wanted = Wanted(reach=caller.reach, severity=asked.severity or "", **named)
    with reading(parts.database) as tx:
        found = fault_view.listed(tx, wanted, before=asked.before, limit=asked.limit)
    return shapes.Faults(items=[shapes.fault(one) for one in found.rows], next=found.next or None)


@router.post("/faults", status_code=201, response_model=shapes.Reported)
def report(parts: Wired, caller: Reporter, asked: Asked, said: Report) -> Response:
    caller.must(Verb.REPORT_FAULT)
    at = _noticed(said.reported_at, caller.now)
    return once(parts, caller, asked, said, lambda tx: _received(tx, parts, caller, said, at))


def _received(tx: Tx, parts: Parts, caller: Caller, said: Report, at: datetime) -> Answer:
    device_id = _device(tx, caller, said) if said.device else _whole_site(tx, caller, said.site)
    call = Call(
        device_id=device_id, symptom=said.symptom.strip(), at=at, reporter=said.reporter.strip()
    )
    order = call_desk.receive(tx, call, caller.me.id, parts.policy, caller.now)
    whole = dossiers.of_orders(tx, [order.id])[0]
    lines = fault_view.of_devices(tx, [device_id]) or list(whole.faults)
    mine = [line for line in lines if line.fault.order_id == order.id]
    made = shapes.Reported(
        fault=shapes.fault((mine or lines)[0]), work_order=shapes.work_order(whole, caller)
    )
    where = {"Location": f"/api/v1/work-orders/{order.id}", "ETag": f'"{order.version}"'}
    return answered(made, 201, where)


def _device(tx: Tx, caller: Caller, said: Report) -> DeviceId:
    """Another's device is not even there."""
    found = device_rows.by_code(tx, said.site, said.device or "")
    if (
        found is None
        or found.archived_at is not None
        or not caller.may(Verb.REPORT_FAULT, found.site_id, customer_of(tx, found.site_id))
    ):
        raise refused(("device", f"{said.site}/{said.device}", "api.accepts.device"))
    return found.id


def _whole_site(tx: Tx, caller: Caller, code: str) -> DeviceId:
    """Another's site is not even there."""
    site = site_rows.by_code(tx, code)
    if (
        site is None
        or site.archived_at is not None
        or not caller.may(Verb.REPORT_FAULT, site.id, site.customer_id)
    ):
        raise refused(("site", code, "api.accepts.site"))
    name = words.say(caller.me.language, "device.whole_site")
    return call_desk.whole_site(tx, site.id, name, caller.me.id, caller.now)


def _noticed(given: datetime | None, now: datetime) -> datetime:
    if given is None:
        return now
    if not now - OLDEST_NOTICE <= given <= now + AHEAD:
        raise refused(("reported_at", given.isoformat(), "api.accepts.reported"))
    return min(given, now)
