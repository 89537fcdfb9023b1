"""How do we say it? Catalogues in Chinese and English; times, spans and figures in words.

Callers hold message ids and facts; the sentences live in `words/messages/<area>.<lang>.toml`.
Plural: a message `x` with keys `x.one` and `x.other` is chosen by its fact `n`.
The pseudo-language `xx` is English in accents and brackets: a bare string on a page stands out.
"""

from words.catalogue import (
    LANGUAGES,
    PSEUDO,
    UnknownMessageError,
    has,
    keys,
    language_name,
    placeholders,
    say,
)
from words.figures import byte_size, number, percent
from words.times import (
    clock_time,
    date_only,
    deadline,
    duration,
    instant,
    relative,
    stopwatch,
    to_zone,
    weekday,
)

__all__ = [
    "LANGUAGES",
    "PSEUDO",
    "UnknownMessageError",
    "byte_size",
    "clock_time",
    "date_only",
    "deadline",
    "duration",
    "has",
    "instant",
    "keys",
    "language_name",
    "number",
    "percent",
    "placeholders",
    "relative",
    "say",
    "stopwatch",
    "to_zone",
    "weekday",
]
