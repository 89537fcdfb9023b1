"""Rows of the rotations and of what was decided above them."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from sqlalchemy import ColumnElement, and_, insert, select, update

from rules.duty import Span
from rules.model import Layer, PersonId
from rules.rotations import Days, Override, Rotation, Turns, Why
from storage.db import Tx
from storage.tables.rota import overrides, rotations

_CLOCK = "%H:%M"


def in_use(tx: Tx) -> list[Rotation]:
    """Every rotation that is not archived, oldest first."""
    found = select(rotations).where(rotations.c.archived_at.is_(None))
    return [_rotation(row) for row in tx.execute(found.order_by(rotations.c.id)).mappings()]


def archived(tx: Tx, *, limit: int) -> list[Rotation]:
    """Those that are, the last archived first."""
    found = select(rotations).where(rotations.c.archived_at.is_not(None))
    ordered = found.order_by(rotations.c.archived_at.desc(), rotations.c.id.desc())
    return [_rotation(row) for row in tx.execute(ordered.limit(limit)).mappings()]


def get(tx: Tx, rotation_id: int) -> Rotation | None:
    """One in use."""
    found = select(rotations).where(
        rotations.c.id == rotation_id, rotations.c.archived_at.is_(None)
    )
    row = tx.execute(found).mappings().one_or_none()
    return _rotation(row) if row else None


def add(tx: Tx, rotation: Rotation, *, by: PersonId | None, now: datetime) -> int:
    row = {**_columns(rotation), "made_at": now, "made_by": by}
    number: int = tx.execute(insert(rotations).values(row).returning(rotations.c.id)).scalar_one()
    return number


def change(tx: Tx, rotation: Rotation) -> None:
    tx.execute(update(rotations).where(rotations.c.id == rotation.id).values(**_columns(rotation)))


def archive(tx: Tx, rotation_id: int, now: datetime) -> None:
    tx.execute(update(rotations).where(rotations.c.id == rotation_id).values(archived_at=now))


def overrides_within(tx: Tx, span: Span) -> list[Override]:
    """Those in force that touch `span`, oldest first."""
    return _overrides(
        tx,
        and_(
            overrides.c.ends_at > span.starts_at,
            overrides.c.starts_at < span.ends_at,
            overrides.c.revoked_at.is_(None),
        ),
    )


def override_at(tx: Tx, layer: Layer, at: datetime) -> Override | None:
    """The one that counted at that instant: made before, not yet revoked, the youngest."""
    found = _overrides(
        tx,
        and_(
            overrides.c.layer == layer,
            overrides.c.starts_at <= at,
            overrides.c.ends_at > at,
            overrides.c.revoked_at.is_(None) | (overrides.c.revoked_at > at),
        ),
    )
    return found[-1] if found else None


def overrides_page(tx: Tx, before: int | None, limit: int) -> list[Override]:
    """Every decision there was, also those revoked, the youngest first."""
    found = select(overrides).order_by(overrides.c.id.desc()).limit(limit)
    if before:
        found = found.where(overrides.c.id < before)
    return [_override(row) for row in tx.execute(found).mappings()]


def overrides_of_occasion(tx: Tx, occasion_id: int) -> list[Override]:
    """The extra duty of an event that still holds (A08)."""
    mine = overrides.c.occasion_id == occasion_id
    return _overrides(tx, mine & overrides.c.revoked_at.is_(None))


def override_of(tx: Tx, override_id: int) -> Override | None:
    return next(iter(_overrides(tx, overrides.c.id == override_id)), None)


def add_overrides(tx: Tx, added: Iterable[Override]) -> list[Override]:
    """As they stand then, with their numbers."""
    return [_add(tx, one) for one in added]


def revoke(tx: Tx, override_id: int, *, by: PersonId | None, now: datetime) -> bool:
    """False when it was revoked before."""
    standing = update(overrides).where(
        overrides.c.id == override_id, overrides.c.revoked_at.is_(None)
    )
    return bool(tx.execute(standing.values(revoked_at=now, revoked_by=by)).rowcount)


def _add(tx: Tx, override: Override) -> Override:
    row = {
        "layer": override.layer,
        "person_id": override.person_id,
        "starts_at": override.starts_at,
        "ends_at": override.ends_at,
        "reason": override.reason,
        "kind": override.kind,
        "occasion_id": override.occasion_id,
        "made_at": override.made_at,
        "made_by": override.made_by,
    }
    made = tx.execute(insert(overrides).values(row).returning(overrides))
    return _override(made.mappings().one())


def _overrides(tx: Tx, condition: ColumnElement[bool]) -> list[Override]:
    found = select(overrides).where(condition).order_by(overrides.c.id)
    return [_override(row) for row in tx.execute(found).mappings()]


def _override(row: Any) -> Override:
    return Override(**{**row, "layer": Layer(row["layer"]), "kind": Why(row["kind"])})


def _rotation(row: Any) -> Rotation:
    hours = (row["hours_from"], row["hours_to"])
    return Rotation(
        id=row["id"],
        name=row["name"],
        layer=Layer(row["layer"]),
        kind=Turns(row["kind"]),
        turn_days=row["turn_days"],
        members=tuple(PersonId(number) for number in row["members"]),
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        handover=time.fromisoformat(row["handover"]),
        days=Days(row["days"]),
        hours=(time.fromisoformat(hours[0]), time.fromisoformat(hours[1])) if all(hours) else None,
    )


def _columns(rotation: Rotation) -> dict[str, Any]:
    begins, ends = rotation.hours or (None, None)
    return {
        "name": rotation.name,
        "layer": rotation.layer,
        "kind": rotation.kind,
        "turn_days": rotation.turn_days,
        "handover": rotation.handover.strftime(_CLOCK),
        "days": rotation.days,
        "hours_from": begins.strftime(_CLOCK) if begins else "",
        "hours_to": ends.strftime(_CLOCK) if ends else "",
        "members": list(rotation.members),
        "starts_on": rotation.starts_on,
        "ends_on": rotation.ends_on,
    }
