"""What a change of the rota would do, before it is made: who changes, what is wrong, how even."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from operations import rota as rota_desk
from operations.rota import Planned
from rules import duty as duty_rules
from rules import rota_fairness as fairness
from rules import rota_quality as quality
from rules import rotations as turns
from rules.duty import GOES_OUT, Shift, Span
from rules.model import PersonId
from rules.policy import RotaFigures
from rules.rota_fairness import Load
from rules.rota_quality import Change, Concern
from rules.rotations import Ground, Override, Rotation, Slot
from storage import company
from storage import duty as duty_rows
from storage import rotations as rotation_rows
from storage.db import Tx

FURTHEST = timedelta(days=366)
_REST_AFTER = timedelta(days=2)  # what follows a change is part of it
_YOUNGEST = 2**62  # lies above whatever has a number


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A rota of the coming two months. `score`: 0 to 100, None where nobody stands at all."""

    slots: Sequence[Slot]
    concerns: Sequence[Concern]
    loads: Mapping[PersonId, Load]
    score: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """`provisional`: years that change and whose make-up workdays are not known yet."""

    span: Span
    before: Weighed
    after: Weighed
    changes: Sequence[Change]
    provisional: Sequence[int]

    @property
    def new(self) -> list[Concern]:
        return quality.new_in(self.after.concerns, self.before.concerns)

    @property
    def gone(self) -> list[Concern]:
        return quality.gone_in(self.after.concerns, self.before.concerns)


def as_it_stands(tx: Tx, figures: RotaFigures, now: datetime) -> Weighed:
    """The rota from now up to the horizon, as it follows from what is planned."""
    span, stood = _ahead(tx, now), _stood(tx, now, figures)
    return _weighed(tx, rota_desk.planned(tx, span), rota_desk.ground(tx), span, figures, stood)


def of_overrides(
    tx: Tx, decided: Sequence[Override], figures: RotaFigures, now: datetime
) -> Preview:
    """If these were decided now, the later above the earlier."""
    above = [
        replace(one, id=_YOUNGEST + n, starts_at=max(one.starts_at, now))
        for n, one in enumerate(decided)
        if one.ends_at > now
    ]
    span = _ahead(tx, now, *(one.ends_at for one in above))
    return _preview(tx, span, figures, overrides=above)


def of_revoking(tx: Tx, decided: Override, figures: RotaFigures, now: datetime) -> Preview:
    span = _ahead(tx, now, decided.ends_at)
    return _preview(tx, span, figures, without_override=decided.id)


def of_rotation(tx: Tx, rotation: Rotation, figures: RotaFigures, now: datetime) -> Preview:
    """If it were planned now, or stood so instead of the one with its number."""
    numbered = replace(rotation, id=rotation.id or _YOUNGEST)
    span = _ahead(tx, now, _shown_until(tx, rotation))
    return _preview(tx, span, figures, without=rotation.id, rotations=[numbered])


def of_archiving(tx: Tx, rotation_id: int, figures: RotaFigures, now: datetime) -> Preview:
    known = rotation_rows.get(tx, rotation_id)
    span = _ahead(tx, now, _shown_until(tx, known) if known else now)
    return _preview(tx, span, figures, without=rotation_id)


def _preview(  # noqa: PLR0913 - what is added and what is left out
    tx: Tx,
    span: Span,
    figures: RotaFigures,
    *,
    rotations: Iterable[Rotation] = (),
    overrides: Iterable[Override] = (),
    without: int = 0,
    without_override: int = 0,
) -> Preview:
    planned, ground = rota_desk.planned(tx, span), rota_desk.ground(tx)
    changed = Planned(
        rotations=[*(one for one in planned.rotations if one.id != without), *rotations],
        overrides=[*(one for one in planned.overrides if one.id != without_override), *overrides],
    )
    stood = _stood(tx, span.starts_at, figures)
    before = _weighed(tx, planned, ground, span, figures, stood)
    after = _weighed(tx, changed, ground, span, figures, stood)
    calendar, changes = company.calendar(tx), quality.changes(before.slots, after.slots)
    years = {
        at.astimezone(ground.zone).year for one in changes for at in (one.starts_at, one.ends_at)
    }
    return Preview(
        span=span,
        before=before,
        after=after,
        changes=changes,
        provisional=[year for year in sorted(years) if calendar.provisional(year)],
    )


def _weighed(
    tx: Tx,
    planned: Planned,
    ground: Ground,
    span: Span,
    figures: RotaFigures,
    stood: Sequence[Shift],
) -> Weighed:
    slots = turns.derive(planned.rotations, planned.overrides, ground, span)
    day, shifts = company.calendar(tx).day, turns.shifts_of(slots)
    loads = fairness.loads(fairness.portions(shifts, day, ground.zone, span))
    members = {
        member
        for one in planned.rotations
        if one.layer in GOES_OUT
        for member in one.members
        if member in ground.present
    }
    return Weighed(
        slots=slots,
        concerns=quality.concerns(slots, figures, stood),
        loads=loads,
        score=fairness.balance(loads, members),
    )


def _ahead(tx: Tx, now: datetime, *ends: datetime) -> Span:
    shown = turns.horizon(now, company.timezone(tx))
    until = max([shown, *(end + _REST_AFTER for end in ends)])
    return Span(starts_at=now, ends_at=min(until, now + FURTHEST))


def _shown_until(tx: Tx, rotation: Rotation) -> datetime:
    """As far beyond its first day as one looks beyond today."""
    zone = company.timezone(tx)
    return turns.horizon(duty_rules.midnight(rotation.starts_on, zone), zone)


def _stood(tx: Tx, now: datetime, figures: RotaFigures) -> list[Shift]:
    """Who stood last: rest is counted from there, and so is a shift that goes on."""
    back = Span(starts_at=now - timedelta(seconds=figures.longest_s) - turns.DAY, ends_at=now)
    known = (one for one in duty_rows.between(tx, back) if one.starts_at < now)
    return [replace(one, ends_at=min(one.ends_at, now)) for one in known]
