"""What a change of the rota would do, before it is made: who changes, what is wrong, how even."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from operations import rota as rota_desk
from operations.rota import Planned
from rules import rota_fairness as fairness
from rules import rota_quality as quality
from rules import rotations as turns
from rules.duty import GOES_OUT, Span
from rules.model import PersonId
from rules.policy import RotaFigures
from rules.rota_fairness import Load
from rules.rota_quality import Change, Concern
from rules.rotations import Ground, Override, Rotation, Slot
from storage import company
from storage.db import Tx

FURTHEST = timedelta(days=366)
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
    span = _ahead(tx, now)
    return _weighed(tx, rota_desk.planned(tx, span), rota_desk.ground(tx), span, figures)


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


def of_revoking(tx: Tx, override_id: int, figures: RotaFigures, now: datetime) -> Preview:
    return _preview(tx, _ahead(tx, now), figures, without_override=override_id)


def of_rotation(tx: Tx, rotation: Rotation, figures: RotaFigures, now: datetime) -> Preview:
    """If it were planned now, or stood so instead of the one with its number."""
    numbered = replace(rotation, id=rotation.id or _YOUNGEST)
    return _preview(tx, _ahead(tx, now), figures, without=rotation.id, rotations=[numbered])


def of_archiving(tx: Tx, rotation_id: int, figures: RotaFigures, now: datetime) -> Preview:
    return _preview(tx, _ahead(tx, now), figures, without=rotation_id)


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
    before = _weighed(tx, planned, ground, span, figures)
    after = _weighed(tx, changed, ground, span, figures)
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


def _weighed(tx: Tx, planned: Planned, ground: Ground, span: Span, figures: RotaFigures) -> Weighed:
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
        concerns=quality.concerns(slots, figures),
        loads=loads,
        score=fairness.balance(loads, members),
    )


def _ahead(tx: Tx, now: datetime, *ends: datetime) -> Span:
    until = max(turns.horizon(now, company.timezone(tx)), *ends, now)
    return Span(starts_at=now, ends_at=min(until, now + FURTHEST))
