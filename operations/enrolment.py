"""A device that speaks becomes one of ours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from operations import notes
from rules.assets import monitored_by_default
from rules.discovery import Guess, code_for
from rules.model import DeviceId, DeviceType, Link, Monitored, PersonId, SiteId, SystemId
from storage import devices as device_rows
from storage import discovered, revision
from storage.db import Tx
from storage.views import discovered as discovered_view
from storage.views.discovered import Key, Stranger

_FACTS = ("model", "supplier", "serial", "firmware", "ip", "mac")


class CodeTakenError(Exception):
    """The site has a device of this code already; `archived`: it is out of use."""

    def __init__(self, *, archived: bool) -> None:
        super().__init__()
        self.archived = archived


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """`speaks_as` is how it was heard; `code` what it is called on our list."""

    site_id: SiteId
    speaks_as: Key
    code: str
    name: str
    type: DeviceType
    system_id: SystemId | None = None
    guess: Guess = field(default_factory=Guess)


def enrol(tx: Tx, new: Enrolment, by: PersonId, now: datetime) -> DeviceId:
    """From its next message on it is judged. Raises `CodeTakenError`."""
    if known := device_rows.by_code(tx, new.speaks_as.site, new.code):
        raise CodeTakenError(archived=known.archived_at is not None)
    device_rows.add(tx, [_row(new, now)])
    device_id = device_rows.ids_by_code(tx, [new.site_id])[new.site_id, new.code]
    parent = _parent(tx, new)
    if parent is not None:
        device_rows.set_links(tx, {device_id: {Link.VIA: parent}})
    key = new.speaks_as
    discovered.forget(tx, key.site, key.dialect, key.device)
    revision.bump(tx)
    facts = {"device": new.name, "code": new.code}
    notes.of_act(tx, "enrolled", by, now, facts, site_id=new.site_id, device_id=device_id)
    return device_id


def enrol_as_guessed(
    tx: Tx, strangers: Sequence[Stranger], by: PersonId, now: datetime
) -> list[DeviceId]:
    """Each under its own name as what it says it is; a gateway before what hangs on it.

    Those that do not say what they are, or whose site nobody knows, are left.
    """
    taken = {code for (_, code) in device_rows.ids_by_code(tx, _sites(strangers))}
    enrolled = []
    for one in _parents_first(strangers):
        if one.site_id is None or one.guess.type is None:
            continue
        code = code_for(one.device, taken)
        taken.add(code)
        new = Enrolment(
            site_id=one.site_id,
            speaks_as=one.key,
            code=code,
            name=one.guess.name or one.device,
            type=one.guess.type,
            guess=one.guess,
        )
        enrolled.append(enrol(tx, new, by, now))
    return enrolled


def suggested_code(tx: Tx, stranger: Stranger) -> str:
    """What it would be called on the list of its site."""
    return code_for(stranger.device, {code for (_, code) in _codes(tx, stranger)})


def set_aside(tx: Tx, stranger: Stranger, *, ignored: bool, by: PersonId, now: datetime) -> None:
    """Out of the list of strangers, or back into it: it goes on being counted."""
    discovered_view.set_ignored(tx, stranger.key, ignored=ignored)
    verb = "set_aside" if ignored else "taken_back"
    facts = {"device": f"{stranger.site}/{stranger.device}"}
    notes.of_act(tx, verb, by, now, facts, site_id=stranger.site_id)


def _row(new: Enrolment, now: datetime) -> dict[str, Any]:
    native = new.speaks_as.dialect == "native" and new.speaks_as.device == new.code
    interval_s = new.guess.interval_s
    return {
        "site_id": new.site_id,
        "system_id": new.system_id,
        "code": new.code,
        "name": new.name,
        "type": new.type,
        "monitored": _watched(new),
        "enrolled_at": now,
        "dialect": new.speaks_as.dialect,
        "dialect_id": "" if native else new.speaks_as.device,
        "reporting_interval_s": round(interval_s) or None if interval_s else None,
        **{name: getattr(new.guess, name) for name in _FACTS},
    }


def _watched(new: Enrolment) -> Monitored:
    """It was heard, so there is something to hear; but a zone only speaks through its panel.

    So does a hold-up button behind an alarm host, whose quiet is no sign of anything.
    """
    if new.speaks_as.dialect == "dc09" and new.guess.via:
        return Monitored.INDIRECT
    usual = monitored_by_default(new.type)
    return Monitored.YES if usual is Monitored.NO else usual


def _parent(tx: Tx, new: Enrolment) -> DeviceId | None:
    """What it says it is heard through, if that is on the list of the site."""
    if not new.guess.via:
        return None
    name = (new.speaks_as.site, new.speaks_as.dialect, new.guess.via)
    here = device_rows.of_site(tx, new.site_id)
    return next((one.id for one in here if one.spoken_name == name), None)


def _parents_first(strangers: Iterable[Stranger]) -> list[Stranger]:
    """In an order in which nobody comes before what they are heard through; circles are cut."""
    by_id = {one.device: one for one in strangers}
    ordered: dict[str, Stranger] = {}

    for one in by_id.values():
        line = [one]
        while (above := by_id.get(line[-1].guess.via)) and above not in line:
            line.append(above)
        for each in reversed(line):
            ordered.setdefault(each.device, each)
    return list(ordered.values())


def _sites(strangers: Iterable[Stranger]) -> set[SiteId]:
    return {one.site_id for one in strangers if one.site_id is not None}


def _codes(tx: Tx, stranger: Stranger) -> Iterable[tuple[SiteId, str]]:
    return device_rows.ids_by_code(tx, _sites([stranger]))
