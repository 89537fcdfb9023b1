"""The monthly inspection, from the first point to the issue of its report (A09, B04, B11).

Every verb runs inside the caller's transaction, locks the inspection first, and is journalled.
`NotNowError` says why a step is not possible; nothing has been written then.
"""

from datetime import datetime

from operations import inspection_steps as steps
from operations import sheets
from operations.answers import add_photo, answer, answer_point, close_rest, remove_photo
from operations.inspection_steps import NoSuchInspectionError
from operations.planning import plan
from operations.refusals import NotNowError
from rules.inspection_steps import Step
from rules.inspections import Decision, Inspection, InspectionId, Point, PointId
from rules.model import PersonId, Role
from rules.policy import Policy
from storage import deadlines
from storage import inspections as inspection_rows
from storage import people as people_rows
from storage.db import Tx
from storage.deadlines import Kind

__all__ = [
    "NoSuchInspectionError",
    "add_photo",
    "answer",
    "answer_point",
    "assign",
    "close_rest",
    "decide",
    "finish",
    "issue",
    "leave_unsigned",
    "plan",
    "remove_photo",
    "sign",
    "start",
]


def assign(
    tx: Tx, inspection_id: InspectionId, assignee: PersonId | None, by: PersonId, now: datetime
) -> Inspection:
    """Who is to do it; None: nobody yet."""
    one = steps.locked(tx, inspection_id, Step.ASSIGN)
    person = people_rows.present(tx, assignee) if assignee else None
    if assignee and (person is None or not person.roles - {Role.CUSTOMER}):
        raise NotNowError("inspection.refused.no_such_person", field="assignee")
    one = inspection_rows.change(tx, one.id, assignee_id=assignee)
    return steps.noted(tx, one, "inspection_assigned", by, now, name=person.name if person else "")


def start(tx: Tx, inspection_id: InspectionId, by: PersonId, now: datetime) -> Inspection:
    """Freeze the point list and begin; what was left over last month is marked on it.

    Not before the month begins at the site.
    """
    one = steps.locked(tx, inspection_id, Step.START)
    if sheets.span(tx, one)[0] > now:
        raise NotNowError("inspection.refused.early", period=one.period)
    version = sheets.freeze(tx, one)
    one = inspection_rows.change(
        tx,
        one.id,
        checklist_version=version,
        frozen_at=now,
        started_at=now,
        started_by=by,
        assignee_id=one.assignee_id or by,
    )
    return steps.noted(tx, one, "inspection_started", by, now)


def finish(  # noqa: PLR0913 - curves are kept in a database of their own
    tx: Tx,
    inspection_id: InspectionId,
    remarks: str,
    by: PersonId,
    policy: Policy,
    now: datetime,
    *,
    readings: Tx | None = None,
) -> Inspection:
    """Every item has its word: freeze what the devices reported, and look for contradictions.

    `readings` is where curves are kept; without it the devices' last words have to do.
    """
    one = steps.locked(tx, inspection_id, Step.FINISH)
    sheet = inspection_rows.sheet(tx, one.id)
    assert sheet is not None  # noqa: S101 - it is held
    if waiting := [point for point in sheet.points if not point.answered]:
        raise NotNowError(
            "inspection.refused.unanswered", count=len(waiting), point=waiting[0].code
        )
    doubted = sheets.compare(tx, sheet, policy, now, readings)
    one = inspection_rows.change(
        tx, one.id, finished_at=now, finished_by=by, remarks=remarks.strip()[: steps.LONGEST_TEXT]
    )
    return steps.noted(tx, one, "inspection_finished", by, now, doubted=doubted)


def sign(
    tx: Tx, inspection_id: InspectionId, signer_name: str, signature_file: str, now: datetime
) -> Inspection:
    """The customer signs on the glass; `signature_file` is the picture's name in the store."""
    one = steps.locked(tx, inspection_id, Step.SIGN)
    name = steps.said(signer_name, "signer_name")
    signature = steps.said(signature_file, "signature")
    one = inspection_rows.change(
        tx, one.id, signer_name=name, signature=signature, signed_at=now, unsigned_reason=""
    )
    return steps.noted(tx, one, "inspection_signed", None, now, name=name)


def leave_unsigned(
    tx: Tx, inspection_id: InspectionId, reason: str, by: PersonId, now: datetime
) -> Inspection:
    one = steps.locked(tx, inspection_id, Step.SIGN)
    reason = steps.said(reason, "reason")
    one = inspection_rows.change(tx, one.id, unsigned_reason=reason)
    return steps.noted(tx, one, "inspection_unsigned", by, now, reason=reason)


def decide(
    tx: Tx, point_id: PointId, decision: Decision, reason: str, by: PersonId, now: datetime
) -> Point:
    """The head says what a contradiction means. Corrected: only what was answered anew (B11)."""
    inspection, point = steps.locked_point(tx, point_id, Step.DECIDE)
    if not point.doubts:
        raise NotNowError("inspection.refused.not_doubted", point=point.code)
    if decision is Decision.CORRECTED and not _answered_anew(inspection, point):
        raise NotNowError("inspection.refused.not_corrected", point=point.code)
    reason = steps.said(reason, "reason")
    inspection_rows.change_point(
        tx, point.id, decision=decision, decision_reason=reason, decided_by=by, decided_at=now
    )
    changed = inspection_rows.change(tx, inspection.id)
    facts = {"decision": decision, "reason": reason}
    steps.note(tx, inspection, "inspection_decided", by, now, point=point, **facts)
    if changed.undecided == 0:
        inspection_rows.change(tx, inspection.id, decided_at=now, decided_by=by)
    return steps.again(tx, point_id)


def issue(tx: Tx, inspection_id: InspectionId, by: PersonId, now: datetime) -> Inspection:
    """Out with it: the report is promised to be printed at once, and nothing changes any more."""
    one = steps.locked(tx, inspection_id, Step.ISSUE)
    one = inspection_rows.change(
        tx, one.id, issued_at=now, decided_at=one.decided_at or now, decided_by=one.decided_by or by
    )
    deadlines.put(tx, Kind.RENDER, "inspection", one.id, now)
    return steps.noted(tx, one, "inspection_issued", by, now)


def _answered_anew(inspection: Inspection, point: Point) -> bool:
    finished_at = inspection.finished_at
    if finished_at is None:
        return False
    seen = [item.checked_at for item in point.items if item.checked_at]
    return any(at > finished_at for at in [*seen, *(photo.taken_at for photo in point.photos)])
