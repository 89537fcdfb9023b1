"""The monthly inspection (月检, A09, A10): its areas, what may be said of an item, its way.

A sheet is planned, frozen when the work begins, answered item by item, finished, signed (or left
unsigned with a reason), decided where it contradicts the devices (B11), and issued.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NewType

from rules.model import DeviceId, FaultId, OrderId, PersonId, SiteId, SystemId

InspectionId = NewType("InspectionId", int)
PointId = NewType("PointId", int)
ItemId = NewType("ItemId", int)
PhotoId = NewType("PhotoId", int)


class Area(StrEnum):
    """A10: the four areas, in the order they are walked and printed."""

    FRONT_END = "front_end"
    LINES = "lines"
    CENTRE = "centre"
    SYSTEM = "system"


class Result(StrEnum):
    """正常, 异常, 未检. An item nobody has touched has none of them."""

    NORMAL = "normal"
    ABNORMAL = "abnormal"
    NOT_CHECKED = "not_checked"


class Decision(StrEnum):
    """What the head says of a point that contradicts the device's own record (B11)."""

    STANDS = "stands"  # the sheet is right, with the reason
    CORRECTED = "corrected"  # the point was looked at again and the sheet changed
    FALSE = "false"  # the check was not done: the point counts as not checked


class Stand(StrEnum):
    """Where an inspection stands, in one word for people: message id `inspection.stand.<word>`."""

    PLANNED = "planned"
    IN_WORK = "in_work"
    CARRIED = "carried"  # never finished; the next month's sheet took its points over
    TO_SIGN = "to_sign"  # finished; the customer has neither signed nor is there a reason
    TO_DECIDE = "to_decide"  # contradicts the devices; the head must decide
    TO_ISSUE = "to_issue"
    ISSUED = "issued"


class Why(StrEnum):
    """Why a point is doubted: message id `inspection.doubt.<word>`, filled by its facts."""

    DEVICE_SAID = "device_said"  # said normal, the device reported this fault then
    NEVER_HEARD = "never_heard"  # said normal, the device was not heard at all in the period
    FAR_OFF = "far_off"  # the measured value is far from what the device reported
    SAME_PHOTO = "same_photo"  # the picture was used before
    TOO_FAST = "too_fast"  # points answered faster than a person can walk and look


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One contradiction of a point; `item` is a key of the checklist, or '' for the whole point."""

    item: str
    why: Why
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the engineer says of an item; abnormal and not checked carry their text in `note`."""

    result: Result
    note: str = ""
    value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A re-encoded, stripped picture whose bytes are in the file store under their SHA-256.

    `fingerprint` is perceptual, 16 hexadecimal digits; the same picture again has the same.
    """

    file: str
    fingerprint: str
    width: int
    height: int
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    id: PhotoId
    inspection_id: InspectionId
    point_id: PointId
    file: str
    fingerprint: str
    width: int
    height: int
    caption: str
    taken_at: datetime
    taken_by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to check. `item` is its key: message id `checklist.item.<item>`.

    `low` and `high` are the limits as they were when the list was frozen; None: no limit there.
    A `unit` makes it one to be measured.
    """

    id: ItemId
    point_id: PointId
    position: int
    item: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    result: Result | None = None
    note: str = ""
    value: float | None = None
    checked_at: datetime | None = None
    checked_by: PersonId | None = None
    fault_id: FaultId | None = None
    order_id: OrderId | None = None

    @property
    def within(self) -> bool:
        """Is the measured value inside its limits? Nothing measured is inside."""
        if self.value is None:
            return True
        above = self.low is None or self.value >= self.low
        return above and (self.high is None or self.value <= self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A frozen point: a device, or a subject without one (then `name` is '').

    `type` is the device's type (`device_type.<type>`), or the subject (`checklist.subject.<type>`).
    `evidence` is what the device reported in the period (`rules.evidence.read`); frozen at
    `evidence_at`, when the sheet is finished.
    """

    id: PointId
    inspection_id: InspectionId
    position: int
    area: Area
    device_id: DeviceId | None
    code: str
    name: str
    type: str
    model: str = ""
    location: str = ""
    carried_from: PointId | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    evidence_at: datetime | None = None
    doubts: tuple[Doubt, ...] = ()
    decision: Decision | None = None
    decision_reason: str = ""
    decided_by: PersonId | None = None
    decided_at: datetime | None = None
    items: tuple[Item, ...] = ()
    photos: tuple[Photo, ...] = ()

    @property
    def touched(self) -> bool:
        return any(item.result for item in self.items)

    @property
    def answered(self) -> bool:
        """Is there a word on every item?"""
        return all(item.result for item in self.items)

    @property
    def result(self) -> Result | None:
        """The point in one word: abnormal beats not checked beats normal; None: not through yet.

        A point whose check the head found false counts as not checked (B11).
        """
        if self.decision is Decision.FALSE:
            return Result.NOT_CHECKED
        said = {item.result for item in self.items}
        if Result.ABNORMAL in said:
            return Result.ABNORMAL
        if None in said:
            return None
        return Result.NOT_CHECKED if Result.NOT_CHECKED in said else Result.NORMAL

    @property
    def done(self) -> bool:
        """Counts as checked (points done of points due): through, and nothing left out."""
        if self.decision is Decision.FALSE or not self.answered:
            return False
        return all(item.result is not Result.NOT_CHECKED for item in self.items)

    @property
    def undecided(self) -> bool:
        return bool(self.doubts) and self.decision is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """One system, one period (2026-11 in the calendar of the site). `due_on` is its last day."""

    id: InspectionId
    system_id: SystemId
    site_id: SiteId
    kind: str
    period: str
    due_on: date
    planned_at: datetime
    checklist_version: str = ""
    assignee_id: PersonId | None = None
    frozen_at: datetime | None = None
    started_at: datetime | None = None
    started_by: PersonId | None = None
    finished_at: datetime | None = None
    finished_by: PersonId | None = None
    remarks: str = ""
    signer_name: str = ""
    signature: str = ""
    signed_at: datetime | None = None
    unsigned_reason: str = ""
    decided_at: datetime | None = None
    decided_by: PersonId | None = None
    issued_at: datetime | None = None
    version: int = 1
    carried_into: str = ""
    undecided: int = 0

    @property
    def stand(self) -> Stand:
        come = (
            (self.issued_at, Stand.ISSUED),
            (not self.finished_at and self.carried_into, Stand.CARRIED),
            (not self.started_at, Stand.PLANNED),
            (not self.finished_at, Stand.IN_WORK),
            (not self.settled, Stand.TO_SIGN),
            (self.undecided, Stand.TO_DECIDE),
        )
        return next((word for holds, word in come if holds), Stand.TO_ISSUE)

    @property
    def settled(self) -> bool:
        """The customer signed, or there is a reason why not."""
        return self.signed_at is not None or bool(self.unsigned_reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """An inspection with everything on it, points in the order they are walked."""

    inspection: Inspection
    points: tuple[Point, ...] = ()

    @property
    def photos(self) -> Sequence[Photo]:
        return [photo for point in self.points for photo in point.photos]

    @property
    def open_problems(self) -> Sequence[tuple[Point, Item]]:
        return [
            (point, item)
            for point in self.points
            for item in point.items
            if item.result is Result.ABNORMAL
        ]

    @property
    def undecided(self) -> Sequence[Point]:
        return [point for point in self.points if point.undecided]

    def next_point(self) -> Point | None:
        """The first that is not through yet; what was left over last month comes first."""
        waiting = [point for point in self.points if not point.answered]
        return min(waiting, key=lambda one: (not one.carried_from, one.position), default=None)
