"""Who stands at this moment, and whom to call then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from rules.model import Layer, Person, Role, SiteId
from storage import company
from storage import duty as duty_rows
from storage import people as people_rows
from storage.db import Tx

DEFAULT_TIMEZONE = company.DEFAULT_TIMEZONE


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDuty:
    """Whom to call. `nobody_on_duty`: the rota has a gap and the first is a stand-in.

    The three may be the same person, or None in a company without people. A company may do
    without a lead and a deputy; where only the deputy stands he is the head of that time (A02).
    """

    first: Person | None
    second: Person | None
    head: Person | None
    lead: Person | None = None
    deputy: Person | None = None
    nobody_on_duty: bool = False

    def of(self, layer: Layer) -> Person | None:
        return {
            Layer.FIRST: self.first,
            Layer.SECOND: self.second,
            Layer.LEAD: self.lead,
            Layer.HEAD: self.head,
            Layer.DEPUTY: self.deputy,
        }[layer]


def on_duty(tx: Tx, now: datetime, site_id: SiteId | None = None) -> OnDuty:
    """Who stands now; where nobody does, whoever could (A02: somebody is always called)."""
    shifts = duty_rows.standing(tx, now)
    known = people_rows.staff_among(tx, {shift.person_id for shift in shifts.values()})
    by_shift = {layer: known.get(shift.person_id) for layer, shift in shifts.items()}
    staff = [] if _complete(by_shift) else people_rows.all_staff(tx)
    heads = _with(staff, Role.HEAD, site_id) or _with(staff, Role.ADMIN, site_id)
    stand_ins = _with(staff, Role.ENGINEER, site_id) + heads
    first = by_shift.get(Layer.FIRST) or _other_than(stand_ins, ())
    second = by_shift.get(Layer.SECOND) or _other_than(stand_ins, (first,)) or first
    return OnDuty(
        first=first,
        second=second,
        head=by_shift.get(Layer.HEAD) or by_shift.get(Layer.DEPUTY) or _other_than(heads, ()),
        lead=by_shift.get(Layer.LEAD),
        deputy=by_shift.get(Layer.DEPUTY),
        nobody_on_duty=by_shift.get(Layer.FIRST) is None,
    )


def timezone(tx: Tx) -> ZoneInfo:
    """The company's."""
    return company.timezone(tx)


def _complete(by_shift: Mapping[Layer, Person | None]) -> bool:
    """Whether nobody has to stand in; most of the time, and a company may be large."""
    head = by_shift.get(Layer.HEAD) or by_shift.get(Layer.DEPUTY)
    return bool(by_shift.get(Layer.FIRST) and by_shift.get(Layer.SECOND) and head)


def _with(staff: Sequence[Person], role: Role, site_id: SiteId | None) -> list[Person]:
    """Those of that role who may go there; who can be told at all comes first."""
    able = [p for p in staff if role in p.roles and _goes_to(p, site_id)]
    return sorted(able, key=lambda person: not person.channels)


def _goes_to(person: Person, site_id: SiteId | None) -> bool:
    return site_id is None or person.all_sites or site_id in person.site_ids


def _other_than(people: Sequence[Person], taken: Sequence[Person | None]) -> Person | None:
    ids = {person.id for person in taken if person}
    return next((person for person in people if person.id not in ids), None)
