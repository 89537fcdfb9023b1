"""Third part: every point with its result, what was measured and what the device itself said."""

from collections.abc import Iterable
from typing import Any

from reports.inspection_parts import (
    Story,
    code_of,
    evidence_of,
    kind_of,
    limits,
    measured,
    name_of,
    place_of,
)
from reports.inspection_summary import NOTHING, shortened
from reports.tongues import Words, pct
from rules.inspections import Area, Decision, Item, Point, Result

_TONES = {Result.ABNORMAL: "poor", Result.NOT_CHECKED: "fair", Result.NORMAL: "plain"}


def of(story: Story) -> dict[str, Any]:
    say = story.tongue.say
    return {
        "points": [one for area in Area if (one := _area(story, area))],
        "points_note": say("paper.points_note"),
        "items": list(_items(story)),
    }


def _area(story: Story, area: Area) -> dict[str, Any] | None:
    here = [point for point in story.material.sheet.points if point.area is area]
    if not here:
        return None
    return {
        "area": story.tongue.say(f"checklist.area.{area}"),
        "count": story.tongue.say("paper.points", n=len(here)),
        "rows": [_row(story, point) for point in here],
    }


def _row(story: Story, point: Point) -> dict[str, Any]:
    result = point.result
    say = story.tongue.say
    return {
        "number": str(point.position),
        "code": code_of(point),
        "name": name_of(point, story.tongue),
        "where": place_of(point),
        "kind": kind_of(point, story.tongue),
        "carried": say("paper.carried") if point.carried_from else None,
        "tone": _TONES[result] if result else "fair",
        "result": say(f"inspection.result.{result}" if result else "paper.not_answered"),
        "normal": say("paper.items_normal", done=_count(point), n=len(point.items)),
        "said": list(_said(story, point)),
        "measured": [_measured(story, one) for one in point.items if one.value is not None],
        "device": _device(story, point),
    }


def _count(point: Point) -> int:
    return sum(item.result is Result.NORMAL for item in point.items)


def _said(story: Story, point: Point) -> Iterable[dict[str, Any]]:
    """What is not normal, item by item; a reason given for the whole point is said once."""
    if point.decision is Decision.FALSE:
        yield {"item": None, "note": story.tongue.say("paper.decision.false"), "tone": "poor"}
        return
    told: set[str] = set()
    for item in point.items:
        if item.result is Result.ABNORMAL:
            words = story.tongue.say(f"checklist.item.{item.item}")
            yield {"item": words, "note": shortened(item.note), "tone": "poor"}
        elif item.result is Result.NOT_CHECKED and item.note not in told:
            told.add(item.note)
            whole = all(one.note == item.note for one in point.items)
            words = story.tongue.say(f"checklist.item.{item.item}")
            yield {"item": None if whole else words, "note": shortened(item.note), "tone": "fair"}


def _measured(story: Story, item: Item) -> dict[str, Any]:
    return {
        "item": story.tongue.say(f"checklist.item.{item.item}"),
        "value": measured(item),
        "limits": limits(item),
        "within": item.within,
    }


def _device(story: Story, point: Point) -> str | Words:
    """The device's own record of the period, as it was frozen with the sheet."""
    evidence, say = evidence_of(point), story.tongue.say
    if point.device_id is None or evidence.heard is None:
        return NOTHING
    if not evidence.heard:
        return say("paper.device.never")
    online = pct(evidence.online_pct) if evidence.online_pct is not None else NOTHING
    others = sum(one.times for one in evidence.told) - evidence.offline_times
    if evidence.clean:
        return say("paper.device.clean", online=online)
    if evidence.offline_times:
        return say("paper.device.offline", online=online, n=evidence.offline_times)
    return say("paper.device.faults", online=online, n=max(1, others))


def _items(story: Story) -> Iterable[dict[str, Any]]:
    """What "8 of 8 normal" means: the items of each kind of point, once."""
    kinds: dict[str, Point] = {}
    for point in story.material.sheet.points:
        kinds.setdefault(point.type, point)
    for point in kinds.values():
        items = [
            {
                "item": story.tongue.say(f"checklist.item.{item.item}"),
                "limits": limits(item),
            }
            for item in point.items
        ]
        yield {"kind": kind_of(point, story.tongue), "items": items}
