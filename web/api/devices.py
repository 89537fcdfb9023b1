"""Devices: the state of one, what it last said, and how a metric ran."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from rules.assets import Device as Asset
from rules.limits import Origin
from rules.model import DeviceState, DeviceType
from rules.permits import Verb
from rules.states import Why
from storage import devices as device_rows
from storage import states
from storage.db import Tx, reading
from storage.states import LastWord
from storage.views import devices as device_view
from storage.views import faults as fault_view
from storage.views.reach import customer_of
from web import readings
from web.api import series, shapes
from web.api.asked import Code, Filter, Line
from web.api.callers import Caller, DeviceReader
from web.wired import NotFoundError, Wired

router = APIRouter(tags=["devices"])


class Limit(BaseModel):
    """A figure that a reading is held against, by its name in the policy, and who set it."""

    figure: str
    value: float
    origin: Origin


class Device(BaseModel):
    """`provisional`: a suspicion that a device above may still explain.

    `allowance_s`: for how long it may be silent.
    """

    id: str
    site: str
    code: str
    name: str
    type: DeviceType
    state: DeviceState
    last_seen_at: datetime | None
    provisional: bool
    metrics: dict[str, float]
    flags: dict[str, bool]
    limits: list[Limit]
    allowance_s: float
    allowance_origin: Origin
    faults: list[shapes.Fault]


class Span(Filter):
    """Without `from` and `to` the last day; `step` in seconds, chosen by the span if missing."""

    metric: Annotated[Line, Field(min_length=1)]
    from_: AwareDatetime | None = Field(None, alias="from")
    to: AwareDatetime | None = None
    step: int | None = Field(None, ge=60, le=31 * 86400)


class Series(BaseModel):
    """Steps in which nothing was heard are left out: a gap is a gap."""

    metric: str
    unit: str
    from_: datetime = Field(serialization_alias="from")
    to: datetime
    step: int
    points: list[series.Point]


@router.get("/devices/{site}/{code}")
def device(parts: Wired, caller: DeviceReader, site: Code, code: Code) -> Device:
    with reading(parts.database) as tx:
        asset = _seen(tx, caller, site, code)
        word = states.get(tx, asset.id) or LastWord(device_id=asset.id)
        standing = device_view.standing_of(tx, asset, caller.now)
        lines = fault_view.of_devices(tx, [asset.id])
        own = readings.own(tx, parts, asset)
    quiet = readings.quiet(asset, word, parts.policy, own)
    held = readings.held_against(word, parts.policy, own.of(asset))
    return Device(
        id=str(asset.id),
        site=site,
        code=asset.code,
        name=asset.name,
        type=asset.type,
        state=standing.state,
        last_seen_at=word.last_heard_at,
        provisional=standing.why is Why.SUSPECTED,
        metrics=dict(word.metrics),
        flags=dict(word.flags),
        limits=[Limit(figure=one.figure, value=one.value, origin=one.origin) for one in held],
        allowance_s=quiet.allowance.total_seconds(),
        allowance_origin=quiet.origin,
        faults=[shapes.fault(line) for line in lines],
    )


@router.get("/devices/{site}/{code}/series")
def device_series(
    parts: Wired, caller: DeviceReader, site: Code, code: Code, asked: Annotated[Span, Query()]
) -> Series:
    with reading(parts.database) as tx:
        asset = _seen(tx, caller, site, code)
    span = series.chosen(asked.from_, asked.to, asked.step, caller.now)
    points = series.points(parts, asset.id, asked.metric, span)
    return Series(
        metric=asked.metric,
        unit=readings.unit_of(asked.metric),
        from_=span.starts_at,
        to=span.ends_at,
        step=span.step // timedelta(seconds=1),
        points=points,
    )


def _seen(tx: Tx, caller: Caller, site: str, code: str) -> Asset:
    """Another's device is not even there."""
    found = device_rows.by_code(tx, site, code)
    if found is None or not caller.may(
        Verb.SEE_DEVICE, found.site_id, customer_of(tx, found.site_id)
    ):
        raise NotFoundError
    return found
