"""What became of one notice, moment by moment, in plain sentences: the proof of delivery (B24)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import words
from rules.notices import State
from storage.views.notices import Whole
from web.wired import Viewer

_RESULTS = {
    "sent": ("ok", "circle-check-filled"),
    "refused": ("wrong", "x"),
    "failed": ("doubtful", "refresh"),
    "timeout": ("doubtful", "hourglass"),
    "unknown": ("doubtful", "help-circle"),
    "sending": ("quiet", "send"),
}
_RECEIPTS = {
    **dict.fromkeys(("delivered", "read", "answered"), ("ok", "circle-check-filled")),
    **dict.fromkeys(("unanswered", "busy"), ("doubtful", "phone")),
    "failed": ("wrong", "x"),
}
_PAGE = re.compile(r"order:\d+:page:(\d+):")
_QUIET = ("quiet", "point-filled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """`quote`: a provider's own words, or a person's."""

    at: datetime
    look: tuple[str, str]
    text: str
    by: str = ""
    quote: str = ""
    took_s: float | None = None


def moments(viewer: Viewer, whole: Whole) -> list[Moment]:
    """In the order it happened."""
    told = [*_tries(viewer, whole), *_told_later(viewer, whole), *_answers(viewer, whole)]
    written = Moment(
        at=whole.line.created_at, look=("quiet", "pencil"), text=viewer.say("proof.written")
    )
    ended = [one for one in (_ended(viewer, whole),) if one]
    return [written, *sorted(told, key=lambda one: one.at), *ended]


def why_written(viewer: Viewer, whole: Whole) -> str:
    """Why this person, and at which step of the ladder."""
    said = [_why(viewer, str(whole.facts.get("why", "")))]
    layer = whole.facts.get("layer")
    if layer and words.has(f"layer.{layer}"):
        said.append(viewer.say(f"layer.{layer}"))
    if whole.facts.get("nobody_on_duty"):
        said.append(viewer.say("duty.gap"))
    return " · ".join(filter(None, said))


def because(viewer: Viewer, whole: Whole) -> str:
    """The reason it was written for, in words; a page says which one of the order's it was."""
    step = viewer.say(key) if words.has(key := f"telling.step.{whole.facts.get('step')}") else ""
    number = _PAGE.match(whole.key)
    n = number[1] if number else ""
    return viewer.say(f"proof.because.{whole.line.kind}", n=n, step=step)


def rung(viewer: Viewer, whole: Whole) -> str:
    """At which step of its plan; empty for a call that is no step's."""
    if "rung" not in whole.facts:
        return ""
    if not whole.facts["rung"]:
        return viewer.say("proof.rounds_over")
    return viewer.say("proof.rung", round=whole.facts["round"], step=whole.facts["rung"])


def _why(viewer: Viewer, why: str) -> str:
    return viewer.say(key) if words.has(key := f"proof.why.{why}") else why


def _tries(viewer: Viewer, whole: Whole) -> Iterator[Moment]:
    for number, one in enumerate(whole.line.attempts, start=1):
        result = viewer.say(f"notice.result.{one.result}")
        yield Moment(
            at=one.at,
            look=_RESULTS.get(one.result, _QUIET),
            text=viewer.say("proof.try", n=number, result=result),
            by=one.provider,
            quote=one.words,
            took_s=(one.ended_at - one.at).total_seconds() if one.ended_at else None,
        )


def _told_later(viewer: Viewer, whole: Whole) -> Iterator[Moment]:
    for one in whole.receipts:
        yield Moment(
            at=one.at,
            look=_RECEIPTS.get(one.status, _QUIET),
            text=viewer.say(f"proof.receipt.{one.status}"),
            quote=one.words,
        )


def _answers(viewer: Viewer, whole: Whole) -> Iterator[Moment]:
    for at in whole.links:
        yield Moment(at=at, look=("ok", "user-check"), text=viewer.say("proof.by_link"))
    for one in whole.answers:
        way = viewer.say(f"reply.way.{one.way}")
        said = viewer.say(f"reply.said.{one.verb}") if one.verb else ""
        became = viewer.say(f"reply.became.{one.result}") if one.result else ""
        done = one.result == "done"
        yield Moment(
            at=one.at,
            look=("ok", "user-check") if done else ("doubtful", "message-report"),
            text=viewer.say("proof.answered", way=way),
            quote=" → ".join(filter(None, (said, became))),
        )


def _ended(viewer: Viewer, whole: Whole) -> Moment | None:
    line = whole.line
    if line.done_at is None or line.state not in {State.SILENCED, State.DEAD}:
        return None
    if line.state == State.DEAD:
        look = ("wrong", "alert-octagon-filled")
        return Moment(at=line.done_at, look=look, text=viewer.say("proof.given_up"))
    why = _why(viewer, whole.why)
    return Moment(
        at=line.done_at, look=("quiet", "circle-dashed"), text=viewer.say("proof.silenced"), by=why
    )
