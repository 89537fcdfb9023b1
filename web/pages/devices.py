"""Devices: in what state, since when and why; what it says, and how that ran through the day."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from operations import calls as call_desk
from operations import configurations as configuration_desk
from operations.calls import Call
from rules.assets import Device, Site
from rules.maintenance import subjects_of
from rules.model import DeviceId, DeviceState, DeviceType, Fault, SiteId
from rules.permits import Verb
from storage import devices as device_rows
from storage import faults as fault_rows
from storage import journal, states, telemetry
from storage import systems as system_rows
from storage.db import Tx, reading, transaction
from storage.states import LastWord
from storage.views import devices as device_view
from storage.views import maintenance as maintenance_view
from storage.views import names
from web import curves, readings, wavering
from web.curves import Asked, Which
from web.figures import LOCAL_FORM, instant_of
from web.lists import PAGE_ROWS, cursor, next_page
from web.pages.sessions import Text
from web.pages.sites import seen_site
from web.wavering import Seen
from web.wired import NotFoundError, RowId, Viewer, Visitor, Wired, go, is_htmx, page
from wiring.parts import Parts

router = APIRouter()

LONGEST_SEARCH = 80
DAY, PAST = timedelta(hours=24), timedelta(days=180)
OLDEST_NOTICE, AHEAD = timedelta(days=7), timedelta(minutes=2)
HISTORY = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A report as it was typed, and what is wrong with it, field by field."""

    symptom: str = ""
    reporter: str = ""
    at: str = ""
    wrong: dict[str, str] = field(default_factory=dict)


@router.get("/devices")
def devices(  # noqa: PLR0913, PLR0917 - a filter's fields
    request: Request,
    parts: Wired,
    visitor: Visitor,
    q: str = "",
    site: str = "",
    type: str = "",  # noqa: A002 - the name in the address
    ill: str = "",
    after: str = "",
) -> Response:
    visitor.must(Verb.SEE_DEVICE)
    site_id = cursor(site)
    wanted = device_view.Wanted(
        reach=visitor.reach,
        words=q[:LONGEST_SEARCH],
        site_id=SiteId(site_id) if site_id is not None else None,
        type=type if type in set(DeviceType) else "",
        ill=bool(ill),
    )
    with reading(parts.database) as tx:
        heard = journal.last_id(tx)
        beyond = cursor(after) or 0
        found = device_view.listed(tx, wanted, visitor.now, after=beyond, limit=PAGE_ROWS)
        of_site = seen_site(tx, visitor, wanted.site_id) if wanted.site_id else None
    return page(
        request,
        visitor,
        "devices/list.html" if is_htmx(request) else "devices/page.html",
        found=found,
        wanted=wanted,
        of_site=of_site,
        types=list(DeviceType),
        next=next_page(request, "after", found.next),
        topics="board",
        heard=heard,
    )


@router.get("/devices/{device_id}")
def device(
    request: Request,
    parts: Wired,
    visitor: Visitor,
    device_id: RowId,
    asked: Which,
) -> Response:
    return _show(request, parts, visitor, DeviceId(device_id), asked)


@router.post("/devices/{device_id}/report")
def report(  # noqa: PLR0913, PLR0917 - a form's fields
    request: Request,
    parts: Wired,
    visitor: Visitor,
    device_id: RowId,
    symptom: Text = "",
    reporter: Text = "",
    at: Text = "",
) -> Response:
    """A customer calls: the on-site clock starts at the time of the notice (A03)."""
    with reading(parts.database) as tx:
        one, site = seen_device(tx, visitor, DeviceId(device_id))
    visitor.must(Verb.REPORT_FAULT, site.id, site.customer_id)
    if one.archived_at is not None:
        raise NotFoundError
    noticed = instant_of(at, site.timezone) if at else visitor.now
    wrong = _wrong(visitor, symptom, reporter, noticed)
    if wrong or noticed is None:
        told = Told(symptom=symptom, reporter=reporter, at=at, wrong=wrong)
        return _show(request, parts, visitor, one.id, Asked(), told)
    said = Call(
        device_id=one.id,
        symptom=symptom.strip(),
        at=min(noticed, visitor.now),
        reporter=reporter.strip(),
    )
    with transaction(parts.database) as tx:
        order = call_desk.receive(tx, said, visitor.me.id, parts.policy, visitor.now)
    return go(request, f"/orders/{order.id}")


def _wrong(
    visitor: Viewer, symptom: str, reporter: str, noticed: datetime | None
) -> dict[str, str]:
    wrong = {}
    if not symptom.strip():
        wrong["symptom"] = visitor.say("report.symptom_needed")
    if not reporter.strip():
        wrong["reporter"] = visitor.say("report.reporter_needed")
    if noticed is None:
        wrong["at"] = visitor.say("report.no_time")
    elif noticed > visitor.now + AHEAD:
        wrong["at"] = visitor.say("report.in_future")
    elif noticed < visitor.now - OLDEST_NOTICE:
        wrong["at"] = visitor.say("report.too_old")
    return wrong


def seen_device(tx: Tx, visitor: Viewer, device_id: DeviceId) -> tuple[Device, Site]:
    found = device_rows.get(tx, device_id)
    if found is None:
        raise NotFoundError
    return found, seen_site(tx, visitor, found.site_id)


def _show(
    request: Request,
    parts: Parts,
    visitor: Viewer,
    device_id: DeviceId,
    asked: Asked,
    told: Told | None = None,
) -> Response:
    with reading(parts.database) as tx:
        heard = journal.last_id(tx)
        one, site = seen_device(tx, visitor, device_id)
        word = states.get(tx, one.id) or LastWord(device_id=one.id)
        values = _values(tx, visitor, one, site)
        own = readings.own(tx, parts, one)
        seen = Seen(one, site, word, values["history"])
        past = wavering.shown(tx, seen, own, parts.policy, visitor.now)
    history: list[Fault] = values["history"]
    curve = _curve(parts, visitor, one, word, history, asked)
    local_now = visitor.now.astimezone(ZoneInfo(site.timezone)).strftime(LOCAL_FORM)
    return page(
        request,
        visitor,
        "devices/live.html" if is_htmx(request) else "devices/device.html",
        status=422 if told else 200,
        word=word,
        told=told or Told(reporter=_own_name(visitor), at=local_now),
        topics=f"device-{one.id},site-{site.id}",
        heard=heard,
        flags=readings.flags(word, parts.policy.limits, own.of(one)),
        readings=readings.readings(word, curve.pop("points"), parts.policy.limits, own.of(one)),
        standby=readings.standby(one, parts.policy, own.of(one)),
        quiet=readings.quiet(one, word, parts.policy, own),
        **past,
        **values,
        **curve,
    )


def _values(tx: Tx, visitor: Viewer, one: Device, site: Site) -> dict[str, Any]:
    standing = device_view.standing_of(tx, one, visitor.now)
    fault = standing.fault
    cause_id = fault.explained_by if fault else None
    cause = fault_rows.get(tx, cause_id) if cause_id else None
    history = fault_rows.of_device(tx, one.id, since=visitor.now - PAST, limit=HISTORY)
    near = names.of_places(tx, [*one.links.values(), *([cause.device_id] if cause else [])])
    return {
        "device": one,
        "site": site,
        "standing": standing,
        "behind": near.get(cause.device_id) if cause else None,
        "links": [(link, near[number]) for link, number in one.links.items() if number in near],
        "dependants": len(device_rows.children(tx, one.id)),
        "system": system_rows.get(tx, one.system_id) if one.system_id else None,
        "history": history,
        "ahead": maintenance_view.ahead(tx, visitor.reach, subjects=subjects_of(one)),
        "accepts": configuration_desk.changed(tx, one.id) is not None,
        "may_report": one.archived_at is None
        and visitor.may(Verb.REPORT_FAULT, site.id, site.customer_id).ok,
        "technical": visitor.may(Verb.SEE_CONTACTS, site.id, site.customer_id).ok,
        "ill": standing.state in {DeviceState.FAULT, DeviceState.UNREACHABLE},
    }


def _curve(
    parts: Parts,
    visitor: Viewer,
    one: Device,
    word: LastWord,
    history: list[Fault],
    asked: Asked,
) -> dict[str, Any]:
    """The metric that matters, or those asked for, over the span asked for."""
    with reading(parts.telemetry) as tx:
        points = telemetry.recent(tx, one.id, visitor.now - DAY)
    chart = curves.of_device(parts, visitor.now, one, word, history, asked)
    return {
        "chart": chart,
        "chart_names": ", ".join(curves.named(visitor, curve.metric) for curve in chart.curves),
        "views": list(curves.VIEWS),
        "most_curves": curves.MOST_CURVES,
        "points": points,
    }


def _own_name(visitor: Viewer) -> str:
    """A customer reports for themselves; a dispatcher for whoever calls."""
    return "" if visitor.may(Verb.SEE_BOARD) else visitor.me.name
