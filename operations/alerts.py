"""Emergencies of our own, paged to duty and head until somebody has seen them."""

from datetime import datetime, timedelta
from typing import Any

from operations import duty as duty_desk
from operations import notes, notices
from rules.common_causes import MANY_SITES
from rules.model import PersonId, Severity
from rules.policy import Policy
from storage import alerts, deadlines, outbox
from storage.alerts import Alert
from storage.db import Tx
from storage.deadlines import Kind

CLOCK_STEP = "MON_CLOCK_STEP"
_EVENTS = (CLOCK_STEP, MANY_SITES)  # over as soon as they were seen: there is nothing to wait for


def raise_alert(
    tx: Tx, code: str, subject: str, facts: dict[str, Any], policy: Policy, now: datetime
) -> Alert | None:
    """Page duty and head at once; None when this alert is open already (asking twice is free)."""
    alert = alerts.raise_once(tx, code, subject, facts, now)
    if alert is None:
        return None
    _note(tx, alert, "alert_raised", now)
    _page(tx, alert, now)
    deadlines.put(tx, Kind.ALERT, "alert", alert.id, _again_at(policy, now))
    return alert


def remind(tx: Tx, alert: Alert, policy: Policy, now: datetime) -> datetime | None:
    """The tick's question: page again unless it was seen or is over. The caller holds the row."""
    if alert.cleared_at or alert.acknowledged_at:
        return None
    if alert.code == MANY_SITES:  # by now each site's own cause has been raised
        clear_alert(tx, alert.code, alert.subject, now)
        return None
    _page(tx, alert, now)
    return _again_at(policy, now)


def clear_alert(tx: Tx, code: str, subject: str, now: datetime) -> bool:
    """It is over; False when there was none."""
    alert = alerts.lock_open(tx, code, subject)
    if alert is None:
        return False
    alerts.change(tx, alert.id, cleared_at=now)
    _quiet(tx, alert, now)
    _note(tx, alert, "alert_cleared", now)
    return True


def acknowledge_alert(tx: Tx, alert_id: int, by: PersonId, now: datetime) -> bool:
    """Somebody has seen it; False when that had happened before or it is over."""
    alert = alerts.lock(tx, alert_id)
    if alert is None or alert.acknowledged_at or alert.cleared_at:
        return False
    alerts.change(tx, alert.id, acknowledged_at=now, acknowledged_by=by)
    _quiet(tx, alert, now)
    _note(tx, alert, "alert_acknowledged", now, by=by)
    return True


def _page(tx: Tx, alert: Alert, now: datetime) -> None:
    number = alert.pages_made + 1
    duty = duty_desk.on_duty(tx, now)
    told = {person.id: person for person in (duty.first, duty.head) if person}
    facts = {
        **alert.facts,
        "alert_id": alert.id,
        "alert": alert.code,
        "subject": alert.subject,
        "since": alert.opened_at.isoformat(),
        "nobody_on_duty": duty.nobody_on_duty,
    }
    for person in told.values():
        notices.tell(
            tx,
            person,
            "alert",
            key=f"alert:{alert.id}:{number}",
            severity=Severity.EMERGENCY,
            facts=facts,
            now=now,
        )
    alerts.change(tx, alert.id, pages_made=number)


def _quiet(tx: Tx, alert: Alert, now: datetime) -> None:
    deadlines.put(tx, Kind.ALERT, "alert", alert.id, None)
    outbox.silence_alert(tx, alert.id, now)


def _again_at(policy: Policy, now: datetime) -> datetime:
    return now + timedelta(seconds=policy.ladder.again_s)


def _note(tx: Tx, alert: Alert, verb: str, now: datetime, by: PersonId | None = None) -> None:
    facts = {"alert_id": alert.id, "code": alert.code, "subject": alert.subject}
    notes.of_act(tx, verb, by, now, facts, otherwise="system")


def clear_seen_events(tx: Tx, now: datetime) -> None:
    """An event has no end of its own: acknowledged is over."""
    for alert in alerts.open_ones(tx):
        if alert.code in _EVENTS and alert.acknowledged_at:
            clear_alert(tx, alert.code, alert.subject, now)
