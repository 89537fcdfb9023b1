"""A quarter of faults and visits, told from the lists by dice with a fixed seed. Pure."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ringwatch.demo.company.tales import ACCEPTED_BY, LATE, TALES, Ending, Tale
from rules import duty as duty_rules
from rules.assets import Device, Site
from rules.causes import SILENT
from rules.codes import CATALOGUE, severity_of, silence_code
from rules.duty import Shift
from rules.model import ClockSource, DeviceId, Layer, Link, PersonId, Severity, SiteId, Zone

SEED = 20260615
DAYS_BACK = 90
PER_DAY = 2.6
QUIET_BEFORE_NOW = timedelta(hours=1)
_LATE_SHARE, _SECOND_PAGE_SHARE = 0.05, 0.12
_TRAVEL_MIN: Mapping[Zone, tuple[float, float]] = {
    Zone.RING1: (18, 55),
    Zone.RING2: (25, 80),
    Zone.RING3: (35, 110),
    Zone.CITY: (45, 130),
    Zone.NEIGHBOUR: (70, 210),
    Zone.REMOTE: (420, 900),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The instants of an order; None: that step was never needed."""

    first: PersonId
    second: PersonId
    head: PersonId
    second_answered: bool = False
    received_at: datetime | None = None
    arranged_at: datetime | None = None
    departed_at: datetime | None = None
    arrived_at: datetime | None = None
    late_reason: str = ""
    diagnosed_at: datetime | None = None
    diagnosis: str = ""
    repaired_at: datetime | None = None
    repair: str = ""
    verified_at: datetime | None = None
    left_at: datetime | None = None
    accepted_by: str = ""
    closed_at: datetime

    @property
    def receiver(self) -> PersonId:
        return self.second if self.second_answered else self.first


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    tale: Tale
    device: Device
    site: Site
    severity: Severity
    source: ClockSource
    opened_at: datetime
    cleared_at: datetime
    children: tuple[Device, ...] = ()
    visit: Visit | None = None

    @property
    def silent(self) -> tuple[Device, ...]:
        """Who was not heard from the opening to the clearing."""
        own = (self.device,) if self.tale.code in SILENT else ()
        return (*own, *self.children)

    @property
    def on_site_by(self) -> datetime:
        return self.opened_at + timedelta(hours=self.site.on_site_hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    devices: Sequence[Device]
    sites: Mapping[SiteId, Site]
    shifts: Sequence[Shift]

    def on_duty(self, layer: Layer, at: datetime) -> PersonId:
        shift = duty_rules.standing(self.shifts, layer, at)
        assert shift is not None  # noqa: S101 - the rota was laid over the whole past
        return shift.person_id


def happened(cast: Cast, now: datetime) -> list[Incident]:
    """Everything that was over an hour ago, oldest first; the same for the same lists and `now`."""
    dice = random.Random(SEED)  # noqa: S311 - a show, no secret
    at = now - timedelta(days=DAYS_BACK)
    busy_until: dict[DeviceId, datetime] = {}
    told: list[Incident] = []
    while (at := at + timedelta(days=dice.expovariate(PER_DAY))) < now:
        incident = _incident(cast, _whole(at), busy_until, dice)
        end = max(incident.cleared_at, incident.visit.closed_at if incident.visit else at)
        if end > now - QUIET_BEFORE_NOW or busy_until.get(incident.device.id, at) > at:
            continue
        for device in (incident.device, *incident.children):
            busy_until[device.id] = end
        told.append(incident)
    return told


def _incident(
    cast: Cast, at: datetime, busy_until: Mapping[DeviceId, datetime], dice: random.Random
) -> Incident:
    tale = dice.choices(TALES, [tale.weight for tale in TALES])[0]
    device = dice.choice([one for one in cast.devices if one.type in tale.types])
    site = cast.sites[device.site_id]
    code = CATALOGUE[tale.code]
    value = tale.evidence.get("value")
    severity = severity_of(code, device.type, key=device.importance == "key", value=value)
    visit = _visit(tale, site, cast, at, dice)
    lasts = timedelta(hours=dice.uniform(*tale.lasts_h))
    cleared_at = visit.verified_at if visit and visit.verified_at else _whole(at + lasts)
    if visit and visit.verified_at is None:
        visit = _recovered(visit, cleared_at)
    by_person = tale.code == "CUSTOMER_REPORT"
    children = below(device, cast.devices) if tale.takes_along else ()
    return Incident(
        tale=tale,
        device=device,
        site=site,
        severity=severity,
        source=ClockSource.CUSTOMER_NOTICE if by_person else ClockSource.MONITOR,
        opened_at=at,
        cleared_at=cleared_at,
        children=tuple(one for one in children if busy_until.get(one.id, at) <= at),
        visit=visit,
    )


def _visit(tale: Tale, site: Site, cast: Cast, at: datetime, dice: random.Random) -> Visit | None:
    if tale.ending is Ending.NO_ORDER:
        return None
    slow = dice.random() < _SECOND_PAGE_SHARE
    begun = Visit(
        first=cast.on_duty(Layer.FIRST, at),
        second=cast.on_duty(Layer.SECOND, at),
        head=cast.on_duty(Layer.HEAD, at),
        second_answered=slow,
        received_at=_later(at, dice, (10.5, 14) if slow else (0.6, 4.5)),
        closed_at=at,
    )
    return begun if tale.ending is Ending.RECOVERED else _repaired(begun, tale, site, at, dice)


def _repaired(begun: Visit, tale: Tale, site: Site, at: datetime, dice: random.Random) -> Visit:
    arranged_at = _later(begun.received_at or at, dice, (0.5, 4))
    departed_at: datetime | None = None
    arrived_at: datetime | None = None
    late_reason = ""
    if tale.ending is Ending.VISIT:
        departed_at = _later(arranged_at, dice, (2, 12))
        arrived_at, late_reason = _arrival(site, at, departed_at, dice)
    diagnosed_at = _later(arrived_at or arranged_at, dice, (6, 35))
    repaired_at = _later(diagnosed_at, dice, (10, 95))
    verified_at = _later(repaired_at, dice, (2, 6))
    chosen = dice.randrange(len(tale.found))
    return replace(
        begun,
        arranged_at=arranged_at,
        departed_at=departed_at,
        arrived_at=arrived_at,
        late_reason=late_reason,
        diagnosed_at=diagnosed_at,
        diagnosis=tale.found[chosen],
        repaired_at=repaired_at,
        repair=tale.done[chosen],
        verified_at=verified_at,
        left_at=_later(verified_at, dice, (1, 3)) if arrived_at else None,
        accepted_by=dice.choice(ACCEPTED_BY),
        closed_at=_later(verified_at, dice, (4, 25)),
    )


def _arrival(
    site: Site, opened_at: datetime, departed_at: datetime, dice: random.Random
) -> tuple[datetime, str]:
    arrived_at = _later(departed_at, dice, _TRAVEL_MIN[site.zone])
    by = opened_at + timedelta(hours=site.on_site_hours)
    if dice.random() < _LATE_SHARE:
        arrived_at = max(arrived_at, _later(by, dice, (4, 45)))
    return arrived_at, dice.choice(LATE) if arrived_at > by else ""


def _recovered(visit: Visit, at: datetime) -> Visit:
    """Healed by itself: closed at that moment; who had not answered by then never did."""
    answered = visit.received_at is not None and visit.received_at < at
    received_at = visit.received_at if answered else None
    second = visit.second_answered and answered
    return replace(visit, received_at=received_at, second_answered=second, closed_at=at)


def below(device: Device, devices: Sequence[Device]) -> tuple[Device, ...]:
    """What is heard only through `device`, all the way down."""
    found: dict[DeviceId, Device] = {device.id: device}
    while more := [
        one
        for one in devices
        if one.id not in found and one.links.get(Link.VIA) in found and one.monitored == "yes"
    ]:
        found |= {one.id: one for one in more}
    return tuple(one for one in found.values() if one.id != device.id)


def silence_of(device: Device) -> str:
    return silence_code(device.type).code


def _later(at: datetime, dice: random.Random, minutes: tuple[float, float]) -> datetime:
    return _whole(at + timedelta(minutes=dice.uniform(*minutes)))


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)
