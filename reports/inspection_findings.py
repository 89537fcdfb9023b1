"""Second part: the figures with how they came about, the four areas, every defect with photos."""

from collections.abc import Iterable
from typing import Any

from reports.inspection_parts import Story, code_of, limits, measured, name_of, place_of
from reports.inspection_summary import NOTHING, hours, order_words
from reports.tongues import Tongue, Words, named, pct, value
from rules.inspections import Area, Decision, Doubt, Photo, Point, Result, Why
from rules.model import Severity
from rules.statistics import INTACT_TARGET_PCT, ONLINE_TARGET_PCT, points
from rules.verdicts import Problem

MOST_PHOTOS = 24  # of points without a defect; the others stay in the archive


def of(story: Story) -> dict[str, Any]:
    return {
        "detail": _detail(story),
        "areas": [_area(story, area) for area in Area],
        "worst": _worst(story),
        "reasons": [{"text": text, "n": n} for text, n in story.points.reasons],
        "findings": [_finding(story, n, some) for n, some in enumerate(_together(story), 1)],
        "no_findings": story.tongue.say("paper.no_findings"),
        "doubts": list(_doubts(story)),
        "doubts_lead": story.tongue.say("paper.doubts_lead"),
        "no_doubts": story.tongue.say("paper.no_doubts"),
        "album": _album(story),
    }


def _detail(story: Story) -> list[list[str | Words]]:
    """Rows of: figure, reached, target, how it came about."""
    running, counted, say = story.material.running, story.points, story.tongue.say
    by = {str(each): running.faults.get(each, 0) for each in Severity}
    online = NOTHING if running.online_pct is None else f"{pct(running.online_pct)} %"
    intact = NOTHING if counted.intact_pct is None else f"{pct(counted.intact_pct)} %"
    done = NOTHING if counted.done_pct is None else f"{pct(counted.done_pct)} %"
    down = say("paper.hours", hours=hours(running.down_s))
    planned = say("paper.hours", hours=hours(running.planned_s))
    kept, judged = story.on_site, story.on_site.in_time + story.on_site.late
    told: list[tuple[str, str | Words, str, dict[str, Any]]] = [
        ("done", done, "100 %", {"due": counted.due, "done": counted.done}),
        ("intact", intact, f"≥ {INTACT_TARGET_PCT:g} %", {"normal": counted.normal}),
        ("online", online, f"≥ {ONLINE_TARGET_PCT:g} %", {"devices": running.devices}),
        ("downtime", down if running.online_pct is not None else NOTHING, NOTHING, {}),
        ("deaf", say("paper.hours", hours=hours(running.deaf_s)), NOTHING, {}),
        *([("planned", planned, NOTHING, {})] if running.planned_s else []),
        ("faults", str(running.fault_count), NOTHING, by),
        ("clock", str(running.clock_errors), "0", {}),
        ("on_site", f"{kept.in_time} / {judged}" if judged else NOTHING, "100 %", {}),
    ]
    return [
        [say(f"paper.figure.{name}"), reached, aim, say(f"paper.how.{name}", **facts)]
        for name, reached, aim, facts in told
    ]


def _area(story: Story, area: Area) -> dict[str, Any]:
    """A10: each of the four has a line, also one without points."""
    here = [point for point in story.material.sheet.points if point.area is area]
    counted = points(here)
    tone = "poor" if counted.abnormal else "fair" if counted.done < counted.due else "good"
    word = {"poor": "defects", "fair": "incomplete", "good": "sound"}[tone]
    if not here:
        tone, word = "plain", "none"
    return {
        "area": story.tongue.say(f"checklist.area.{area}"),
        "counts": [counted.due, counted.done, counted.normal, counted.abnormal],
        "left": counted.due - counted.done,
        "tone": tone,
        "conclusion": story.tongue.say(f"paper.area.{word}", n=counted.abnormal),
    }


def _worst(story: Story) -> list[dict[str, Any]]:
    """The devices that were away longest; those no point stands for are not named."""
    points_of = {point.device_id: point for point in story.material.sheet.points}
    return [
        {
            "code": code_of(point),
            "name": name_of(point, story.tongue),
            "down": story.tongue.say("paper.hours", hours=hours(seconds)),
        }
        for device, seconds in story.material.running.worst
        if (point := points_of.get(device))
    ]


def _together(story: Story) -> list[list[Problem]]:
    """Items of one point that were found wrong for one reason are one finding."""
    groups: dict[object, list[Problem]] = {}
    for one in story.problems:
        order = one.order.id if one.order else None
        groups.setdefault((one.point.id, one.item.note, order, one.settled), []).append(one)
    return list(groups.values())


def _finding(story: Story, number: int, some: list[Problem]) -> dict[str, Any]:
    one, say = some[0], story.tongue.say
    point, order = one.point, one.order
    told: list[tuple[str, str | Words]] = [("said", one.item.note)]
    told += [("measured", _measured(each)) for each in some if each.item.value is not None]
    if order and order.diagnosis:
        told.append(("cause", order.diagnosis))
    if order and order.repair:
        told.append(("action", order.repair))
    told.append(("state", _state(story, one)))
    minor = one.severity.rank > 1
    return {
        "number": str(number),
        "code": code_of(point),
        "name": name_of(point, story.tongue),
        "where": place_of(point),
        "items": [say(f"checklist.item.{each.item.item}") for each in some],
        "severity": say(f"severity.{one.severity}"),
        "tone": "good" if one.settled else "fair" if minor else "poor",
        "rows": [{"label": say(f"paper.finding.{name}"), "text": text} for name, text in told],
        "photos": [_photo(story, point, photo) for photo in point.photos],
    }


def _measured(one: Problem) -> str:
    """`9.1 V  (10.8–13.2 V)`."""
    shown, bounds = measured(one.item), limits(one.item)
    return f"{shown}  ({bounds})" if bounds else shown


def _state(story: Story, one: Problem) -> Words:
    say, order = story.tongue.say, one.order
    if one.settled:
        ended = order.closed_at if order else one.fault and one.fault.cleared_at
        at = story.tongue.short(ended) if ended else NOTHING
        if order is None:
            return say("paper.finding.cleared", at=at)
        return say("paper.finding.settled", at=at, number=order.number)
    told = order_words(story, one)
    return told or say("paper.finding.no_order")


def _doubts(story: Story) -> Iterable[dict[str, Any]]:
    """B11: where sheet and device differ, and what the head decided."""
    for point in story.material.sheet.points:
        if not point.doubts:
            continue
        decision = point.decision
        yield {
            "code": code_of(point),
            "name": name_of(point, story.tongue),
            "why": [doubt_words(story.tongue, one) for one in point.doubts],
            "decision": story.tongue.say(
                f"paper.decision.{decision}" if decision else "paper.decision.open"
            ),
            "reason": point.decision_reason,
            "tone": "poor" if decision in {None, Decision.FALSE} else "plain",
        }


def doubt_words(tongue: Tongue, one: Doubt) -> Words:
    """`Supply voltage: measured 9.1 V, the device reported 12–12.2 V at that time`."""
    facts: dict[str, Any] = {}
    if one.why is Why.DEVICE_SAID:
        facts["code"] = named(f"code.{one.facts['code']}.name")
    if one.why is Why.FAR_OFF:
        unit = one.facts.get("unit", "")
        facts = {name: value(one.facts[name]) for name in ("value", "low", "high")}
        facts["unit"] = f"\u00a0{unit}" if unit else ""
    told = tongue.say(f"paper.doubt.{one.why}", **facts)
    if not one.item:
        return told
    items = tongue.say(f"checklist.item.{one.item}")
    return [
        f"{item}：{text}" if tongue.languages[n] == "zh" else f"{item}: {text}"
        for n, (item, text) in enumerate(zip(items, told, strict=True))
    ]


def _album(story: Story) -> dict[str, Any]:
    """Photos of points without a defect; those with one stand beside it."""
    here = [
        (point, photo)
        for point in story.material.sheet.points
        if point.result is not Result.ABNORMAL
        for photo in point.photos
    ]
    first = [(point, photo) for point, photo in here if photo is point.photos[0]]
    shown = (first + [one for one in here if one not in first])[:MOST_PHOTOS]
    more = len(here) - len(shown)
    return {
        "photos": [_photo(story, point, photo) for point, photo in shown],
        "more": story.tongue.say("paper.photos_more", n=more) if more else None,
    }


def _photo(story: Story, point: Point, photo: Photo) -> dict[str, Any]:
    taken = story.tongue.short(photo.taken_at)
    title = code_of(point) or story.tongue.say(f"checklist.subject.{point.type}")[0]
    return {
        "file": story.album.take(photo.file),
        "title": f"{title} · {taken}",
        "caption": photo.caption,
        "alt": " · ".join(part for part in (title, photo.caption, taken) if part),
        "gone": story.tongue.say("paper.photo_gone"),
    }
