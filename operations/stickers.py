"""Make labels, revoke them, take that back. Every printing makes new ids (E01)."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from operations import notes
from rules.model import DeviceId, PersonId, SiteId
from storage import stickers as sticker_rows
from storage.db import Tx
from storage.stickers import Sticker

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is taken for another when typed
LENGTH = 12  # 59 bits: nobody finds one by trying
MOST = 500  # of one printing


class TooManyError(Exception):
    """More than `MOST` at once, or nothing at all."""


def make(
    tx: Tx,
    site_id: SiteId,
    points: Sequence[DeviceId | None],
    *,
    revoke_old: bool,
    by: PersonId,
    now: datetime,
) -> list[Sticker]:
    """Labels for these points in their order; None stands for the site itself.

    `revoke_old`: earlier labels of the same points lead nowhere from now on.
    Raises `TooManyError`.
    """
    if not 0 < len(points) <= MOST:
        raise TooManyError
    old = [
        one.id
        for one in sticker_rows.of_site(tx, site_id)
        if one.revoked_at is None and one.device_id in points
    ]
    revoked = sticker_rows.revoke(tx, old, by, now) if revoke_old else 0
    made = [
        Sticker(id=new_id(), site_id=site_id, device_id=point, created_at=now, created_by=by)
        for point in points
    ]
    sticker_rows.add(tx, made)
    facts = {"count": len(made), "revoked": revoked}
    notes.of_act(tx, "labels_made", by, now, facts, site_id=site_id)
    return made


def revoke(tx: Tx, known: Sticker, *, by: PersonId, now: datetime) -> None:
    """Whoever scans it is told that it is no longer valid. Twice is once."""
    if sticker_rows.revoke(tx, [known.id], by, now):
        _note(tx, "label_revoked", known, by, now)


def restore(tx: Tx, known: Sticker, *, by: PersonId, now: datetime) -> None:
    """It was revoked by mistake: it leads to its point again."""
    if sticker_rows.restore(tx, known.id):
        _note(tx, "label_restored", known, by, now)


def new_id() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def read_id(typed: str) -> str:
    """As it was scanned, or typed with blanks and small letters."""
    return "".join(letter for letter in typed.upper() if letter in LETTERS)[: LENGTH + 1]


def shown(sticker_id: str) -> str:
    """In groups of four, as it stands on the label."""
    return " ".join(sticker_id[at : at + 4] for at in range(0, len(sticker_id), 4))


def _note(tx: Tx, verb: str, known: Sticker, by: PersonId, now: datetime) -> None:
    facts, site_id = {"sticker": shown(known.id)}, known.site_id
    notes.of_act(tx, verb, by, now, facts, site_id=site_id, device_id=known.device_id)
