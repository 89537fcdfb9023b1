"""What an engineer says at each point of a demo sheet: normal, mostly; told by dice. Pure."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ringwatch.demo.company.findings import FOUND, REASONS
from ringwatch.demo.readings import healthy
from rules.assets import Device
from rules.checklists import Check, Checklist
from rules.inspections import Answer, Item, Point, Result, Sheet
from rules.model import DeviceId, Fault

_ABNORMAL, _LEFT, _MEASURED = 0.03, 0.012, 0.7
_MINUTES = (1.4, 5.5)  # at a point, the way to it included
_TYPICAL: Mapping[str, tuple[float, float]] = {  # what such things measure when they are well
    "supply_v": (11.8, 12.4),
    "mains_v": (219, 231),
    "output_v": (13.4, 13.7),
    "ripple": (22, 61),
    "earth_resistance": (0.6, 2.2),
    "insulation": (85, 480),
    "optical_loss": (0.6, 1.8),
    "loop_resistance": (2.1, 2.4),
    "latency": (0.3, 0.9),
    "sound_level": (97, 108),
    "retention": (91, 97),
    "playback_rate": (25, 25),
    "room_temperature": (20.5, 25.5),
    "room_humidity": (41, 58),
    "local_response": (0.6, 1.4),
    "network_response": (1.3, 2.8),
    "online_rate": (98.7, 99.9),
    "intact_rate": (98.2, 99.6),
}
_TIDIED = ("现场清洁后正常", "紧固后正常")  # removed on the spot: normal, with a word


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """`fault` is what the device reported at that moment; `found` what only the eye saw."""

    point: Point
    item: Item
    answer: Answer
    at: datetime
    fault: Fault | None = None
    found: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the walk is told by: the list, the devices, and what was wrong with them then."""

    checklist: Checklist
    devices: Mapping[DeviceId, Device]
    faults: Mapping[DeviceId, Sequence[Fault]]
    blind: DeviceId | None = None  # here he says all is normal, whatever the device says
    careful: bool = True  # finds things, and leaves some out


def walk(sheet: Sheet, known: Known, begun: datetime, seed: str) -> list[Said]:
    """Every item of every point in its order; ends some hours after `begun`.

    Each point has dice of its own: begun an hour later the same gaps lie between the points.
    """
    at, told = begun, []
    for point in sheet.points:
        dice = random.Random(f"{seed}/{point.position}")  # noqa: S311 - a show, no secret
        at += timedelta(minutes=dice.uniform(*_MINUTES))
        told += _at_point(point, known, at.replace(microsecond=0), dice)
    return told


def _at_point(point: Point, known: Known, at: datetime, dice: random.Random) -> list[Said]:
    skipped, odd_one = dice.random() < _LEFT, dice.random() < _ABNORMAL
    if known.careful and skipped and point.device_id and point.device_id != known.blind:
        left = Answer(result=Result.NOT_CHECKED, note=dice.choice(REASONS))
        return [Said(point=point, item=item, answer=left, at=at) for item in point.items]
    odd = [item for item in point.items if item.item in FOUND]
    chosen = dice.choice(odd) if odd and odd_one and known.careful else None
    return [_at_item(point, item, known, at, dice, odd=item is chosen) for item in point.items]


def _at_item(
    point: Point, item: Item, known: Known, at: datetime, dice: random.Random, *, odd: bool
) -> Said:
    check = known.checklist.check(point.type, item.item)
    device_id = point.device_id
    here = known.faults.get(device_id, ()) if device_id and device_id != known.blind else ()
    for fault in here:
        if fault.code in check.against and _open_at(fault, at):
            seen = Answer(result=Result.ABNORMAL, note="设备当时已报警，见关联工单")
            return Said(point=point, item=item, answer=seen, at=at, fault=fault)
    value = _value(point, item, check, known, at, dice)
    if odd and device_id != known.blind:
        found = dice.choice(FOUND[item.item])
        seen = Answer(result=Result.ABNORMAL, note=found[0], value=value)
        return Said(point=point, item=item, answer=seen, at=at, found=found)
    tidied = item.item in {"housing", "dust"} and dice.random() < _ABNORMAL
    note = dice.choice(_TIDIED) if tidied else ""
    well = Answer(result=Result.NORMAL, note=note, value=value)
    return Said(point=point, item=item, answer=well, at=at)


def _open_at(fault: Fault, at: datetime) -> bool:
    return fault.opened_at <= at and (fault.cleared_at is None or fault.cleared_at >= at)


def _value(
    point: Point, item: Item, check: Check, known: Known, at: datetime, dice: random.Random
) -> float | None:
    """Near what the device would have reported, else well within the limits."""
    device = known.devices.get(point.device_id) if point.device_id else None
    if not item.unit or (device and dice.random() > _MEASURED):
        return None
    said = healthy(device, at)[0].get(check.metric) if device else None
    if said is not None:
        value = said * 0.97 + dice.uniform(-0.02, 0.02)
    elif item.item in _TYPICAL:
        value = dice.uniform(*_TYPICAL[item.item])
    else:
        return None
    value = round(value, 1)
    inside = (item.low is None or value >= item.low) and (item.high is None or value <= item.high)
    return value if inside else None
