"""The day's minor faults in one letter: a line each, and nothing to do at once."""

from collections.abc import Iterator

import words
from notify.matter import Matter
from notify.messages import Text
from rules.digests import LINE
from storage.outbox import Notice


def text(notice: Notice, matter: Matter, link: str) -> Text:
    language, count = matter.reader.language, int(notice.facts.get("count", 0))
    lines = list(_lines(notice, language))
    if count > len(lines):
        lines.append(words.say(language, "notice.minors.more", n=count - len(lines)))
    lead = words.say(language, "notice.minors.lead")
    body = [lead, "", *lines, "", words.say(language, "notice.open", link=link)]
    subject = words.say(language, "notice.minors.subject", n=count)
    return Text(subject=subject, body="\n".join(body) + "\n")


def _lines(notice: Notice, language: str) -> Iterator[str]:
    for one in notice.facts.get("minors", ()):
        name = words.say(language, f"code.{one['code']}.name")
        said = f"{one['site']} {one['device']} {name}"
        yield said if len(said) <= LINE else f"{said[: LINE - 1]}…"
