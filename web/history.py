"""Entries of the journal in words, with what was before and after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import words
from rules import figures
from storage.journal import Entry
from storage.views.journal import Line
from web import timeline
from web.figures import Spoken
from web.wired import Viewer

LISTS = frozenset({"customers", "contracts", "sites", "systems", "devices", "people"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a record; empty stands for nothing."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A line of the journal as a page shows it. `quote` is what a person wrote."""

    line: Line
    icon: str
    text: str
    quote: str
    differences: Sequence[Difference]
    address: str  # where the matter can be looked at


def told(viewer: Viewer, line: Line) -> Told:
    entry = line.entry
    return Told(
        line=line,
        icon=timeline.icon_of(entry),
        text=_sentence(viewer, line),
        quote=str(entry.facts.get("said") or "") or timeline.quote(entry),
        differences=differences(viewer, entry),
        address=_address(entry),
    )


def differences(viewer: Viewer, entry: Entry) -> list[Difference]:
    """What was, and what is: of lists as their columns, of figures with their unit."""
    return [
        Difference(
            _field(viewer, entry, name), _value(viewer, name, before), _value(viewer, name, after)
        )
        for name, before, after in _changes(entry.facts)
    ]


def _changes(facts: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    listed = facts.get("changes")
    if isinstance(listed, list):
        triples = (one for one in listed if isinstance(one, list | tuple))
        return [(str(one[0]), one[1], one[2]) for one in triples if len(one) == 3]  # noqa: PLR2004
    before, after = facts.get("before"), facts.get("after")
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return [(str(name), before.get(name), after.get(name)) for name in {**before, **after}]
    return []


def _field(viewer: Viewer, entry: Entry, name: str) -> str:
    if figures.find(name):
        return Spoken(viewer).name_of(name)
    kind = entry.record.partition("/")[0]
    for key in (f"record.field.{kind}.{name}", f"record.field.{name}"):
        if words.has(key):
            return viewer.say(key)
    return name


def _value(viewer: Viewer, name: str, value: Any) -> str:
    if figures.find(name):
        if value is None:
            return viewer.say("policy.as_settings")
        return Spoken(viewer).value_of(name, tuple(value) if isinstance(value, list) else value)
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)


def _sentence(viewer: Viewer, line: Line) -> str:
    entry = line.entry
    facts = dict(entry.facts)
    if "figure" in facts:
        facts["figure"] = Spoken(viewer).name_of(str(facts["figure"]))
    who = line.person or viewer.say(f"history.actor.{entry.actor}")
    return timeline.sentence(viewer.language, entry, facts | {"who": who})


def _address(entry: Entry) -> str:
    kind, _, number = entry.record.partition("/")
    if kind in {"policy", "occasions", "drills", "contact-cards"}:
        return f"/{entry.record}"
    if kind == "rotations":
        return f"/rota/rotations/{number}"
    if kind in LISTS:
        return f"/manage/{kind}/{number}"
    for kind, number_of in (
        ("orders", entry.order_id),
        ("devices", entry.device_id),
        ("sites", entry.site_id),
    ):
        if number_of:
            return f"/{kind}/{number_of}"
    return ""
