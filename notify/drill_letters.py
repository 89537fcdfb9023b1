"""Letters of a fire drill. Their first word says what they are, on every channel."""

from datetime import datetime

import words
from notify.matter import Matter
from rules.notices import Kind
from storage.outbox import Notice

KINDS = frozenset({Kind.DRILL, Kind.DRILL_OVER, Kind.DRILL_REPORT})


def body(notice: Notice, matter: Matter, link: str) -> str:
    """To those who are called, and who answered by mail; afterwards to the head."""
    language, said = matter.reader.language, facts(notice, matter)
    lines = [words.say(language, f"notice.{named(notice)}.{_lead(notice)}", **said)]
    if link:
        lines += ["", words.say(language, "notice.open", link=link)]
    return "\n".join(lines) + "\n"


def named(notice: Notice) -> str:
    """An answer to an answer is one of the drill's letters too."""
    return "drill_answer" if notice.kind == Kind.ANSWER else notice.kind


def _lead(notice: Notice) -> str:
    if notice.kind == Kind.ANSWER:
        return str(notice.facts["became"])
    nobody = notice.kind == Kind.DRILL_REPORT and notice.facts.get("median_s") is None
    return "nobody" if nobody else "lead"


def facts(notice: Notice, matter: Matter) -> dict[str, str]:
    """In the reader's words, on the company's clocks; what is missing is left empty."""
    language, given = matter.reader.language, notice.facts
    ends_at, median_s = given.get("ends_at"), given.get("median_s")
    until = datetime.fromisoformat(ends_at) if ends_at else None
    return {
        "name": str(given.get("name", "")),
        "until": words.instant(language, until, matter.home_timezone) if until else "",
        "answered": str(given.get("answered", 0)),
        "people": str(given.get("people", 0)),
        "median": "–" if median_s is None else words.duration(language, median_s),
    }
