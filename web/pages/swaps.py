"""E08: another unit at the same point, in one form."""

from collections.abc import Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from operations import records
from operations import swaps as swap_desk
from operations.imports import Kind, stored
from operations.imports.stored import Stored
from operations.records import ChangedMeanwhileError, Hand
from operations.refusals import NotNowError
from operations.swaps import Swap
from rules.model import DeviceId
from rules.permits import Verb
from rules.swaps import OF_THE_UNIT, Whereabouts
from storage import sites as site_rows
from storage import units
from storage.db import Tx, reading, transaction
from web import forms, nouns
from web.forms import Group, State, Typed
from web.lists import PAGE_ROWS
from web.pages.records import FormBody
from web.record_form import Desk
from web.wired import NotFoundError, RowId, Viewer, Visitor, Wired, go, page
from wiring.parts import Parts

router = APIRouter()

# The same model of the same maker takes the old one's place as a rule; its numbers are its own.
STAYS = frozenset({"model", "supplier", "dialect"})
ASKED = ("reason", "whereabouts")


@router.get("/devices/{device_id}/swap")
def form(request: Request, parts: Wired, visitor: Visitor, device_id: RowId) -> Response:
    with reading(parts.database) as tx:
        old = _mine(tx, visitor, device_id)
        today = visitor.now.astimezone(ZoneInfo(_timezone(tx, old))).date().isoformat()
    cells = {name: old.cells[name] if name in STAYS else "" for name in OF_THE_UNIT}
    typed = Typed(cells={**cells, "installed": today})
    return _page(request, parts, visitor, old, typed, {})


@router.post("/devices/{device_id}/swap")
def swap(
    request: Request, parts: Wired, visitor: Visitor, device_id: RowId, body: FormBody = b""
) -> Response:
    typed, extra = forms.read(body, Kind.DEVICES), forms.beside(body, ASKED)
    with reading(parts.database) as tx:
        old = _mine(tx, visitor, device_id)
    hand = Hand(by=visitor.me.id, policy=parts.policy, now=visitor.now)
    wanted = Swap(
        cells=typed.cells,
        stamp=typed.stamp,
        reason=extra["reason"],
        whereabouts=extra["whereabouts"],
    )
    try:
        with transaction(parts.database) as tx:
            saved = swap_desk.swap(tx, DeviceId(device_id), wanted, hand)
    except NotNowError as error:
        wrong = {error.field: visitor.say(error.message_id, **error.facts)}
        return _page(request, parts, visitor, old, typed, extra, wrong)
    except ChangedMeanwhileError as meanwhile:
        wrong = {"": visitor.say("swap.refused.meanwhile")}
        return _page(request, parts, visitor, meanwhile.record, typed, extra, wrong)
    if saved.errors:
        wrong = Desk(request, parts, visitor, Kind.DEVICES).said(saved.errors)
        return _page(request, parts, visitor, old, typed, extra, wrong)
    return go(request, f"/devices/{device_id}")


def _mine(tx: Tx, visitor: Viewer, device_id: int) -> Stored:
    """Another's is not even there, nor one out of use."""
    record = stored.one(tx, Kind.DEVICES, device_id)
    site = site_rows.get(tx, record.site_id) if record and record.site_id else None
    if record is None or site is None or record.archived_at is not None:
        raise NotFoundError
    if not visitor.may(Verb.SEE_SITE, site.id, site.customer_id):
        raise NotFoundError
    visitor.must(Verb.MAINTAIN_DEVICE, site.id, site.customer_id)
    return record


def _timezone(tx: Tx, record: Stored) -> str:
    site = site_rows.by_code(tx, record.cells["site"])
    assert site is not None  # noqa: S101 - a foreign key
    return site.timezone


def _groups() -> list[Group]:
    """The fields of a device's own form that tell of its unit."""
    shown = [
        replace(
            group,
            folded=False,
            fields=tuple(one for one in group.fields if one.name in OF_THE_UNIT),
        )
        for group in reversed(nouns.GROUPS[Kind.DEVICES])
    ]
    return [group for group in shown if group.fields]


def _page(  # noqa: PLR0913, PLR0917 - a form as it was typed
    request: Request,
    parts: Parts,
    visitor: Viewer,
    old: Stored,
    typed: Typed,
    extra: Mapping[str, str],
    wrong: Mapping[str, str] | None = None,
) -> Response:
    with reading(parts.database) as tx:
        former = units.of_device(tx, DeviceId(old.id))[:PAGE_ROWS]
    state = State(cells=typed.cells, was=old.cells, errors=wrong or {})
    return page(
        request,
        visitor,
        "devices/swap.html",
        status=422 if wrong else 200,
        old=old,
        sections=forms.draw(visitor, Kind.DEVICES, _groups(), state),
        errors=wrong or {},
        extra=extra,
        whereabouts=list(Whereabouts),
        former=former,
        stamp=records.stamp_of(old),
    )
