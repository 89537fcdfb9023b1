"""A small company for a night: one site, two engineers and a head on the rota, and its devices."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from operations import faults as fault_desk
from operations import notes
from operations import work_orders as order_desk
from operations.faults import Finding
from rules.causes import Verdict
from rules.duty import Shift
from rules.model import (
    ClockSource,
    DeviceId,
    Fault,
    Layer,
    Person,
    PersonId,
    Severity,
    SiteId,
    WorkOrder,
)
from rules.policy import Policy
from rules.rotations import Override
from storage import duty as duty_rows
from storage import faults as fault_rows
from storage import people as people_rows
from storage import rotations as rotation_rows
from storage.db import Tx
from storage.faults import NewFault
from tests.storage.assets import a_site, some_devices

LI, WANG, CHEN = "li", "wang", "chen"  # first, second, head
_YEARS = timedelta(days=4000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    site_id: SiteId
    devices: Sequence[DeviceId]
    people: dict[str, Person] = field(default_factory=dict)

    def id_of(self, code: str) -> PersonId:
        return self.people[code].id


def found(tx: Tx, *, devices: int = 1, channels: int = 2) -> Company:
    """Build it; the rota covers years around any test's clock."""
    site_id = a_site(tx, "S1")
    names = ("mail", "ntfy", "hook")[:channels]
    roles = {LI: "engineer", WANG: "engineer", CHEN: "head"}
    rows = [
        {
            "code": code,
            "name": code.title(),
            "roles": [role],
            "all_sites": True,
            "channels": [[name, f"{code}@{name}"] for name in names],
            "language": "zh",
        }
        for code, role in roles.items()
    ]
    people_rows.add(tx, rows)
    people = {person.code: person for person in people_rows.all_staff(tx)}
    _rota(tx, {Layer.FIRST: people[LI], Layer.SECOND: people[WANG], Layer.HEAD: people[CHEN]})
    return Company(site_id=site_id, devices=some_devices(tx, site_id, devices), people=people)


def breaks(
    tx: Tx,
    company: Company,
    number: int,
    policy: Policy,
    now: datetime,
    severity: Severity = Severity.EMERGENCY,
) -> WorkOrder:
    """A fault of that device opens, and its order with it, however many others break."""
    new = NewFault(
        device_id=company.devices[number],
        site_id=company.site_id,
        code="CAM_VIDEO_LOSS",
        point="",
        severity=severity,
        source=ClockSource.MONITOR,
        why="flag",
        evidence={},
        opened_at=now,
    )
    fault = fault_rows.add(tx, new)
    if fault is None:
        fault = fault_rows.lock_open_of(tx, new.device_id, new.code, new.point)
        assert fault is not None
        return order_desk.open_order(tx, fault, policy, now)
    notes.of_fault(tx, fault, "fault_opened", now, code=fault.code, why=fault.why)
    return order_desk.open_order(tx, fault, policy, now)


def opens(
    tx: Tx,
    company: Company,
    number: int,
    policy: Policy,
    now: datetime,
    severity: Severity = Severity.EMERGENCY,
) -> Fault:
    seen = Finding(
        device_id=company.devices[number],
        site_id=company.site_id,
        code="CAM_VIDEO_LOSS",
        point="",
        severity=severity,
        opened_at=now,
        why="flag",
        evidence={},
        verdict=Verdict(why="own_evidence"),
    )
    return fault_desk.open_found(tx, seen, policy, now)


def _rota(tx: Tx, standing: dict[Layer, Person]) -> None:
    middle = datetime(2026, 6, 15, tzinfo=UTC)
    decided = [
        Override(
            layer=layer,
            person_id=person.id,
            starts_at=middle - _YEARS,
            ends_at=middle + _YEARS,
            made_at=middle - _YEARS,
        )
        for layer, person in standing.items()
    ]
    rotation_rows.add_overrides(tx, decided)
    shifts = [
        Shift(
            layer=one.layer,
            person_id=person.id,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
        )
        for one, person in zip(decided, standing.values(), strict=True)
    ]
    duty_rows.rewrite(tx, [], shifts)
