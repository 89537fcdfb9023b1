"""What a customer is told of a step (C14): the words were made with the step, and stay."""

import words
from notify.matter import Matter
from rules.notices import Kind
from storage.outbox import Notice

KINDS = frozenset({Kind.TELLING})


def body(notice: Notice, matter: Matter, link: str) -> str:
    """`link` is the order behind login; who has none gets none."""
    lines = [str(notice.facts.get("body", ""))]
    if link:
        lines += ["", words.say(matter.reader.language, "notice.open", link=link)]
    return "\n".join(lines) + "\n"


def facts(notice: Notice, _: Matter) -> dict[str, str]:
    return {"subject": str(notice.facts.get("subject", ""))}
