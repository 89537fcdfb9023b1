"""E08: another unit at the same point, those before it; and that a new configuration is meant."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from operations import configurations as configuration_desk
from operations import records
from operations import swaps as swap_desk
from operations.configurations import Word
from operations.imports import Kind, stored
from operations.imports.stored import Stored
from operations.records import Hand
from operations.swaps import Swap
from rules.model import DeviceId
from rules.permits import Verb
from rules.swaps import OF_THE_UNIT, Unit, Whereabouts
from storage import devices as device_rows
from storage import units
from storage.api_answers import Answer
from storage.db import Tx, reading
from storage.views.reach import customer_of
from web.api.asked import Asked, Code, Line, Strict
from web.api.callers import Caller, DeviceReader, Maintainer
from web.api.once import answered, once
from web.api.problems import refused
from web.wired import NotFoundError, Wired
from wiring.parts import Parts

router = APIRouter(tags=["devices"])


class Exchange(Strict):
    """The new unit, by the columns of devices.csv; what is left out is empty from now on.

    At least one of `serial`, `mac` and `asset_tag` must differ from the old unit's.
    """

    reason: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]
    whereabouts: Whereabouts
    model: Line = ""
    serial: Line = ""
    batch: Line = ""
    supplier: Line = ""
    asset_tag: Line = ""
    mac: Line = ""
    firmware: Line = ""
    dialect: Line = ""
    dialect_id: Line = ""
    installed: date | None = None
    warranty_end: date | None = None


class Meant(Strict):
    """What was changed, and by whose order."""

    reason: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]


class Accepted(BaseModel):
    """The fingerprint that is the known one from now on; null where the device gives none."""

    site: str
    code: str
    fingerprint: float | None


class Former(BaseModel):
    """A unit that was taken out, when, why and where it went."""

    model: str
    serial: str
    asset_tag: str
    mac: str
    dialect: str
    dialect_id: str
    installed: date | None
    warranty_end: date | None
    removed_at: datetime
    reason: str
    whereabouts: Whereabouts


class Units(BaseModel):
    """The units that stood at this point before, the last first."""

    items: list[Former]
    next: str | None


@router.get("/devices/{site}/{code}/units")
def former(parts: Wired, caller: DeviceReader, site: Code, code: Code) -> Units:
    with reading(parts.database) as tx:
        return _units(tx, _mine(tx, caller, site, code, Verb.SEE_CONTACTS).id)


@router.post("/devices/{site}/{code}/swap", response_model=Units)
def swap(
    parts: Wired, caller: Maintainer, asked: Asked, site: Code, code: Code, said: Exchange
) -> Response:
    def work(tx: Tx) -> Answer:
        old = _mine(tx, caller, site, code, Verb.MAINTAIN_DEVICE)
        _swap(tx, parts, caller, old, said)
        return answered(_units(tx, old.id))

    return once(parts, caller, asked, said, work)


@router.post("/devices/{site}/{code}/accept-configuration", response_model=Accepted)
def accept_configuration(
    parts: Wired, caller: Maintainer, asked: Asked, site: Code, code: Code, said: Meant
) -> Response:
    def work(tx: Tx) -> Answer:
        device_id = DeviceId(_mine(tx, caller, site, code, Verb.MAINTAIN_DEVICE).id)
        word = Word(reason=said.reason)
        fingerprint = configuration_desk.accept(
            tx, device_id, word, caller.me.id, parts.policy, caller.now
        )
        return answered(Accepted(site=site, code=code, fingerprint=fingerprint))

    return once(parts, caller, asked, said, work)


def _swap(tx: Tx, parts: Parts, caller: Caller, old: Stored, said: Exchange) -> None:
    given = said.model_dump(mode="json", include=set(OF_THE_UNIT))
    wanted = Swap(
        cells={name: value or "" for name, value in given.items()},
        reason=said.reason,
        whereabouts=said.whereabouts,
        stamp=records.stamp_of(old),
    )
    hand = Hand(by=caller.me.id, policy=parts.policy, now=caller.now)
    saved = swap_desk.swap(tx, DeviceId(old.id), wanted, hand)
    if saved.errors:
        first = saved.errors[0]
        raise refused((first.column, first.value, first.message_id), **first.facts)


def _mine(tx: Tx, caller: Caller, site: str, code: str, verb: Verb) -> Stored:
    """Another's is not even there, nor one out of use."""
    device = device_rows.by_code(tx, site, code)
    record = stored.one(tx, Kind.DEVICES, device.id) if device else None
    if device is None or record is None or record.archived_at is not None:
        raise NotFoundError
    customer = customer_of(tx, device.site_id)
    if not caller.may(Verb.SEE_DEVICE, device.site_id, customer):
        raise NotFoundError
    caller.must(verb, device.site_id, customer)
    return record


def _units(tx: Tx, device_id: int) -> Units:
    items = [_former(one) for one in units.of_device(tx, DeviceId(device_id))]
    return Units(items=items, next=None)


def _former(one: Unit) -> Former:
    return Former(
        model=one.model,
        serial=one.serial,
        asset_tag=one.asset_tag,
        mac=one.mac,
        dialect=one.dialect,
        dialect_id=one.dialect_id,
        installed=one.installed_on,
        warranty_end=one.warranty_end,
        removed_at=one.removed_at,
        reason=one.reason,
        whereabouts=one.whereabouts,
    )
