"""What a customer is told of a step (C14): the words were made with the step, and stay.

And what the heads read where nobody of a customer's can be told.
"""

from collections.abc import Iterable, Sequence

import words
from notify.matter import Matter
from rules.notices import Kind
from rules.tellings import Unheard
from storage.outbox import Notice

KINDS = frozenset({Kind.TELLING, Kind.UNTOLD})


def body(notice: Notice, matter: Matter, link: str) -> str:
    """`link` is the order behind login; who has none gets none."""
    language = matter.reader.language
    lines = [_of_nobody(notice, matter) if _untold(notice) else str(notice.facts.get("body", ""))]
    if link:
        lines += ["", words.say(language, "notice.open", link=link)]
    return "\n".join(lines) + "\n"


def _untold(notice: Notice) -> bool:
    return notice.kind == Kind.UNTOLD


def _of_nobody(notice: Notice, matter: Matter) -> str:
    why = notice.facts.get("unheard", Unheard.NO_ADDRESS)
    said = facts(notice, matter) | {"site": matter.site.name if matter.site else ""}
    return words.say(matter.reader.language, f"notice.untold.{why}", **said)


def together(notices: Iterable[Notice]) -> bool:
    """Whether a letter of several is one to a customer: all of it is listed, and no link acts."""
    return all(notice.kind == Kind.TELLING for notice in notices)


def page(notices: Iterable[Notice]) -> str:
    """Where its reader finds all of them, behind login; empty for one who has none."""
    return "/orders" if any(notice.facts.get("page") for notice in notices) else ""


def several(notices: Sequence[Notice], language: str, link: str) -> str:
    """A line each, however many: their reader may have no other way to see them."""
    lines = [words.say(language, "notice.telling.together"), ""]
    lines += [_line(notice, language) for notice in notices]
    if link:
        lines += ["", words.say(language, "notice.open", link=link)]
    return "\n".join(lines) + "\n"


def _line(notice: Notice, language: str) -> str:
    said, number = (str(notice.facts.get(name, "")) for name in ("subject", "number"))
    if number not in said:  # the company's own words may leave it out
        said = f"{number} {said}"
    by = str(notice.facts.get("by", ""))
    return words.say(language, "notice.telling.by", said=said, by=by) if by else f"· {said}"


def facts(notice: Notice, _: Matter) -> dict[str, str]:
    return {name: str(notice.facts.get(name, "")) for name in ("subject", "customer", "channels")}
