"""Why a message from the field was refused: kept in English, shown in the reader's language.

What is kept is the English sentence of `rejects.why.<why>`, its blanks filled. It is read back by
that same sentence, so that what an older release kept is shown in words as well.
"""

import re
import string
from functools import cache
from typing import Any, NewType

from words import catalogue

Reason = NewType("Reason", str)

NO_REASON = Reason("")
_FAMILY = "rejects.why."


def because(why: str, /, **facts: Any) -> Reason:
    """The sentence to keep. Facts are plain text or numbers."""
    return Reason(catalogue.say("en", _FAMILY + why, **facts))


def retold(language: str, kept: str) -> str | None:
    """The kept sentence in `language`; None where no message says it."""
    for key, sentence in _sentences():
        if said := sentence.fullmatch(kept):
            return catalogue.say(language, key, **said.groupdict())
    return None


@cache
def _sentences() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What each message may look like; the one with the most words of its own is asked first."""
    ours = [key for key in catalogue.keys("en") if key.startswith(_FAMILY)]
    found = [(key, list(string.Formatter().parse(catalogue.text_of("en", key)))) for key in ours]
    found.sort(key=lambda one: -sum(len(literal) for literal, *_ in one[1]))
    return tuple(
        (key, re.compile("".join(map(_pattern, pieces)), re.DOTALL)) for key, pieces in found
    )


def _pattern(piece: tuple[str, str | None, str | None, str | None]) -> str:
    literal, blank, *_ = piece
    return re.escape(literal) + (f"(?P<{blank}>.*)" if blank else "")
