"""The sources of the settings as the collector reads them; a wrong one ends the start."""

from collections.abc import Iterator

from collector.dialects import dc09
from collector.dialects.registry import DIALECTS
from collector.dialects.speech import Source
from wiring.problems import Problem, SettingsError
from wiring.settings import Settings


def sources_of(settings: Settings) -> tuple[Source, ...]:
    """Every `[[source]]`. Raises `SettingsError` for a dialect that nobody reads."""
    problems = [
        Problem(f"source[{number}].dialect", one.dialect, f"one of {', '.join(sorted(DIALECTS))}")
        for number, one in enumerate(settings.source)
        if one.dialect not in DIALECTS
    ]
    if problems:
        raise SettingsError(problems)
    return tuple(_all(settings))


def _all(settings: Settings) -> Iterator[Source]:
    for one in settings.source:
        yield Source(site=one.site, dialect=one.dialect, prefix=one.prefix)
    if settings.dc09:  # what its receiver takes in comes by the inbox; each letter names its site
        yield Source(site="", dialect=dc09.NAME, prefix=dc09.NAME)
