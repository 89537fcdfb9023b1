"""Where a finished sheet contradicts what is on record of its points (B11).

Each doubt is one sentence for the head, who decides; nobody is accused by a machine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rules.checklists import Check, Checklist
from rules.evidence import Measured
from rules.inspections import Doubt, Item, Photo, Point, Result, Sheet, Why
from rules.model import DeviceId, Fault, PersonId
from rules.policy import Policy

SAME_PICTURE_BITS = 4  # of 64: re-encoded or scaled it is still the same picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is known of a device apart from the sheet.

    `heard` as in `rules.evidence.Evidence`; `metrics` what it reported about when it was checked.
    """

    faults: Sequence[Fault] = ()
    heard: bool | None = None
    metrics: Mapping[str, Measured] = field(default_factory=dict)


def of_sheet(
    sheet: Sheet,
    checklist: Checklist,
    records: Mapping[DeviceId, Record],
    earlier: Sequence[Photo],
    policy: Policy,
) -> dict[int, tuple[Doubt, ...]]:
    """The doubts of every point that has any, by point id."""
    rushed = too_fast(sheet.points, policy)
    found: dict[int, tuple[Doubt, ...]] = {}
    for point in sheet.points:
        record = records.get(point.device_id) if point.device_id else None
        doubts = [
            *(of_items(point, checklist, record) if record else ()),
            *same_photo(point, [*earlier, *_others(sheet, point)]),
            *rushed.get(point.id, ()),
        ]
        if doubts:
            found[point.id] = tuple(doubts)
    return found


def of_items(point: Point, checklist: Checklist, record: Record) -> list[Doubt]:
    """Said to be normal while the device itself said otherwise; measured far from its reading."""
    found = []
    for item in point.items:
        check = checklist.check(point.type, item.item)
        if item.result is Result.NORMAL and item.checked_at:
            found += _denied(item, check, record, item.checked_at)
        if doubt := _far_off(item, check, record):
            found.append(doubt)
    return found


def _denied(item: Item, check: Check, record: Record, at: datetime) -> list[Doubt]:
    denying = [one for one in record.faults if one.code in check.against and _open_at(one, at)]
    if denying:
        first = min(denying, key=lambda one: one.opened_at)
        cleared = first.cleared_at.isoformat() if first.cleared_at else None
        facts = {
            "code": first.code,
            "since": first.opened_at.isoformat(),
            "until": cleared,
            "checked_at": at.isoformat(),
        }
        return [Doubt(item=item.item, why=Why.DEVICE_SAID, facts=facts)]
    if "NO_DATA_YET" in check.against and record.heard is False:
        return [Doubt(item=item.item, why=Why.NEVER_HEARD)]
    return []


def _open_at(fault: Fault, at: datetime) -> bool:
    ended = fault.cleared_at is not None and fault.cleared_at < at
    return not fault.provisional and fault.opened_at <= at and not ended


def _far_off(item: Item, check: Check, record: Record) -> Doubt | None:
    said = record.metrics.get(check.metric) if check.metric else None
    if said is None or item.value is None or item.result is Result.NOT_CHECKED:
        return None
    if said.low - check.near <= item.value <= said.high + check.near:
        return None
    facts = {
        "value": item.value,
        "low": said.low,
        "high": said.high,
        "unit": item.unit,
        "metric": check.metric,
    }
    return Doubt(item=item.item, why=Why.FAR_OFF, facts=facts)


def _others(sheet: Sheet, point: Point) -> list[Photo]:
    """Of two points with the same picture the later one is doubted."""
    return [photo for one in sheet.points if one.id != point.id for photo in one.photos]


def same_photo(point: Point, others: Sequence[Photo]) -> list[Doubt]:
    found = []
    for photo in point.photos:
        older = (one for one in others if one.id < photo.id and _alike(one, photo))
        if twin := next(older, None):
            facts = {
                "photo_id": twin.id,
                "inspection_id": twin.inspection_id,
                "taken_at": twin.taken_at.isoformat(),
            }
            found.append(Doubt(item="", why=Why.SAME_PHOTO, facts=facts))
    return found[:1]


def _alike(one: Photo, other: Photo) -> bool:
    if one.file == other.file:
        return True
    if not (one.fingerprint and other.fingerprint):
        return False
    differ = int(one.fingerprint, 16) ^ int(other.fingerprint, 16)
    return differ.bit_count() <= SAME_PICTURE_BITS


def too_fast(points: Sequence[Point], policy: Policy) -> dict[int, tuple[Doubt, ...]]:
    """One doubt a run, on its first point: nobody walks and looks that fast.

    A run is one person's devices one after the other, each answered within `inspection_point_s`
    of the one before, `inspection_run_points` or more of them. Subjects without a device (papers,
    the room one sits in) are no part of it.
    """
    found: dict[int, tuple[Doubt, ...]] = {}
    for walked in _by_person(points).values():
        for run in _runs(walked, timedelta(seconds=policy.inspection_point_s)):
            if len(run) >= policy.inspection_run_points:
                lasted_s = (run[-1][0] - run[0][0]).total_seconds()
                facts = {"points": len(run), "seconds": round(lasted_s)}
                found[run[0][1].id] = (Doubt(item="", why=Why.TOO_FAST, facts=facts),)
    return found


_Walk = list[tuple[datetime, Point]]


def _by_person(points: Sequence[Point]) -> dict[PersonId, _Walk]:
    """Who answered a point last, and when; points nobody looked at are left out."""
    walks: dict[PersonId, _Walk] = {}
    for point in points:
        looked = [
            (item.checked_at, item.checked_by)
            for item in point.items
            if item.checked_at and item.checked_by and item.result is not Result.NOT_CHECKED
        ]
        if looked and point.device_id:
            at, who = max(looked)
            walks.setdefault(who, []).append((at, point))
    for walk in walks.values():
        walk.sort(key=lambda one: (one[0], one[1].position))
    return walks


def _runs(walk: _Walk, gap: timedelta) -> list[_Walk]:
    runs: list[_Walk] = []
    for one in walk:
        if runs and one[0] - runs[-1][-1][0] < gap:
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs
