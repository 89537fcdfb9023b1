"""Devices as people look for them, each with its state."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from rules.assets import Device
from rules.model import DeviceId, DeviceType, Link, Monitored, SiteId
from rules.permits import Reach
from rules.states import Heard, Standing, state_of
from storage import devices as device_rows
from storage import faults as fault_rows
from storage import listening, states
from storage.db import Tx
from storage.tables.company import devices, sites
from storage.tables.watch import faults
from storage.views.pages import Page, cut
from storage.views.reach import holds, within

_DEEPEST = 5  # an indirect device behind an indirect device behind...


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    device: Device
    site: str
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The filter of the list; empty means all."""

    reach: Reach
    words: str = ""
    site_id: SiteId | None = None
    type: str = ""
    ill: bool = False


def listed(tx: Tx, wanted: Wanted, now: datetime, *, after: int = 0, limit: int) -> Page[Line]:
    """By id, `after` that one: the order in which they were installed."""
    chosen = _chosen(tx, wanted)
    found = select(devices.c.id, sites.c.name).join_from(devices, sites).where(chosen)
    found = found.where(devices.c.id > after).order_by(devices.c.id).limit(limit + 1)
    named = {DeviceId(number): site for number, site in tx.execute(found)}
    everything = not after and len(named) <= limit  # then nobody need look through all again
    count = len(named) if everything else _count(tx, chosen)
    page = cut(list(named), limit, count, lambda one: one)
    shown = device_rows.by_ids(tx, page.rows)
    standing = standings(tx, shown, now)
    lines = [
        Line(device=device, site=named[device.id], standing=standing[device.id])
        for device in sorted(shown, key=lambda one: one.id)
    ]
    return Page(lines, page.count, page.next)


def types_of(tx: Tx, wanted: Wanted) -> list[tuple[DeviceType, int]]:
    """How many of each type, the most first."""
    number = func.count().label("number")
    found = select(devices.c.type, number).where(_chosen(tx, wanted))
    grouped = found.group_by(devices.c.type).order_by(number.desc(), devices.c.type)
    return [(DeviceType(kind), n) for kind, n in tx.execute(grouped)]


def standing_of(tx: Tx, device: Device, now: datetime) -> Standing:
    return standings(tx, [device], now)[device.id]


def standings(tx: Tx, some: Sequence[Device], now: datetime) -> dict[DeviceId, Standing]:
    """The state of each; a handful of questions for a page of them."""
    known = {device.id: device for device in some}
    known |= _above(tx, some)
    deaf_since = listening.get(tx).stalled_since
    open_faults: dict[DeviceId, list[Any]] = {}
    for fault in fault_rows.open_of_devices(tx, known):
        open_faults.setdefault(fault.device_id, []).append(fault)
    said = states.of_devices(tx, sorted(known))
    judged: dict[DeviceId, Standing] = {}

    def judge(device: Device) -> Standing:
        if device.id not in judged:
            parent = known.get(_parent(device) or DeviceId(0))
            word = said.get(device.id)
            judged[device.id] = state_of(
                device,
                Heard(at=word.last_heard_at, word=word.wire_state, word_at=word.wire_state_at)
                if word
                else Heard(),
                open_faults.get(device.id, []),
                now,
                deaf_since=deaf_since,
                above=judge(parent).state if parent and _leans(device) else None,
            )
        return judged[device.id]

    return {device.id: judge(device) for device in some}


def _above(tx: Tx, some: Iterable[Device]) -> dict[DeviceId, Device]:
    """What the indirect ones are watched through."""
    found: dict[DeviceId, Device] = {}
    wanted = {_parent(device) for device in some if _leans(device)} - {None}
    for _ in range(_DEEPEST):
        missing = [number for number in wanted if number is not None and number not in found]
        if not missing:
            break
        parents = device_rows.by_ids(tx, missing)
        found |= {device.id: device for device in parents}
        wanted = {_parent(device) for device in parents if _leans(device)}
    return found


def _leans(device: Device) -> bool:
    return device.monitored is Monitored.INDIRECT


def _parent(device: Device) -> DeviceId | None:
    links = device.links
    return links.get(Link.VIA) or links.get(Link.RECORDED_BY) or links.get(Link.POWERED_BY)


def _count(tx: Tx, chosen: ColumnElement[bool]) -> int:
    return tx.scalar(select(func.count()).select_from(devices).where(chosen)) or 0


def _chosen(tx: Tx, wanted: Wanted) -> ColumnElement[bool]:
    where = [within(wanted.reach, devices.c.site_id), devices.c.archived_at.is_(None)]
    if wanted.site_id is not None:
        where.append(devices.c.site_id == wanted.site_id)
    if wanted.type:
        where.append(devices.c.type == wanted.type)
    where += [_sought(tx, word) for word in wanted.words.split()[:5]]
    if wanted.ill:
        sick = select(faults.c.device_id).where(faults.c.cleared_at.is_(None))
        where.append(devices.c.id.in_(sick))
    return and_(*where)


def _sought(tx: Tx, word: str) -> ColumnElement[bool]:
    """By its own words, or its site's. A word has no blank, so it never spans two columns."""
    position = func.instr if tx.dialect.name == "sqlite" else func.strpos
    there = or_(*(holds(tx, column, word) for column in (sites.c.name, sites.c.code)))
    return or_(
        position(devices.c.sought, func.lower(word)) > 0,
        devices.c.site_id.in_(select(sites.c.id).where(there)),
    )
