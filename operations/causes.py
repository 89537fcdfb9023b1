"""Causes over a whole site, judged by rows: its power, or one blow that nobody can name yet."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from operations import calls as call_desk
from rules import common_causes
from rules.causes import Node
from rules.common_causes import COMMON, OF_SITE, SITE_POWER
from rules.explains import CLOCKS, UNHEARD, Edge, Onset, onset_of, row_of
from rules.model import (
    ClockSource,
    DeviceId,
    Fault,
    FaultId,
    Severity,
    SiteId,
)
from rules.policy import CommonCauses
from storage import conditions
from storage import devices as device_rows
from storage import faults as fault_rows
from storage import sites as site_rows
from storage.db import Tx
from storage.faults import NewFault

MAINS = "MAINS_LOSS"
SAME_PARENT = "same_parent"
_FAMILIES = {"unheard": UNHEARD, "clocks": CLOCKS}
_SLOW = {"clocks": timedelta(hours=24)}
MAINS_LOST_LATELY = 3  # (ours) spans of a blow: a loss is a fault after one, silence soon after


@dataclass(frozen=True, slots=True)
class Blow:
    """What hit a site at once, and by what code it is called.

    `suspect_id`: the device that all of it hangs on, and that may be silent itself.
    """

    code: str
    point: str
    why: str
    struck: Sequence[Fault]
    suspect_id: DeviceId | None = None

    @property
    def severity(self) -> Severity:
        return min((fault.severity for fault in self.struck), key=lambda severity: severity.rank)

    @property
    def devices(self) -> int:
        return len({fault.device_id for fault in self.struck})


def known(tx: Tx, fault: Fault, figures: CommonCauses) -> Fault | None:
    """The open cause over the whole site that explains this fault."""
    for cause in fault_rows.open_of_kinds(tx, fault.site_id, OF_SITE):
        if cause.id != fault.id and _explains(tx, cause, fault, figures):
            return cause
    return None


def power_failed(tx: Tx, site_id: SiteId, figures: CommonCauses, now: datetime) -> Blow | None:
    """Two independent mains losses, and half of the site dark with them (§3.6)."""
    lately = now - MAINS_LOST_LATELY * common_causes.within(figures)
    lost = conditions.true_at_site(tx, site_id, MAINS, since=lately)
    if len(lost) < figures.mains:
        return None
    mains = common_causes.independent(lost, device_rows.supplies(tx, site_id, lost))
    onset = Onset(min(lost.values()), max(lost.values()))
    watched = device_rows.count_watched(tx, site_id, also_disabled=True)
    if not common_causes.power_is_down(mains, _at_most_dark(tx, site_id, onset), watched, figures):
        return None
    devices = {device.id: device for device in device_rows.of_site(tx, site_id)}
    effects = [
        fault
        for fault in fault_rows.open_of_kinds(tx, site_id, UNHEARD | {MAINS})
        if _by_power(fault, onset, ups=fault.device_id in devices and devices[fault.device_id].ups)
    ]
    dark = {fault.device_id for fault in effects if fault.code in UNHEARD}
    down = common_causes.power_is_down(mains, len(dark), watched, figures)
    return Blow(SITE_POWER, "", "mains", effects) if down else None


def _at_most_dark(tx: Tx, site_id: SiteId, onset: Onset) -> int:
    """How many devices fell silent with the power, those that live on without it too.

    Asked for every device that falls silent: nothing is loaded before it may be enough.
    """
    rows = [row for code in UNHEARD if (row := row_of(Edge.SITE, SITE_POWER, code))]
    since = onset.earliest - max(row.before for row in rows)
    until = onset.latest + max(row.after for row in rows)
    return fault_rows.count_begun(tx, site_id, UNHEARD, since, until)


def power_is_back(tx: Tx, site_id: SiteId, figures: CommonCauses, now: datetime) -> bool:
    """Fewer than two of its mains are still lost."""
    lost = conditions.true_at_site(tx, site_id, MAINS, since=now - timedelta(days=365))
    return len(lost) < figures.mains


def struck_with(tx: Tx, fault: Fault, figures: CommonCauses, now: datetime) -> Blow | None:
    """What waited for one parent that is not due yet is one matter, and so are very many points.

    Many: of one site, in five minutes, and no parent explains them.
    """
    family = common_causes.family(fault.code)
    if family is None:
        return None
    if fault.suspect_id is not None and (blow := _one_parent(tx, fault, fault.suspect_id, family)):
        return blow
    since = now - _span(family, figures)
    codes = _FAMILIES.get(family, frozenset({fault.code}))
    count = fault_rows.count_of_one_blow(tx, fault.site_id, codes, since)
    if count <= figures.most:  # of how many is asked only where it matters
        if count < figures.least:
            return None
        points = device_rows.count_watched(tx, fault.site_id)
        if not common_causes.many(count, points, figures):
            return None
    found = fault_rows.of_one_blow(tx, fault.site_id, codes, since)
    return Blow(COMMON, family, "many_at_once", found)


def _one_parent(tx: Tx, fault: Fault, suspect_id: DeviceId, family: str) -> Blow | None:
    """It and others that waited for the same device: its suspect, or one on the way there."""
    waiting = [
        one
        for one in fault_rows.with_a_suspect(tx, fault.site_id, UNHEARD)
        if common_causes.at_once(onset_of(fault), onset_of(one))
    ]
    suspects = dict.fromkeys((suspect_id, *(one.suspect_id for one in waiting if one.suspect_id)))
    nodes = _nodes_above(tx, {one.device_id for one in waiting}) if len(suspects) > 1 else {}
    for suspect in suspects:
        alike = [one for one in waiting if _waits_for(suspect, one, nodes)]
        if fault.id in {one.id for one in alike} and len({one.device_id for one in alike}) > 1:
            return Blow(COMMON, family, SAME_PARENT, alike, suspect)
    return None


def _waits_for(cause: DeviceId, fault: Fault, nodes: Mapping[DeviceId, Node]) -> bool:
    suspect = fault.suspect_id
    return suspect is not None and common_causes.waits_for(cause, fault.device_id, suspect, nodes)


def _nodes_above(tx: Tx, device_ids: Collection[DeviceId]) -> dict[DeviceId, Node]:
    """These devices and all that they hang on."""
    found: dict[DeviceId, Node] = {}
    asked = set(device_ids)
    while asked:
        some = device_rows.by_ids(tx, asked)
        found |= {one.id: Node(device_id=one.id, links=one.links, ups=one.ups) for one in some}
        asked = {parent for one in some for parent in one.links.values()} - found.keys()
    return found


def as_fault(tx: Tx, site_id: SiteId, blow: Blow, now: datetime) -> Fault:
    """The blow as a fault of the whole site; one of the same name that is open stays apart."""
    device_id = blow.suspect_id or _whole_site(tx, site_id, now)
    alike = [
        one
        for one in fault_rows.open_of_kinds(tx, site_id, {blow.code})
        if _name(one) == blow.point and one.device_id == device_id
    ]
    onsets = [onset_of(fault) for fault in blow.struck]
    new = NewFault(
        device_id=device_id,
        site_id=site_id,
        code=blow.code,
        point=f"{blow.point} {len(alike) + 1}" if alike else blow.point,
        severity=blow.severity,
        source=ClockSource.MONITOR,
        why=blow.why,
        evidence={"devices": blow.devices},
        opened_at=now,
        began_after=min(onset.earliest for onset in onsets),
        began_before=max(onset.latest for onset in onsets),
    )
    fault = fault_rows.add(tx, new)
    assert fault is not None  # noqa: S101 - nobody else has that point
    return fault


def ended_with(tx: Tx, cleared: Fault, figures: CommonCauses, now: datetime) -> list[FaultId]:
    """Causes over the site that are over now that this fault is."""
    causes = fault_rows.open_of_kinds(tx, cleared.site_id, OF_SITE)
    return [
        cause.id
        for cause in causes
        if (cause.id == cleared.explained_by and not fault_rows.explains_any(tx, cause.id))
        or (cause.code == SITE_POWER and power_is_back(tx, cleared.site_id, figures, now))
    ]


def _explains(tx: Tx, cause: Fault, fault: Fault, figures: CommonCauses) -> bool:
    if cause.why == SAME_PARENT:
        farther = fault.suspect_id not in {None, cause.device_id}
        nodes = _nodes_above(tx, [fault.device_id]) if farther else {}
        return _waits_for(cause.device_id, fault, nodes)
    if cause.code == COMMON:
        if fault.severity.rank < cause.severity.rank:
            return False  # what is worse breaks through: nobody knows that it is the same
        soon = fault.opened_at - cause.opened_at <= _span(_name(cause), figures)
        return soon and common_causes.family(fault.code) == _name(cause)
    device = device_rows.get(tx, fault.device_id)
    return _by_power(fault, onset_of(cause), ups=device is not None and device.ups)


def _span(family: str, figures: CommonCauses) -> timedelta:
    return _SLOW.get(family) or common_causes.within(figures)


def _by_power(fault: Fault, onset: Onset, *, ups: bool) -> bool:
    row = row_of(Edge.SITE, SITE_POWER, fault.code)
    lives_on = ups and fault.code in UNHEARD
    return row is not None and not lives_on and row.together(onset, onset_of(fault))


def _name(cause: Fault) -> str:
    return cause.point.split(" ", maxsplit=1)[0]


def _whole_site(tx: Tx, site_id: SiteId, now: datetime) -> DeviceId:
    site = site_rows.get(tx, site_id)
    return call_desk.whole_site(tx, site_id, site.name if site else "", None, now)
