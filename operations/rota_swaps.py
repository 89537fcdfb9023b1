"""Swaps of duty: offered to one or to anybody, taken, declined, withdrawn or run out.

What is taken becomes overrides of the rota, both or none. The rota may have changed since the
offer: it is asked again, held, when somebody takes it.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from operations import notes, notices, rota_preview
from operations import rota as rota_desk
from operations.refusals import NotNowError
from rules import rota_swaps as swap_rules
from rules.duty import Shift, Span
from rules.model import Person, PersonId, Severity
from rules.notices import Kind as NoticeKind
from rules.policy import RotaFigures
from rules.rota_quality import Concern
from rules.rota_swaps import State, Stretch, Swap
from rules.rotations import Override, Why, shifts_of
from storage import deadlines
from storage import duty as duty_rows
from storage import people as people_rows
from storage import rota_swaps as swap_rows
from storage.db import Tx
from storage.views import names

LONGEST_NOTE = 500
PAGE = "/duty/swaps"


class NoSuchSwapError(LookupError):
    """There is no swap of that id."""


def offer(tx: Tx, swap: Swap) -> Swap:
    """Ask one person, or anybody who may stand there. Raises `NotNowError`."""
    now = swap.offered_at
    if why := swap_rules.refusal_of_offer(swap, _to_come(tx, swap), now):
        raise NotNowError(f"rota_swap.refused.{why}", field=_field(why))
    readers = _readers(tx, swap)
    if not readers:
        raise NotNowError("rota_swap.refused.nobody", field="to")
    others = swap_rows.open_of(tx, swap.given.layer, swap.from_id)
    if any(swap_rules.overlap(one.given, swap.given) for one in others):
        raise NotNowError("rota_swap.refused.offered", field="starts_at")
    swap = swap_rows.add(tx, replace(swap, note=swap.note.strip()[:LONGEST_NOTE]))
    deadlines.put(tx, deadlines.Kind.SWAP, "swap", swap.id, swap.expires_at)
    for reader in readers:
        _tell(tx, reader, NoticeKind.SWAP, "offered", swap, swap.from_id, now)
    _note(tx, swap, "swap_offered", swap.from_id, now)
    return swap


def accept(tx: Tx, swap_id: int, by: PersonId, now: datetime) -> Swap:
    """The rota says so from this moment on; both are told. Raises `NotNowError`, `RotaError`."""
    swap = _held(tx, swap_id)
    taker = people_rows.present(tx, by)
    if taker is None:
        raise NotNowError("rota_swap.refused.role")
    duty_rows.lock_rota(tx)
    if why := swap_rules.refusal_of_taking(swap, taker, _to_come(tx, swap), now):
        raise NotNowError(f"rota_swap.refused.{why}")
    rota_desk.override_all(tx, overrides(swap, by), by=by, now=now)
    swap = _answered(tx, swap, State.ACCEPTED, by, now)
    for person_id, what, other in ((swap.from_id, "accepted", by), (by, "taken", swap.from_id)):
        if person := people_rows.present(tx, person_id):
            _tell(tx, person, NoticeKind.SWAP_NEWS, what, swap, other, now)
    return swap


def accept_knowing(
    tx: Tx, swap_id: int, by: PersonId, known: int, figures: RotaFigures, now: datetime
) -> Swap:
    """`known`: how many concerns were shown with it; one more and it must be looked at again."""
    swap = swap_rows.get(tx, swap_id)
    if swap is None:
        raise NoSuchSwapError(swap_id)
    found = concerns(tx, swap, by, figures, now)
    swap = accept(tx, swap_id, by, now)
    if len(found) > known:
        raise NotNowError("rota_swap.refused.look_again")
    return swap


def decline(tx: Tx, swap_id: int, by: PersonId, now: datetime) -> Swap:
    """Only whom it was offered to can decline it; who offered is told. Raises `NotNowError`."""
    swap = _open(tx, swap_id)
    if swap.to_id != by:
        raise NotNowError("rota_swap.refused.for_another")
    swap = _answered(tx, swap, State.DECLINED, by, now)
    _tell_offerer(tx, swap, "declined", by, now)
    return swap


def withdraw(tx: Tx, swap_id: int, by: PersonId, now: datetime) -> Swap:
    """The duty stays where it is; who was asked is told. Raises `NotNowError`."""
    swap = _open(tx, swap_id)
    swap = _answered(tx, swap, State.WITHDRAWN, by, now)
    for reader in _readers(tx, swap):
        _tell(tx, reader, NoticeKind.SWAP_NEWS, "withdrawn", swap, swap.from_id, now)
    if by != swap.from_id:
        _tell_offerer(tx, swap, "withdrawn", by, now)
    return swap


def run_out(tx: Tx, swap: Swap, now: datetime) -> datetime | None:
    """The tick's question: its time has come and nobody took it."""
    if swap.state is not State.OFFERED:
        return None
    if now < swap.expires_at:
        return swap.expires_at
    swap = _answered(tx, swap, State.EXPIRED, None, now)
    _tell_offerer(tx, swap, "expired", swap.from_id, now)
    return None


def concerns(
    tx: Tx, swap: Swap, taker_id: PersonId, figures: RotaFigures, now: datetime
) -> list[Concern]:
    """What would be wrong with the rota then that is not wrong now: rest, doubles, long duties."""
    return rota_preview.of_overrides(tx, overrides(swap, taker_id), figures, now).new


def takers(tx: Tx, swap: Swap) -> list[Person]:
    """Who may stand in that layer, but whoever offers it."""
    staff = people_rows.all_staff(tx)
    able = (one for one in staff if swap_rules.may_stand(one, swap.given.layer))
    return [one for one in able if one.id != swap.from_id]


def overrides(swap: Swap, taker_id: PersonId) -> list[Override]:
    """What the rota becomes when that person takes it."""
    wanted: list[tuple[Stretch, PersonId]] = [(swap.given, taker_id)]
    if swap.back:
        wanted.append((swap.back, swap.from_id))
    return [
        Override(
            layer=stretch.layer,
            person_id=person_id,
            starts_at=stretch.starts_at,
            ends_at=stretch.ends_at,
            reason=swap.note,
            kind=Why.SWAP,
        )
        for stretch, person_id in wanted
    ]


def _to_come(tx: Tx, swap: Swap) -> list[Shift]:
    """Who will stand over all that the swap is about, as it follows from the plans now."""
    known = [one for one in (swap.given, swap.back) if one]
    first, last = min(one.starts_at for one in known), max(one.ends_at for one in known)
    if last <= first or last - first > rota_preview.FURTHEST:
        return []
    return shifts_of(rota_desk.derived(tx, Span(starts_at=first, ends_at=last)))


def _readers(tx: Tx, swap: Swap) -> list[Person]:
    able = takers(tx, swap)
    return able if swap.to_id is None else [one for one in able if one.id == swap.to_id]


def _held(tx: Tx, swap_id: int) -> Swap:
    swap = swap_rows.lock(tx, swap_id)
    if swap is None:
        raise NoSuchSwapError(swap_id)
    return swap


def _open(tx: Tx, swap_id: int) -> Swap:
    swap = _held(tx, swap_id)
    if swap.state is not State.OFFERED:
        raise NotNowError("rota_swap.refused.over")
    return swap


def _answered(tx: Tx, swap: Swap, state: State, by: PersonId | None, now: datetime) -> Swap:
    columns = {"state": state, "answered_at": now, "answered_by": by}
    swap = swap_rows.change(tx, swap.id, columns)
    deadlines.put(tx, deadlines.Kind.SWAP, "swap", swap.id, None)
    _note(tx, swap, f"swap_{state}", by, now)
    return swap


def _tell_offerer(tx: Tx, swap: Swap, what: str, other: PersonId, now: datetime) -> None:
    if person := people_rows.present(tx, swap.from_id):
        _tell(tx, person, NoticeKind.SWAP_NEWS, what, swap, other, now)


def _tell(  # noqa: PLR0913, PLR0917 - whom, of what, whose doing, and when
    tx: Tx,
    reader: Person,
    kind: NoticeKind,
    what: str,
    swap: Swap,
    other: PersonId,
    now: datetime,
) -> None:
    facts: dict[str, Any] = {
        "what": what,
        "who": names.person(tx, other),
        "page": f"{PAGE}#s{swap.id}",
    }
    facts |= _spans(swap) | {"text": swap.note}
    if kind is NoticeKind.SWAP:
        facts |= {"swap_id": swap.id}
    key = f"swap:{swap.id}:{what}:{swap.offered_at.isoformat()}"
    notices.tell(tx, reader, kind, key=key, severity=Severity.MINOR, facts=facts, now=now)


def _spans(swap: Swap) -> dict[str, Any]:
    given, back = swap.given, swap.back
    said: dict[str, Any] = {
        "layer": given.layer,
        "starts_at": given.starts_at.isoformat(),
        "ends_at": given.ends_at.isoformat(),
    }
    if back:
        said |= {
            "return_layer": back.layer,
            "return_starts_at": back.starts_at.isoformat(),
            "return_ends_at": back.ends_at.isoformat(),
        }
    return said


def _note(tx: Tx, swap: Swap, verb: str, by: PersonId | None, now: datetime) -> None:
    facts = {"person": names.person(tx, swap.from_id), **_spans(swap), "text": swap.note}
    notes.of_act(tx, verb, by, now, facts, record=f"swaps/{swap.id}")


def _field(why: str) -> str:
    if why.startswith("return"):
        return "return_starts_at"
    return "to" if why == "self" else "starts_at"
