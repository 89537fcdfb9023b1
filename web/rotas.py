"""The rota as pages draw it: bars of a week, names, and what is wrong with it in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from fastapi import Request, Response

from operations.rota_preview import Preview
from rules import duty as duty_rules
from rules import rota_quality as quality
from rules import rotations as turns
from rules.duty import Day, Span
from rules.holidays import Calendar, CalendarDay
from rules.model import Layer, PersonId
from rules.rota_fairness import Load
from rules.rota_quality import Concern
from rules.rotations import Slot
from storage import people as people_rows
from storage.db import Tx
from web.figures import local_form
from web.wired import Viewer, page

NARROW_PCT = 30  # on a phone a narrower bar cuts the name of whoever it is for
MOST_SAID = 40  # changes and concerns a page lists; how many more there are, it says


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A piece of a week's line: where it begins and how wide it is, in percent.

    `starts` and `ends` are local, as a field of a form holds them.
    """

    x: float
    width: float
    name: str
    kind: str
    span: Span
    starts: str
    ends: str
    why: str = ""

    @property
    def narrow(self) -> bool:
        return self.width < NARROW_PCT


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Seven days with what the calendar says of them, and a line of bars for each layer."""

    days: Sequence[Day]
    calendar: Sequence[CalendarDay]
    lines: Mapping[Layer, Sequence[Bar]]
    now_at: float | None
    starts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearing:
    """What one person bears, before and after a change."""

    name: str
    before: Load
    after: Load


@dataclass(frozen=True, slots=True)
class Names:
    """Who is who, also of those who have left; a gap says why it is one."""

    viewer: Viewer
    people: Mapping[PersonId, str]

    def of(self, person_id: PersonId | None) -> str:
        if person_id is None:
            return self.viewer.say("rota.nobody_stands")
        return self.people.get(person_id, "")

    def of_slot(self, slot: Slot) -> str:
        if slot.gap:
            return self.viewer.say(f"rota.gaps.{slot.gap}")
        return self.of(slot.person_id)

    def concern(self, one: Concern) -> str:
        """A sentence: what is wrong, with whom, from when to when."""
        also = self.viewer.say(f"layer.{one.also}") if one.also else ""
        return self.viewer.say(
            f"rota.flaw.{one.flaw}",
            name=self.of(one.person_id),
            layer=self.viewer.say(f"layer.{one.layer}"),
            also=also,
            h=round((one.ends_at - one.starts_at) / timedelta(hours=1)),
        )


def names(tx: Tx, viewer: Viewer) -> Names:
    return Names(viewer, {one.id: one.name for one in people_rows.everyone(tx)})


def layers_shown(slots: Sequence[Slot]) -> list[Layer]:
    """Those every company needs, and those somebody stands in."""
    used = {slot.layer for slot in slots if slot.person_id is not None}
    return [layer for layer in Layer if layer in quality.NEEDED or layer in used]


def week(
    slots: Sequence[Slot], monday: date, viewer: Viewer, said: Names, calendar: Calendar
) -> Week:
    """The week of `monday` of what `slots` say; the layers drawn are those of all of them."""
    zone = ZoneInfo(viewer.timezone)
    days = duty_rules.days_of_week(monday, zone)
    whole = Span(starts_at=days[0].starts_at, ends_at=days[-1].ends_at)
    inside = whole.starts_at <= viewer.now < whole.ends_at
    return Week(
        days=days,
        calendar=[calendar.day(day.on, viewer.language) for day in days],
        lines={
            layer: [_bar(whole, one, viewer, said) for one in turns.within(slots, layer, whole)]
            for layer in layers_shown(slots)
        },
        now_at=_share(whole, viewer.now) if inside else None,
        starts=local_form(whole.starts_at, viewer.timezone),
    )


def bearings(told: Preview, said: Names) -> list[Bearing]:
    """Everybody who bears something before or after, by name."""
    found = [
        Bearing(
            name=said.of(who),
            before=told.before.loads.get(who, Load()),
            after=told.after.loads.get(who, Load()),
        )
        for who in {*told.before.loads, *told.after.loads}
    ]
    return sorted(found, key=lambda one: one.name)


def preview_page(
    request: Request,
    viewer: Viewer,
    told: Preview,
    said: Names,
    *,
    kept: Mapping[str, str | Sequence[str]],
    save: str,
) -> Response:
    """What a change does, and the question. `kept`: the form, sent again when it is saved."""
    return page(
        request,
        viewer,
        "rota/preview.html",
        told=told,
        said=said,
        bearings=bearings(told, said),
        kept=[
            (name, one)
            for name, value in kept.items()
            for one in ([value] if isinstance(value, str) else value)
        ],
        save=viewer.say(save),
        most=MOST_SAID,
    )


def _bar(whole: Span, slot: Slot, viewer: Viewer, said: Names) -> Bar:
    x = _share(whole, slot.starts_at)
    mine = slot.person_id == viewer.me.id
    kind = "gap" if slot.gap else "mine" if mine else "theirs"
    return Bar(
        x=x,
        width=round(_share(whole, slot.ends_at) - x, 3),
        name=said.of_slot(slot),
        kind=f"{kind} is-decided" if slot.override_id else kind,
        span=slot,
        starts=local_form(slot.starts_at, viewer.timezone),
        ends=local_form(slot.ends_at, viewer.timezone),
        why=viewer.say("rota.decided") if slot.override_id else "",
    )


def _share(whole: Span, at: datetime) -> float:
    return round((at - whole.starts_at) / (whole.ends_at - whole.starts_at) * 100, 3)
