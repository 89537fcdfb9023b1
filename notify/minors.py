"""The day's minor faults in one letter: a line each, and nothing to do at once."""

from collections.abc import Iterator

import words
from notify.matter import Matter
from rules.digests import LINE
from rules.notices import Kind
from storage.outbox import Notice

KINDS = frozenset({Kind.MINORS})


def body(notice: Notice, matter: Matter, link: str) -> str:
    language, count = matter.reader.language, _count(notice)
    lines = list(_lines(notice, language))
    if count > len(lines):
        lines.append(words.say(language, "notice.minors.more", n=count - len(lines)))
    lead = words.say(language, "notice.minors.lead")
    said = [lead, "", *lines]
    if link:
        said += ["", words.say(language, "notice.open", link=link)]
    return "\n".join(said) + "\n"


def facts(notice: Notice, _: Matter) -> dict[str, str]:
    return {"n": str(_count(notice))}


def _count(notice: Notice) -> int:
    return int(notice.facts.get("count", 0))


def _lines(notice: Notice, language: str) -> Iterator[str]:
    for one in notice.facts.get("minors", ()):
        name = words.say(language, f"code.{one['code']}.name")
        said = f"{one['site']} {one['device']} {name}"
        yield said if len(said) <= LINE else f"{said[: LINE - 1]}…"
