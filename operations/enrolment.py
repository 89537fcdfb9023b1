"""A device that speaks becomes one of ours."""

from dataclasses import dataclass
from datetime import datetime

from rules.model import DeviceId, DeviceType, PersonId, SiteId, SystemId
from storage import devices as device_rows
from storage import discovered, journal, revision
from storage.db import Tx
from storage.views import discovered as discovered_view


class CodeTakenError(Exception):
    """The site has a device of this code already; `archived`: it is out of use."""

    def __init__(self, *, archived: bool) -> None:
        super().__init__()
        self.archived = archived


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """`site_code` and `code` are the names it speaks under."""

    site_id: SiteId
    site_code: str
    code: str
    name: str
    type: DeviceType
    system_id: SystemId | None = None


def enrol(tx: Tx, new: Enrolment, by: PersonId, now: datetime) -> DeviceId:
    """From its next message on it is judged. Raises `CodeTakenError`."""
    if known := device_rows.by_code(tx, new.site_code, new.code):
        raise CodeTakenError(archived=known.archived_at is not None)
    device_rows.add(
        tx,
        [
            {
                "site_id": new.site_id,
                "system_id": new.system_id,
                "code": new.code,
                "name": new.name,
                "type": new.type,
                "enrolled_at": now,
            }
        ],
    )
    device_id = device_rows.ids_by_code(tx, [new.site_id])[new.site_id, new.code]
    discovered.forget(tx, new.site_code, "native", new.code)
    revision.bump(tx)
    journal.write(
        tx,
        journal.Entry(
            at=now,
            actor="person",
            person_id=by,
            verb="enrolled",
            site_id=new.site_id,
            device_id=device_id,
            facts={"device": new.name, "code": new.code},
        ),
    )
    return device_id


def set_aside(
    tx: Tx, stranger: discovered_view.Stranger, *, ignored: bool, by: PersonId, now: datetime
) -> None:
    """Out of the list of strangers, or back into it: it goes on being counted."""
    discovered_view.set_ignored(tx, stranger.site, stranger.device, ignored=ignored)
    entry = journal.Entry(
        at=now,
        actor="person",
        person_id=by,
        verb="set_aside" if ignored else "taken_back",
        site_id=stranger.site_id,
        facts={"device": f"{stranger.site}/{stranger.device}"},
    )
    journal.write(tx, entry)
