"""Maintenance mode: begun by somebody with a reason and an end, prolonged, ended; never forgotten.

While it lasts its devices are heard and judged as ever; their faults are recorded, but nobody is
paged and no order opens. What is still wrong when it ends is raised then. A customer's own call is
a customer's call, also during maintenance: its order opens at once (A03).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from operations import notes, refusals
from operations.refusals import NotNowError
from rules import maintenance as window_rules
from rules.assets import Device, Site, System
from rules.maintenance import LONGEST, Scope, Window, WindowId, Work
from rules.model import DeviceId, Fault, PersonId, SiteId, SystemId
from storage import company, deadlines, revision
from storage import devices as device_rows
from storage import maintenance as window_rows
from storage import people as people_rows
from storage import sites as site_rows
from storage import systems as system_rows
from storage.db import Tx
from storage.deadlines import Kind

LONGEST_TEXT = 500
LONGEST_H = int(LONGEST.total_seconds() // 3600)


class NoSuchWindowError(LookupError):
    """There is no maintenance of that id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is worked on: `name` as people know it. `in_use`: it is on the lists still."""

    scope: Scope
    id: int
    name: str
    site: Site
    in_use: bool

    @property
    def record(self) -> str:
        return f"{self.scope}s/{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    owner_id: PersonId
    reason: str
    until: datetime


def subject_of(tx: Tx, scope: Scope, number: int) -> Subject | None:
    """The device, system or site of that number; also one that is archived."""
    one: Device | System | Site | None
    match scope:
        case Scope.DEVICE:
            one = device_rows.get(tx, DeviceId(number))
        case Scope.SYSTEM:
            one = system_rows.get(tx, SystemId(number))
        case Scope.SITE:
            one = site_rows.get(tx, SiteId(number))
    if one is None:
        return None
    site = one if isinstance(one, Site) else site_rows.get(tx, one.site_id)
    assert site is not None  # noqa: S101 - a foreign key
    name, in_use = one.name or one.code, one.archived_at is None
    return Subject(scope=scope, id=number, name=name, site=site, in_use=in_use)


def work(tx: Tx, subject: Subject, wish: Wish, starts_at: datetime) -> Work:
    """As it is wished. Raises `NotNowError` without a reason, or an owner who is with us."""
    reason = refusals.said(
        wish.reason, "maintenance.refused.reason", field="reason", most=LONGEST_TEXT
    )
    if people_rows.present(tx, wish.owner_id) is None:
        raise NotNowError("maintenance.refused.owner", field="owner")
    return Work(
        site_id=subject.site.id,
        scope=subject.scope,
        subject_id=subject.id,
        owner_id=wish.owner_id,
        reason=reason,
        starts_at=starts_at,
        ends_at=wish.until,
    )


def start(tx: Tx, subject: Subject, wish: Wish, by: PersonId, now: datetime) -> Window:
    """It begins now. Raises `NotNowError` for a wrong end, no reason, or one that runs already."""
    company.lock_lists(tx)
    _must_end(wish.until, now)
    new = work(tx, subject, wish, now)
    if window_rows.running_of(tx, [new.subject]):
        raise NotNowError("maintenance.refused.running")
    window = window_rows.add(tx, new)
    deadlines.put(tx, Kind.MAINTENANCE, "maintenance", window.id, window.ends_at)
    _changed(tx, window, "maintenance_started", by, now, reason=window.reason)
    return window


def prolong(tx: Tx, window_id: WindowId, until: datetime, by: PersonId, now: datetime) -> Window:
    """Another end, at most eight hours from now; an earlier one is taken too."""
    window = _running(tx, window_id)
    _must_end(until, now)
    window = window_rows.change(tx, window.id, ends_at=until)
    _promise(tx, window, until)
    _changed(tx, window, "maintenance_prolonged", by, now)
    return window


def end(tx: Tx, window_id: WindowId, by: PersonId | None, now: datetime) -> Window:
    """Ended by somebody, or (nobody) by its time; what is still wrong is raised at once."""
    window = _running(tx, window_id)
    over_at = now if by else min(now, window.ends_at)
    window = window_rows.change(tx, window.id, ended_at=over_at, ended_by=by)
    deadlines.put(tx, Kind.MAINTENANCE, "maintenance", window.id, None)
    waiting = _promise(tx, window, now)
    verb = "maintenance_ended" if by else "maintenance_over"
    _changed(tx, window, verb, by, now, waiting=waiting)
    return window


def run_out(tx: Tx, window: Window, now: datetime) -> datetime | None:
    """Its time is over; when to come again if somebody prolonged it meanwhile."""
    if window.ended_at is None and window.ends_at > now:
        return window.ends_at
    if window.ended_at is None:
        end(tx, window.id, None, now)
    return None


def covering(tx: Tx, device_id: DeviceId, now: datetime) -> Window | None:
    """The maintenance this device is in; it cannot end while this transaction lasts."""
    device = device_rows.get(tx, device_id)
    if device is None or not _maintained(device, now):
        return None
    running = window_rows.running_of(tx, window_rules.subjects_of(device), hold=True)
    return window_rules.covering(device, running, now)


def holds_back(tx: Tx, fault: Fault, now: datetime) -> datetime | None:
    """Until when maintenance keeps this (locked) fault from being raised; None: it does not.

    The fault is marked, and promised to be confirmed then. One that outlived its maintenance
    loses the mark: it is one of its own from now on.
    """
    window = covering(tx, fault.device_id, now)
    if window is None:
        if fault.maintenance_id is not None:
            window_rows.hold(tx, fault.id, None)
            notes.of_fault(tx, fault, "fault_outlived_maintenance", now, code=fault.code)
        return None
    if fault.maintenance_id is None:
        facts = {"code": fault.code, "until": window.ends_at.isoformat()}
        notes.of_fault(tx, fault, "fault_held", now, **facts)
    window_rows.hold(tx, fault.id, window.id)
    deadlines.put(tx, Kind.CONFIRM, "fault", fault.id, window.ends_at)
    return window.ends_at


def _maintained(device: Device, now: datetime) -> bool:
    return device.maintenance_until is not None and device.maintenance_until > now


def _running(tx: Tx, window_id: WindowId) -> Window:
    window = window_rows.lock(tx, window_id)
    if window is None:
        raise NoSuchWindowError(window_id)
    if window.ended_at is not None:
        raise NotNowError("maintenance.refused.over")
    return window


def _must_end(until: datetime, now: datetime) -> None:
    if why := window_rules.refusal(until, now):
        raise NotNowError(f"maintenance.refused.{why}", field="until", hours=LONGEST_H)


def _promise(tx: Tx, window: Window, at: datetime) -> int:
    """What waits for its end is looked at again then; returns how many faults do."""
    waiting = window_rows.held(tx, window.id)
    for fault_id in waiting:
        deadlines.put(tx, Kind.CONFIRM, "fault", fault_id, at)
    if window.ended_at is None:
        deadlines.put(tx, Kind.MAINTENANCE, "maintenance", window.id, at)
    return len(waiting)


def _changed(
    tx: Tx,
    window: Window,
    verb: str,
    by: PersonId | None,
    now: datetime,
    **facts: Any,
) -> None:
    """The collector reads its devices anew, and the journal tells."""
    subject = subject_of(tx, *window.subject)
    assert subject is not None  # noqa: S101 - nothing on the lists is ever deleted
    revision.bump(tx)
    until, timezone = window.ends_at.isoformat(), subject.site.timezone
    told = {"scope": subject.scope, "name": subject.name, "until": until, "timezone": timezone}
    notes.of_act(
        tx,
        verb,
        by,
        now,
        {**told, "window": window.id, **facts},
        record=subject.record,
        site_id=window.site_id,
        device_id=DeviceId(subject.id) if subject.scope is Scope.DEVICE else None,
    )
