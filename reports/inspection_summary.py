"""The first page: verdict, five figures against their targets, one chart, what is to be decided."""

from datetime import date, datetime
from typing import Any

import words
from reports.inspection_parts import Story, code_of, name_of
from reports.tongues import Words, named, pct
from rules.model import Severity
from rules.statistics import (
    DONE_TARGET_PCT,
    INTACT_TARGET_PCT,
    ON_SITE_TARGET_PCT,
    ONLINE_TARGET_PCT,
    Day,
)
from rules.verdicts import Ask, Matter, Problem, Verdict
from rules.workflow import stand

_TONES = {
    Verdict.SOUND: "good",
    Verdict.SETTLED: "good",
    Verdict.INCOMPLETE: "fair",
    Verdict.DEFECTS: "fair",
    Verdict.GRAVE: "poor",
}
NOTHING = "—"
LONGEST_ASKED, LONGEST_NAME = 90, 40


def of(story: Story) -> dict[str, Any]:
    return {
        "facts": _facts(story),
        "verdict": _verdict(story),
        "figures": [
            _done(story),
            _online(story),
            _intact(story),
            _faults(story),
            _on_site(story),
        ],
        "chart": _chart(story),
        "asks": [_ask(story, one) for one in story.asks],
        "nothing_asked": story.tongue.say("paper.ask.nothing"),
    }


def _facts(story: Story) -> list[dict[str, Any]]:
    material, say = story.material, story.tongue.say
    one = material.sheet.inspection
    who = one.finished_by or one.started_by or one.assignee_id
    inspector = material.names.get(who, "") if who else ""
    ended = one.finished_at or one.started_at
    told: dict[str, str | Words] = {
        "customer": material.customer.name,
        "site": material.site.address or material.site.name,
        "system": f"{material.system.name} ({material.system.code})",
        "contract": material.contract.number if material.contract else NOTHING,
        "inspector": inspector or NOTHING,
        "inspected": story.tongue.day(_local(story, ended)) if ended else NOTHING,
    }
    return [{"label": say(f"paper.fact.{name}"), "text": text} for name, text in told.items()]


def _verdict(story: Story) -> dict[str, Any]:
    points, say = story.points, story.tongue.say
    grave = [one for one in story.waiting if one.severity is not Severity.MINOR]
    facts = {"due": points.due, "done": points.done, "left": points.due - points.done}
    key = f"paper.verdict.{story.verdict}"
    return {
        "tone": _TONES[story.verdict],
        "text": say(key, n=len(story.waiting) or len(story.problems), grave=len(grave), **facts),
        "more": _running_words(story),
    }


def _running_words(story: Story) -> Words:
    running, say = story.material.running, story.tongue.say
    if running.online_pct is None:
        return say("paper.verdict.deaf" if running.devices else "paper.verdict.not_heard")
    key = "above" if running.online_pct >= ONLINE_TARGET_PCT else "below"
    settled = len(story.problems) - len(story.waiting)
    return say(
        f"paper.verdict.online_{key}",
        online=pct(running.online_pct),
        target=f"{ONLINE_TARGET_PCT:g}",
        faults=running.fault_count,
        settled=settled,
    )


def _figure(
    story: Story, name: str, share: float | None, target: float | None, note: Words, unit: str = "%"
) -> dict[str, Any]:
    tone = "plain"
    if share is not None and target is not None:
        tone = "good" if share >= target else "poor" if share < target - 2 else "fair"
    aim = f"≥ {target:g} %" if target is not None and target < DONE_TARGET_PCT else "100 %"
    return {
        "label": story.tongue.say(f"paper.figure.{name}"),
        "value": NOTHING if share is None else pct(share),
        "unit": "" if share is None else unit,
        "target": story.tongue.say("paper.target", aim=aim) if target else None,
        "note": note,
        "tone": tone,
    }


def _done(story: Story) -> dict[str, Any]:
    points = story.points
    note = story.tongue.say("paper.figure.done_note", done=points.done, due=points.due)
    return _figure(story, "done", points.done_pct, DONE_TARGET_PCT, note)


def _online(story: Story) -> dict[str, Any]:
    running, tongue = story.material.running, story.tongue
    down = tongue.say("paper.figure.online_note", down=_span(running.down_s))
    if running.online_pct is None:
        down = tongue.say(f"paper.figure.{'deaf' if running.devices else 'unheard'}_note")
    return _figure(story, "online", running.online_pct, ONLINE_TARGET_PCT, down)


def _intact(story: Story) -> dict[str, Any]:
    points = story.points
    note = story.tongue.say(
        "paper.figure.intact_note", normal=points.normal, checked=points.normal + points.abnormal
    )
    return _figure(story, "intact", points.intact_pct, INTACT_TARGET_PCT, note)


def _faults(story: Story) -> dict[str, Any]:
    running, tongue = story.material.running, story.tongue
    grave = running.fault_count - running.faults.get(Severity.MINOR, 0)
    told = _figure(story, "faults", None, None, tongue.say("paper.figure.faults_note", grave=grave))
    return {**told, "value": str(running.fault_count), "target": None}


def _on_site(story: Story) -> dict[str, Any]:
    kept, tongue = story.on_site, story.tongue
    judged = kept.in_time + kept.late
    key = "on_site_note" if judged else "no_visit_note"
    note = tongue.say(f"paper.figure.{key}", kept=kept.in_time, judged=judged)
    return _figure(story, "on_site", kept.in_time_pct, ON_SITE_TARGET_PCT, note)


def hours(seconds: float) -> str:
    """`5.3`, and `0` for none at all."""
    return f"{seconds / 3600:,.1f}" if seconds else "0"


def _span(seconds: float) -> Any:
    return named("paper.hours", hours=hours(seconds))


def _chart(story: Story) -> dict[str, Any]:
    days, say = story.material.running.days, story.tongue.say
    shares = [one.online_pct for one in days if one.online_pct is not None]
    lowest = min([*shares, ONLINE_TARGET_PCT])
    low = next(one for one in (98.0, 95.0, 90.0, 80.0, 50.0, 0.0) if one <= lowest)
    return {
        "days": [_day(one, first=one is days[0]) for one in days],
        "span": f"{days[0].day} – {days[-1].day}" if days else "",
        "low": low,
        "target": ONLINE_TARGET_PCT,
        "most": max([one.faults for one in days] or [0]),
        "online": say("paper.chart.online"),
        "faults": say("paper.chart.faults"),
        "target_words": say("paper.chart.target", aim=f"{ONLINE_TARGET_PCT:g}"),
        "deaf": say("paper.figure.deaf") if any(one.online_pct is None for one in days) else None,
        "cut": say("paper.chart.cut", low=f"{low:g}") if low else None,
        "alt": say(
            "paper.chart.alt",
            lowest=pct(min(shares)) if shares else NOTHING,
            faults=sum(one.faults for one in days),
        ),
    }


def _day(one: Day, *, first: bool) -> dict[str, Any]:
    """The month is named with its first day."""
    day = one.day
    return {
        "label": f"{day.month}/{day.day}" if first or day.day == 1 else str(day.day),
        "weekend": day.isoweekday() > 5,  # noqa: PLR2004 - Saturday and Sunday
        "online": one.online_pct,
        "deaf": one.online_pct is None,
        "faults": one.faults,
        "met": one.online_pct is not None and one.online_pct >= ONLINE_TARGET_PCT,
    }


def _ask(story: Story, one: Ask) -> dict[str, Any]:
    say, problem = story.tongue.say, one.problem
    if one.matter is not Matter.REPAIR or problem is None:
        more = say("paper.ask.reason", reason=shortened(one.reason)) if one.reason else None
        return {"text": say(f"paper.ask.{one.matter}", n=one.count), "more": more}
    point = problem.point
    code = code_of(point)
    name = name_of(point, story.tongue)
    subject = named(f"checklist.subject.{point.type}")
    told = shortened(name, LONGEST_NAME) if isinstance(name, str) else subject
    text = say(
        "paper.ask.repair",
        point=f"{code} " if code else "",
        name=told,
        item=named(f"checklist.item.{problem.item.item}"),
    )
    return {"text": text, "more": shortened(problem.item.note), "ref": order_words(story, problem)}


def shortened(note: str, longest: int = LONGEST_ASKED) -> str:
    """One or two lines of what somebody wrote; the whole of it stands with the finding."""
    flat = " ".join(note.split())
    return flat if len(flat) <= longest else f"{flat[: longest - 1]}…"


def order_words(story: Story, problem: Problem) -> Words | None:
    """`work order 2026-00012 · on the way`."""
    order = problem.order
    if order is None:
        return None
    return story.tongue.say(
        "paper.order", number=order.number, stand=named(f"board.stands.{stand(order)}")
    )


def _local(story: Story, at: datetime) -> date:
    return words.to_zone(at, story.material.site.timezone).date()
