"""What a drill opened at a provider that keeps incidents is resolved: nobody else would do it."""

from datetime import datetime

from rules.drills import DrillId, Stand
from rules.model import PersonId, Severity
from rules.notices import INCIDENT, Kind
from storage import drills as drill_rows
from storage import ledger, outbox
from storage.db import Tx
from storage.outbox import Draft, Notice


def resolve(tx: Tx, drill_id: DrillId, now: datetime, *, person_id: PersonId | None = None) -> None:
    """Of all who were called, or of the person who has answered."""
    called = [
        one
        for one in ledger.of_reason(tx, f"drill:{drill_id}:")
        if one.kind == Kind.DRILL and person_id in {None, one.person_id}
    ]
    tried = ledger.attempts_of(tx, [one.id for one in called])
    for one in called:
        if any(attempt.ref.startswith(INCIDENT) for attempt in tried[one.id]):
            outbox.put(tx, _over(one), now)


def recorded(tx: Tx, notice: Notice, now: datetime) -> None:
    """It was on its way when its drill ended: what it opened is resolved after all."""
    called = drill_rows.of_notice(tx, notice.id)
    drill = drill_rows.get(tx, called[0]) if called else None
    if drill and drill.stand in {Stand.OVER, Stand.CANCELLED}:
        resolve(tx, drill.id, now, person_id=notice.person_id)


def _over(called: Notice) -> Draft:
    return Draft(
        key=f"drill_over:{called.id}",
        kind=Kind.DRILL_OVER,
        severity=Severity.MINOR,
        person_id=called.person_id,
        channel=called.channel,
        target=called.target,
        facts=called.facts,
    )
