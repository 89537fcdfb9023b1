"""What the pages of an inspection share: who may see it, what stands around it, how it is said."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import words
from rules.documents import Kind
from rules.evidence import Evidence
from rules.inspection_steps import Step, refusal
from rules.inspections import Doubt, Inspection, InspectionId, ItemId, Point, PointId, Sheet
from rules.model import Role
from rules.permits import Verb
from storage import documents as document_rows
from storage import inspections as inspection_rows
from storage.db import Tx
from storage.views import months
from storage.views.months import Where
from web.readings import unit_of
from web.wired import NotFoundError, Viewer

MOST_CHIPS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One sentence of what the device itself reported; `kind` is a meaning of the style sheet."""

    kind: str
    icon: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why it was not done; `beside` names the field it belongs to, with what was typed there."""

    message: str
    beside: str = ""
    status: int = 422
    note: str = ""
    item: ItemId | None = None
    choice: str = ""
    values: Mapping[ItemId, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An inspection this viewer may see, and where it belongs."""

    sheet: Sheet
    place: Where

    @property
    def inspection(self) -> Inspection:
        return self.sheet.inspection

    def point(self, point_id: int) -> Point:
        found = (one for one in self.sheet.points if one.id == point_id)
        if point := next(found, None):
            return point
        raise NotFoundError


def today(visitor: Viewer) -> date:
    """The day on the viewer's calendar."""
    return words.to_zone(visitor.now, visitor.timezone).date()


def is_customer(visitor: Viewer) -> bool:
    """Nothing but a customer: they see what has been issued, and nobody's doubts."""
    return visitor.me.roles == {Role.CUSTOMER}


def seen(tx: Tx, visitor: Viewer, inspection_id: int) -> Seen:
    """Another's inspection is not even there; a customer's is there once it is issued.

    What was printed stays with whom it was for, also when the site has another customer now.
    """
    sheet = inspection_rows.sheet(tx, InspectionId(inspection_id))
    if sheet is None:
        raise NotFoundError
    place = months.places(tx, [sheet.inspection.system_id])[sheet.inspection.system_id]
    owner = document_rows.customer_of(tx, Kind.INSPECTION, inspection_id) or place.customer_id
    if not visitor.may(Verb.SEE_INSPECTION, place.site_id, owner):
        raise NotFoundError
    if is_customer(visitor) and sheet.inspection.issued_at is None:
        raise NotFoundError
    return Seen(sheet=sheet, place=place)


def allowed(tx: Tx, visitor: Viewer, verb: Verb, inspection_id: int) -> Seen:
    """May this viewer do it to this inspection? Raises what the pages turn into 404 and 403."""
    visitor.must(verb)
    found = seen(tx, visitor, inspection_id)
    visitor.must(verb, found.place.site_id, found.place.customer_id)
    return found


def editable(inspection: Inspection, point: Point) -> bool:
    """After the sheet is finished only a doubted point may be looked at again."""
    if refusal(inspection, Step.ANSWER):
        return False
    return inspection.finished_at is None or bool(point.doubts)


def fingerprint(point: Point) -> str:
    """What a person looked at: if it is another by now, the answer is asked for again."""
    said = [(one.id, str(one.result or ""), one.note, one.value) for one in point.items]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def following(sheet: Sheet, point: Point) -> PointId | None:
    """The next point without its word: onward from here, then from the beginning."""
    waiting = [one for one in sheet.points if not one.answered and one.id != point.id]
    onward = (one for one in waiting if one.position > point.position)
    found = next(onward, None) or sheet.next_point()
    return found.id if found and found.id != point.id else None


def chips(visitor: Viewer, said: Evidence | None, zone: str) -> list[Chip]:
    """What the device reported in the period, the worst first (B11)."""
    if said is None:
        return []
    if not said.heard:
        kind, icon, key = ("quiet", "eye-off", "unheard")
        if said.heard is False:
            kind, icon, key = ("wrong", "wifi-off", "never")
        return [_chip(visitor, kind, icon, key)]
    found = _faults(visitor, said, zone)
    if not found:
        found = [_chip(visitor, "ok", "heart-rate-monitor", "clean")]
    left_out = len(found) - MOST_CHIPS
    if left_out > 0:
        more = _chip(visitor, "quiet", "dots", "more", n=left_out)
        found = [*found[:MOST_CHIPS], more]
    return [*found, *_measured(visitor, said)]


def _faults(visitor: Viewer, said: Evidence, zone: str) -> list[Chip]:
    found = []
    if said.offline_times and said.offline_last_at:
        facts = {
            "n": said.offline_times,
            "last": _day(visitor, said.offline_last_at, zone),
            "span": words.duration(visitor.language, said.offline_s),
        }
        found.append(_chip(visitor, "doubtful", "wifi-off", "offline", **facts))
    for one in sorted(said.told, key=lambda each: (not each.open, each.code)):
        if said.offline_times and one.code == "DEV_OFFLINE":
            continue
        name = visitor.say(f"code.{one.code}.name")
        facts = {"n": one.times, "code": name, "last": _day(visitor, one.last_at, zone)}
        kind, key = ("wrong", "still") if one.open else ("doubtful", "told")
        found.append(_chip(visitor, kind, "alert-triangle-filled", key, **facts))
    return found


def doubt(visitor: Viewer, one: Doubt, zone: str) -> str:
    """A contradiction as a sentence for the head."""
    facts: dict[str, Any] = {**one.facts}
    for name in ("since", "until", "checked_at", "taken_at"):
        if facts.get(name):
            facts[name] = words.instant(visitor.language, datetime.fromisoformat(facts[name]), zone)
    if "code" in facts:
        facts["code"] = visitor.say(f"code.{facts['code']}.name")
    for name in ("value", "low", "high"):
        if isinstance(facts.get(name), float):
            facts[name] = f"{facts[name]:g}"
    facts["item"] = visitor.say(f"checklist.item.{one.item}") if one.item else ""
    sentence = visitor.say(f"inspection.doubt.{one.why}", **facts)
    return (
        visitor.say("sheet.doubt_of", item=facts["item"], doubt=sentence) if one.item else sentence
    )


def _measured(visitor: Viewer, said: Evidence) -> list[Chip]:
    """The first two figures it reports of itself."""
    found = []
    for name, one in list(said.metrics.items())[:2]:
        if not words.has(f"metric.{name}"):
            continue
        low, high = (f"{round(value, 1):g}" for value in (one.low, one.high))
        figure = f"{low if low == high else f'{low} – {high}'} {unit_of(name)}"
        facts = {"metric": visitor.say(f"metric.{name}"), "figure": figure}
        found.append(_chip(visitor, "quiet", "activity", "metric", **facts))
    return found


def _chip(visitor: Viewer, kind: str, icon: str, key: str, **facts: Any) -> Chip:
    return Chip(kind=kind, icon=icon, text=visitor.say(f"sheet.evidence.{key}", **facts))


def _day(visitor: Viewer, at: datetime, zone: str) -> str:
    return words.date_only(visitor.language, words.to_zone(at, zone).date())
