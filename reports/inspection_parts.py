"""What several parts of the inspection report ask for: worked out once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from reports.pictures import Pictures
from reports.tongues import Tongue, Words, value
from rules import verdicts
from rules.evidence import Evidence, read
from rules.inspections import Item, Point
from rules.statistics import OnSite, Points, on_site, points
from rules.verdicts import Ask, Problem, Verdict
from storage.views.inspection_sheets import Material


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The material with everything that follows from it."""

    material: Material
    tongue: Tongue
    album: Pictures
    points: Points
    problems: tuple[Problem, ...]
    verdict: Verdict
    asks: tuple[Ask, ...]
    on_site: OnSite
    at: datetime

    @property
    def waiting(self) -> Sequence[Problem]:
        return [one for one in self.problems if not one.settled]


def story_of(material: Material, tongue: Tongue, album: Pictures, at: datetime) -> Story:
    counted = points(material.sheet.points)
    found = verdicts.problems(material.sheet, material.faults, material.orders)
    return Story(
        material=material,
        tongue=tongue,
        album=album,
        points=counted,
        problems=found,
        verdict=verdicts.verdict(counted, found),
        asks=verdicts.asks(material.sheet, counted, material.running, found),
        on_site=on_site(material.visits, material.until),
        at=at,
    )


def name_of(point: Point, tongue: Tongue) -> str | Words:
    """A device's own name, or what the subject is called."""
    return point.name or tongue.say(f"checklist.subject.{point.type}")


def code_of(point: Point) -> str:
    """What people call a device; a subject has only its name."""
    return point.code if point.device_id else ""


def place_of(point: Point) -> str:
    """Where it is, unless its name says so already."""
    return "" if point.location in point.name else point.location


def kind_of(point: Point, tongue: Tongue) -> Words:
    family = "device_type" if point.device_id else "checklist.subject"
    return tongue.say(f"{family}.{point.type}")


def measured(item: Item) -> str:
    """`12.1 V`; '' where nothing was measured."""
    if item.value is None:
        return ""
    return f"{value(item.value)}\u00a0{item.unit}".rstrip()


def limits(item: Item) -> str:
    """`11.5–13.8 V`, `≥ 20 %`, `≤ 4 Ω`, or ''."""
    unit = f"\u00a0{item.unit}" if item.unit else ""
    if item.low is not None and item.high is not None:
        to = "–" if item.low >= 0 else " … "  # a minus and a dash would look alike
        return f"{value(item.low)}{to}{value(item.high)}{unit}"
    if item.low is not None:
        return f"≥\u00a0{value(item.low)}{unit}"
    return f"≤\u00a0{value(item.high)}{unit}" if item.high is not None else ""


def evidence_of(point: Point) -> Evidence:
    return read(point.evidence)
