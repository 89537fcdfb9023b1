"""A figure of the policy in words: its name, its value with unit, and what it is for."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import words
from rules import figures, limits
from rules.codes import CATALOGUE
from rules.figures import Figure, Kind, Value
from web import readings
from web.wired import Viewer

GROUPS = (
    "zone_hours",
    "travel",
    "ladder",
    "response",
    "rota",
    "hold",
    "common_causes",
    "silence",
    "storm",
    "solutions",
    "inspections",
    "house",
    "limits",
)
LOCAL_FORM = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True)
class Spoken:
    """What templates say of figures, in the viewer's language."""

    viewer: Viewer

    def name(self, figure: Figure) -> str:
        language = self.viewer.language
        if figure.code:
            code = words.say(language, f"code.{figure.code}.name")
            return words.say(
                language, "policy.limit", code=code, what=self._word(f"limit.{figure.last}")
            )
        return self._word(figure.name)

    def name_of(self, name: str) -> str:
        """With its group, to stand alone; also of a figure that this program no longer has."""
        figure = figures.find(name) or limits.find(name)
        if figure is None or figure.code:
            return self.name(figure) if figure else name
        group = words.say(self.viewer.language, f"policy.group.{figure.group}")
        return words.say(self.viewer.language, "policy.limit", code=group, what=self.name(figure))

    def what_for(self, figure: Figure) -> str:
        """A sentence on what follows from it, where there is one."""
        key = f"figure_why.{figure.name}"
        return words.say(self.viewer.language, key) if words.has(key) else ""

    def value(self, figure: Figure, value: Value) -> str:
        language = self.viewer.language
        if value is None:
            return words.say(language, "policy.none")
        if isinstance(value, tuple | list):
            return " · ".join(words.percent(language, one, places=0) for one in value)
        if figure.unit == "s" and value and float(value).is_integer():
            return words.duration(language, value)
        plain = f"{value:,.12g}"
        key = f"policy.unit.{figure.unit}"
        return (
            words.say(language, key, n=plain) if figure.unit else f"{plain} {_mark(figure)}".strip()
        )

    def value_of(self, name: str, value: Value) -> str:
        figure = figures.find(name) or limits.find(name)
        return self.value(figure, value) if figure else str(value)

    @staticmethod
    def typed(value: Value) -> str:
        """As a field holds it, to be changed."""
        if isinstance(value, tuple | list):
            return " ".join(f"{one * 100:g} %" for one in value)
        return "" if value is None else f"{value:.12g}"

    def unit(self, figure: Figure) -> str:
        if figure.kind is Kind.SHARES:
            return words.say(self.viewer.language, "policy.typed.shares")
        key = f"policy.typed.{figure.unit}"
        return words.say(self.viewer.language, key) if figure.unit else _mark(figure)

    def _word(self, name: str) -> str:
        key = f"figure.{name}"
        return words.say(self.viewer.language, key) if words.has(key) else name


def _mark(figure: Figure) -> str:
    """A limit has the unit of the reading it is held against."""
    return readings.unit_of(CATALOGUE[figure.code].signal) if figure.code else ""


def instant_of(text: str, timezone: str) -> datetime | None:
    """What was typed by the clocks of that zone; None when it is no time, or before all time."""
    try:
        at = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(timezone))
        at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at


def local_form(at: datetime, timezone: str) -> str:
    return at.astimezone(ZoneInfo(timezone)).strftime(LOCAL_FORM)
