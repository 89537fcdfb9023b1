"""What is wrong with a rota before it is saved. Pure.

A concern is said and never forbids: who plans may have no better people. Figures: `policy.rota`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import combinations, pairwise

from rules import duty as duty_rules
from rules.duty import GOES_OUT, Shift, Span
from rules.model import Layer, PersonId
from rules.policy import RotaFigures
from rules.rotations import Slot, shifts_of

NEEDED = (Layer.FIRST, Layer.SECOND, Layer.HEAD)  # a company may do without the others
DAY = timedelta(days=1)
_CHANGE_OF_CLOCK = timedelta(hours=1)  # a week may be an hour longer


class Flaw(StrEnum):
    GAP = "gap"
    DOUBLE = "double"  # one person in two layers at once
    SHORT_REST = "short_rest"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern(Span):
    """`also` is the second layer of a double. Of a short rest, the span is the rest."""

    flaw: Flaw
    layer: Layer
    person_id: PersonId | None = None
    also: Layer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Span):
    """One layer is given from one person to another; None: nobody."""

    layer: Layer
    before: PersonId | None
    after: PersonId | None


def concerns(
    slots: Sequence[Slot], figures: RotaFigures, stood: Sequence[Shift] = ()
) -> list[Concern]:
    """Everything wrong with what was derived, by time.

    `stood`: the shifts before it, up to its first instant; what was wrong then is over.
    """
    shifts = shifts_of(slots)
    begins = min((slot.starts_at for slot in slots), default=None)
    whole = duty_rules.merged([*stood, *shifts])
    lasting = (
        *_short_rests(whole, timedelta(seconds=figures.rest_s)),
        *_too_long(whole, timedelta(seconds=figures.longest_s)),
    )
    found = [
        *_gaps(slots, shifts),
        *_doubles(shifts),
        *(one for one in lasting if begins and one.ends_at >= begins),
    ]
    return sorted(found, key=lambda one: (one.starts_at, list(Layer).index(one.layer)))


def new_in(after: Iterable[Concern], before: Sequence[Concern]) -> list[Concern]:
    """What was not wrong before; less of the same is not new."""
    return [one for one in after if not any(_covers(old, one) for old in before)]


def gone_in(after: Sequence[Concern], before: Iterable[Concern]) -> list[Concern]:
    """What is wrong no longer; less of the same is not gone."""
    return [
        old
        for old in before
        if not any(_alike(old, one) and duty_rules.common(old, one) for one in after)
    ]


def changes(before: Sequence[Slot], after: Sequence[Slot]) -> list[Change]:
    """Where another stands than before, by layer and time."""
    found: list[Change] = []
    for layer in Layer:
        old, new = ([s for s in slots if s.layer == layer] for slots in (before, after))
        edges = sorted({edge for s in (*old, *new) for edge in (s.starts_at, s.ends_at)})
        for begin, end in pairwise(edges):
            was, will = _stands(old, begin), _stands(new, begin)
            if was != will:
                _join(
                    found,
                    Change(layer=layer, before=was, after=will, starts_at=begin, ends_at=end),
                )
    return found


def _covers(old: Concern, new: Concern) -> bool:
    inside = old.starts_at <= new.starts_at and new.ends_at <= old.ends_at
    return inside and _alike(old, new)


def _alike(one: Concern, other: Concern) -> bool:
    return _of_what(one) == _of_what(other)


def _of_what(concern: Concern) -> tuple[object, ...]:
    return concern.flaw, concern.layer, concern.person_id, concern.also


def _length(span: Span) -> timedelta:
    return span.ends_at - span.starts_at


def _gaps(slots: Sequence[Slot], shifts: Sequence[Shift]) -> Iterator[Concern]:
    """Of layers every company needs, and of those it uses; a deputy fills the head's (A02)."""
    used = {shift.layer for shift in shifts}
    for layer in (one for one in Layer if one in NEEDED or one in used):
        for span in _empty(slots, layer):
            filled = [s for s in shifts if layer is Layer.HEAD and s.layer is Layer.DEPUTY]
            as_layer = [replace(shift, layer=layer) for shift in filled]
            for gap in duty_rules.gaps(as_layer, layer, span):
                yield Concern(
                    flaw=Flaw.GAP, layer=layer, starts_at=gap.starts_at, ends_at=gap.ends_at
                )


def _empty(slots: Sequence[Slot], layer: Layer) -> list[Span]:
    """Gaps of whatever reason, joined where they touch."""
    found: list[Span] = []
    for slot in slots:
        if slot.layer != layer or slot.person_id is not None:
            continue
        begins = slot.starts_at
        if found and found[-1].ends_at == begins:
            begins = found.pop().starts_at
        found.append(Span(starts_at=begins, ends_at=slot.ends_at))
    return found


def _doubles(shifts: Sequence[Shift]) -> Iterator[Concern]:
    for own in _by_person(shifts).values():
        for one, other in combinations(own, 2):
            cut = duty_rules.common(one, other)
            if cut and one.layer != other.layer:
                yield Concern(
                    flaw=Flaw.DOUBLE,
                    layer=one.layer,
                    also=other.layer,
                    person_id=one.person_id,
                    starts_at=cut.starts_at,
                    ends_at=cut.ends_at,
                )


def _short_rests(shifts: Sequence[Shift], least: timedelta) -> Iterator[Concern]:
    """Between shifts of up to a day; in stand-by of days some hours off are a relief."""
    for person_id, own in _by_person(s for s in shifts if s.layer in GOES_OUT).items():
        for last, following in pairwise(_stretches(own)):
            rest = following.starts_at - last.ends_at
            if rest < least and max(_length(last), _length(following)) <= DAY:
                yield Concern(
                    flaw=Flaw.SHORT_REST,
                    layer=following.layer,
                    person_id=person_id,
                    starts_at=last.ends_at,
                    ends_at=following.starts_at,
                )


def _too_long(shifts: Sequence[Shift], most: timedelta) -> Iterator[Concern]:
    for shift in shifts:
        if shift.layer is Layer.FIRST and (_length(shift) > most + _CHANGE_OF_CLOCK):
            yield Concern(
                flaw=Flaw.TOO_LONG,
                layer=shift.layer,
                person_id=shift.person_id,
                starts_at=shift.starts_at,
                ends_at=shift.ends_at,
            )


def _stretches(own: Sequence[Shift]) -> list[Shift]:
    """One person's shifts in whichever layer, joined where they touch or lie upon each other."""
    joined: list[Shift] = []
    for shift in own:
        if joined and shift.starts_at <= joined[-1].ends_at:
            until = max(joined[-1].ends_at, shift.ends_at)
            joined[-1] = replace(joined[-1], ends_at=until)
        else:
            joined.append(shift)
    return joined


def _by_person(shifts: Iterable[Shift]) -> dict[PersonId, list[Shift]]:
    found: dict[PersonId, list[Shift]] = {}
    for shift in sorted(shifts, key=lambda one: one.starts_at):
        found.setdefault(shift.person_id, []).append(shift)
    return found


def _stands(slots: Sequence[Slot], at: datetime) -> PersonId | None:
    return next((s.person_id for s in slots if s.starts_at <= at < s.ends_at), None)


def _join(found: list[Change], change: Change) -> None:
    last = found[-1] if found else None
    if last and last.ends_at == change.starts_at and _same(last, change):
        found[-1] = replace(last, ends_at=change.ends_at)
    else:
        found.append(change)


def _same(one: Change, other: Change) -> bool:
    return (one.layer, one.before, one.after) == (other.layer, other.before, other.after)
