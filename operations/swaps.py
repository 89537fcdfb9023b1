"""E08: another unit at the same point, in one step.

The point keeps its name, its label, its links, its orders and its history; what belongs to the
unit becomes the new one's, also the name it speaks under, and the old unit is kept with where it
went. A number that another device in use has is refused.
"""

from dataclasses import dataclass

from operations import records, refusals
from operations.imports import Kind, changes
from operations.imports.stored import Cells
from operations.records import Hand, Saved
from operations.refusals import NotNowError
from rules.assets import Device
from rules.model import DeviceId
from rules.swaps import OF_THE_UNIT, UNIQUE, Unit, Whereabouts
from storage import devices as device_rows
from storage import journal, units
from storage.db import Tx

LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """`cells` name the columns of the new unit, as in devices.csv; `stamp` is of the line seen."""

    cells: Cells
    reason: str
    whereabouts: str
    stamp: str


def swap(tx: Tx, device_id: DeviceId, wanted: Swap, hand: Hand) -> Saved:
    """The new unit as it stands now, or what is wrong with which column; nothing is kept then.

    Raises `NotNowError` (leave the transaction by it), `GoneError`, `ChangedMeanwhileError`.
    """
    old = device_rows.get(tx, device_id)
    if old is None or old.archived_at is not None:
        raise records.GoneError(device_id)
    reason = refusals.said(wanted.reason, "swap.refused.reason", field="reason", most=LONGEST_TEXT)
    if wanted.whereabouts not in set(Whereabouts):
        raise NotNowError("swap.refused.whereabouts", field="whereabouts")
    cells = {name: wanted.cells.get(name, "") for name in OF_THE_UNIT}
    saved = records.change(tx, Kind.DEVICES, device_id, cells, wanted.stamp, hand)
    if saved.record is None:
        return saved
    new = _another(tx, old)
    units.add(tx, _unit(old, reason, Whereabouts(wanted.whereabouts), hand))
    facts = {"serial": old.serial or old.mac or old.asset_tag, "by_serial": new.serial or new.mac}
    told = changes.about(saved.record, "device_swapped", hand.by, hand.now, reason=reason, **facts)
    journal.write(tx, told)
    return saved


def _another(tx: Tx, old: Device) -> Device:
    """What stands there now; it must be told from the old one, and from every other."""
    new = device_rows.get(tx, old.id)
    assert new is not None  # noqa: S101 - changed just now
    known = [name for name in UNIQUE if getattr(new, name)]
    if all(getattr(new, name) == getattr(old, name) for name in known):
        raise NotNowError("swap.refused.same", field="serial")
    if double := units.double_of(tx, new):
        raise NotNowError("swap.refused.double", field=double[0], device=double[1])
    return new


def _unit(old: Device, reason: str, whereabouts: Whereabouts, hand: Hand) -> Unit:
    return Unit(
        device_id=old.id,
        model=old.model,
        serial=old.serial,
        batch=old.batch,
        supplier=old.supplier,
        asset_tag=old.asset_tag,
        mac=old.mac,
        firmware=old.firmware,
        dialect=old.dialect,
        dialect_id=old.dialect_id,
        installed_on=old.installed_on,
        warranty_end=old.warranty_end,
        removed_at=hand.now,
        removed_by=hand.by,
        reason=reason,
        whereabouts=whereabouts,
    )
