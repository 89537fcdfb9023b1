"""Plan turns, decide otherwise for a span, and write down the future that follows from both.

`shifts` is what on-call goes by, one small question. Its past is never rewritten: whoever stood
at an instant stood there, whatever is planned later (ADR 32). Its future up to two months is
derived from rotations and overrides, anew with every change and every hour.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from operations import notes
from rules import rotations as turns
from rules.duty import Span
from rules.model import Layer, PersonId
from rules.rotations import Ground, Override, Rotation, Slot, Why
from storage import company
from storage import duty as duty_rows
from storage import people as people_rows
from storage import rotations as rotation_rows
from storage.db import Tx

_INSTANT = timedelta(microseconds=1)


class RotaError(ValueError):
    """The rota cannot take this; `message_id` says why to a person."""

    def __init__(self, message_id: str) -> None:
        super().__init__(message_id)
        self.message_id = message_id


def override(  # noqa: PLR0913 - who, where, when, why; all by name
    tx: Tx,
    layer: Layer,
    person_id: PersonId | None,
    span: Span,
    *,
    by: PersonId | None,
    now: datetime,
    reason: str = "",
    kind: Why = Why.OVERRIDE,
    occasion_id: int | None = None,
) -> Override:
    """Give what is still to come of `span` to a person, whoever had it; None leaves it empty.

    Raises `RotaError`.
    """
    decided = Override(
        layer=layer,
        person_id=person_id,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        reason=reason,
        kind=kind,
        occasion_id=occasion_id,
    )
    return override_all(tx, [decided], by=by, now=now)[0]


def override_all(
    tx: Tx, decided: Iterable[Override], *, by: PersonId | None, now: datetime
) -> list[Override]:
    """Several decisions that stand or fall together, the later above the earlier.

    Raises `RotaError`; then none of them is written.
    """
    duty_rows.lock_rota(tx)
    to_come: list[Override] = []
    for one in decided:
        must_be_possible(tx, one, now)
        begins = max(one.starts_at, now)
        to_come.append(replace(one, starts_at=begins, made_at=now, made_by=by))
    added = rotation_rows.add_overrides(tx, to_come)
    for one in added:
        _note(tx, "shift_set", _facts_of(one), by=by, now=now)
    settle(tx, now)
    return added


def revoke(tx: Tx, override_id: int, *, by: PersonId | None, now: datetime) -> Override:
    """What it covered is again as below it, from now on. Raises `RotaError`."""
    duty_rows.lock_rota(tx)
    found = rotation_rows.override_of(tx, override_id)
    if found is None or not rotation_rows.revoke(tx, override_id, by=by, now=now):
        raise RotaError("rota.already_revoked")
    _note(tx, "override_revoked", _facts_of(found), by=by, now=now)
    settle(tx, now)
    return found


def plan(tx: Tx, rotation: Rotation, *, by: PersonId | None, now: datetime) -> int:
    """A new rotation, from now on; its number. Raises `RotaError`."""
    must_be_sound(tx, rotation)
    duty_rows.lock_rota(tx)
    number = rotation_rows.add(tx, rotation, by=by, now=now)
    _note(tx, "rotation_planned", _facts(rotation), by=by, now=now, number=number)
    settle(tx, now)
    return number


def edit(tx: Tx, rotation: Rotation, *, by: PersonId | None, now: datetime) -> None:
    """The rotation of that id is so from now on. Raises `RotaError`."""
    must_be_sound(tx, rotation)
    duty_rows.lock_rota(tx)
    before = _in_use(tx, rotation.id)
    if before == rotation:
        return
    rotation_rows.change(tx, rotation)
    facts = {"before": _facts(before), "after": _facts(rotation), "name": rotation.name}
    _note(tx, "rotation_changed", facts, by=by, now=now, number=rotation.id)
    settle(tx, now)


def archive(tx: Tx, rotation_id: int, *, by: PersonId | None, now: datetime) -> None:
    """Nobody takes turns in it any more from now on. Raises `RotaError`."""
    duty_rows.lock_rota(tx)
    before = _in_use(tx, rotation_id)
    rotation_rows.archive(tx, rotation_id, now)
    _note(tx, "rotation_archived", _facts(before), by=by, now=now, number=rotation_id)
    settle(tx, now)


def settle(tx: Tx, now: datetime) -> int:
    """Write down the future of the rota up to the horizon; how many rows were touched.

    Asking twice is free. The past, up to `now`, stays as it is.
    """
    duty_rows.lock_rota(tx)
    until = turns.horizon(now, company.timezone(tx))
    future = turns.shifts_of(derived(tx, Span(starts_at=now, ends_at=until)))
    old = duty_rows.since(tx, now)
    return duty_rows.rewrite(tx, old, turns.settled(old, future, now))


def derived(tx: Tx, span: Span) -> list[Slot]:
    """What follows for `span` from the rotations and overrides as they stand."""
    plan_now = planned(tx, span)
    return turns.derive(plan_now.rotations, plan_now.overrides, ground(tx), span)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """All that the rota of a span follows from."""

    rotations: Sequence[Rotation]
    overrides: Sequence[Override]


def planned(tx: Tx, span: Span) -> Planned:
    return Planned(
        rotations=rotation_rows.in_use(tx), overrides=rotation_rows.overrides_within(tx, span)
    )


def ground(tx: Tx) -> Ground:
    return Ground(
        zone=company.timezone(tx),
        is_workday=company.calendar(tx).is_workday,
        present=frozenset(person.id for person in people_rows.all_staff(tx)),
    )


def standing(tx: Tx, span: Span, now: datetime) -> list[Slot]:
    """Who was, is and will be on duty: up to now as it was written down, later as it follows."""
    found: list[Slot] = []
    if span.starts_at < now:
        past = Span(starts_at=span.starts_at, ends_at=min(span.ends_at, now))
        found += turns.written(duty_rows.between(tx, past), past)
    if now < span.ends_at:
        found += derived(tx, Span(starts_at=max(span.starts_at, now), ends_at=span.ends_at))
    return sorted(found, key=lambda slot: (list(Layer).index(slot.layer), slot.starts_at))


def at(tx: Tx, instant: datetime, now: datetime) -> dict[Layer, Slot]:
    """Who was, is or will be on duty at that instant, or why nobody."""
    moment = Span(starts_at=instant, ends_at=instant + _INSTANT)
    return {slot.layer: slot for slot in standing(tx, moment, now)}


def must_be_possible(tx: Tx, decided: Override, now: datetime) -> None:
    """Raises `RotaError` for what would be refused."""
    if decided.ends_at <= decided.starts_at:
        raise RotaError("rota.ends_before_it_starts")
    if decided.ends_at <= now:
        raise RotaError("rota.is_past")
    if decided.person_id is not None and not _is_staff(tx, decided.person_id):
        raise RotaError("rota.not_of_our_staff")


def must_be_sound(tx: Tx, rotation: Rotation) -> None:
    """Raises `RotaError` for what would be refused."""
    if not rotation.members:
        raise RotaError("rota.rotation.nobody")
    if rotation.ends_on and rotation.ends_on < rotation.starts_on:
        raise RotaError("rota.ends_before_it_starts")
    if rotation.hours and rotation.hours[0] == rotation.hours[1]:
        raise RotaError("rota.rotation.no_hours")
    if any(not _is_staff(tx, member) for member in rotation.members):
        raise RotaError("rota.not_of_our_staff")


def _in_use(tx: Tx, rotation_id: int) -> Rotation:
    found = rotation_rows.get(tx, rotation_id)
    if found is None:
        raise RotaError("rota.rotation.archived")
    return found


def _is_staff(tx: Tx, person_id: PersonId) -> bool:
    return any(person.id == person_id for person in people_rows.all_staff(tx))


def _facts_of(decided: Override) -> dict[str, object]:
    return {
        "layer": decided.layer,
        "person_id": decided.person_id,
        "starts_at": decided.starts_at.isoformat(),
        "ends_at": decided.ends_at.isoformat(),
        "said": decided.reason,
        "override": decided.id,
    }


def _facts(rotation: Rotation) -> dict[str, object]:
    """As the journal keeps it: what may be written as JSON."""
    hours = "-".join(clock.isoformat("minutes") for clock in rotation.hours or ())
    return {
        "name": rotation.name,
        "layer": rotation.layer,
        "turn_days": rotation.turn_days,
        "kind": rotation.kind,
        "days": rotation.days,
        "handover": rotation.handover.isoformat("minutes"),
        "hours": hours,
        "members": list(rotation.members),
        "starts_on": _day(rotation.starts_on),
        "ends_on": _day(rotation.ends_on),
    }


def _day(on: date | None) -> str:
    return on.isoformat() if on else ""


def _note(
    tx: Tx,
    verb: str,
    facts: Mapping[str, object],
    *,
    by: PersonId | None,
    now: datetime,
    number: int | None = None,
) -> None:
    record = f"rotations/{number}" if number else ""
    notes.of_act(tx, verb, by, now, facts, record=record, otherwise="system")
