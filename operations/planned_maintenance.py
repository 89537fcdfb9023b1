"""Planned work: maintenance that begins by itself at its hour, as long as nobody cancels it.

From then on it is maintenance like any other: held to eight hours, prolonged, ended, on record.
"""

from datetime import datetime
from typing import Any

from operations import maintenance as maintenance_desk
from operations import notes
from operations.maintenance import LONGEST_H, NoSuchWindowError, Subject, Wish
from operations.refusals import NotNowError
from rules import maintenance as window_rules
from rules.maintenance import Planned, PlannedId, Scope
from rules.model import DeviceId, PersonId
from storage import company, deadlines
from storage import maintenance as window_rows
from storage import planned_maintenance as planned_rows
from storage.db import Tx
from storage.deadlines import Kind

_FIELDS = {"past": "starts_at", "far": "starts_at"}


def plan(
    tx: Tx, subject: Subject, wish: Wish, starts_at: datetime, by: PersonId, now: datetime
) -> Planned:
    """Raises `NotNowError`: a time that is past, too long, no reason, or two at one time."""
    company.lock_lists(tx)
    if why := window_rules.planning_refusal(starts_at, wish.until, now):
        raise NotNowError(
            f"maintenance.refused.{why}", field=_FIELDS.get(why, "until"), hours=LONGEST_H
        )
    new = maintenance_desk.work(tx, subject, wish, starts_at)
    at_that_time = planned_rows.overlapping(starts_at, wish.until)
    if planned_rows.ahead(tx, planned_rows.about([new.subject]), at_that_time, limit=1):
        raise NotNowError("maintenance.refused.planned", field="starts_at")
    planned = planned_rows.add(tx, new, by, now)
    deadlines.put(tx, Kind.PLANNED, "planned_maintenance", planned.id, starts_at)
    _tell(tx, subject, planned, "maintenance_planned", by, now, reason=new.reason)
    return planned


def cancel(tx: Tx, planned_id: PlannedId, by: PersonId, now: datetime) -> None:
    """Raises `NoSuchWindowError`, and `NotNowError` where it has begun."""
    planned = planned_rows.lock(tx, planned_id)
    if planned is None:
        raise NoSuchWindowError(planned_id)
    if planned.over_at is not None:
        raise NotNowError("maintenance.refused.begun")
    planned_rows.end(tx, planned.id, now)
    deadlines.put(tx, Kind.PLANNED, "planned_maintenance", planned.id, None)
    _tell(tx, _subject(tx, planned), planned, "maintenance_cancelled", by, now)


def begin(tx: Tx, planned: Planned, now: datetime) -> datetime | None:
    """Its hour has come; where maintenance runs there already, that lasts until the later end."""
    if planned.over_at is not None:
        return None
    if planned.starts_at > now:
        return planned.starts_at
    subject = _subject(tx, planned)
    planned_rows.end(tx, planned.id, now)
    try:
        _run(tx, subject, planned, now)
    except NotNowError:  # out of use, its people left, or we were away until it was over
        _tell(tx, subject, planned, "maintenance_not_begun", None, now)
    return None


def _run(tx: Tx, subject: Subject, planned: Planned, now: datetime) -> None:
    if not subject.in_use:
        raise NotNowError("maintenance.refused.over")
    until, by = planned.ends_at, planned.planned_by
    running = window_rows.running_of(tx, [planned.subject])
    if not running:
        wish = Wish(owner_id=planned.owner_id, reason=planned.reason, until=until)
        maintenance_desk.start(tx, subject, wish, by, now)
    elif running[0].ends_at < until:
        maintenance_desk.prolong(tx, running[0].id, until, by, now)


def _subject(tx: Tx, planned: Planned) -> Subject:
    found = maintenance_desk.subject_of(tx, *planned.subject)
    assert found is not None  # noqa: S101 - nothing on the lists is ever deleted
    return found


def _tell(
    tx: Tx,
    subject: Subject,
    planned: Planned,
    verb: str,
    by: PersonId | None,
    now: datetime,
    **facts: Any,
) -> None:
    span = {"begins": planned.starts_at.isoformat(), "until": planned.ends_at.isoformat()}
    told = {"scope": subject.scope, "name": subject.name, **span, "timezone": subject.site.timezone}
    notes.of_act(
        tx,
        verb,
        by,
        now,
        {**told, "planned": planned.id, **facts},
        record=subject.record,
        site_id=planned.site_id,
        device_id=DeviceId(subject.id) if subject.scope is Scope.DEVICE else None,
    )
