"""A device's configuration is another than the known one: somebody says that it was meant.

What the device says of it now is the known one from then on (domain rules §3.1: over when
acknowledged). A device that keeps saying so itself, without a fingerprint, must be told there.
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from operations import faults as fault_desk
from operations import notes, refusals
from operations.refusals import NotNowError
from rules.assets import Device
from rules.model import DeviceId, Fault, PersonId
from rules.policy import Policy
from storage import conditions, device_memories, revision, states
from storage import devices as device_rows
from storage import faults as fault_rows
from storage.conditions import Key
from storage.db import Tx
from storage.device_memories import Kept

CHANGED = "CONFIG_CHANGED"
FINGERPRINT, FLAG = "config_crc", "config_changed"  # as the device says them
KNOWN = "config"  # the memory in which the collector keeps the known fingerprint
LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Open faults of this kind; `fingerprint` as the device said it last, None: it has none."""

    device: Device
    faults: tuple[Fault, ...]
    fingerprint: float | None

    @property
    def seen(self) -> str:
        """What a form carries along, to notice that it has changed once more meanwhile."""
        return "" if self.fingerprint is None else repr(self.fingerprint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Why it was meant. `seen`: the fingerprint that was looked at; None: whatever it is now."""

    reason: str
    seen: str | None = None


def changed(tx: Tx, device_id: DeviceId) -> Changed | None:
    """What can be accepted of this device now; None: nothing."""
    device = device_rows.get(tx, device_id)
    here = fault_rows.open_of_device(tx, device_id)
    found = tuple(fault for fault in here if fault.code == CHANGED)
    if device is None or device.archived_at is not None or not found:
        return None
    said = states.get(tx, device_id)
    fingerprint = said.metrics.get(FINGERPRINT) if said else None
    if said and fingerprint is None and said.flags.get(FLAG):
        return None
    return Changed(device=device, faults=found, fingerprint=fingerprint)


def accept(
    tx: Tx, device_id: DeviceId, word: Word, by: PersonId, policy: Policy, now: datetime
) -> float | None:
    """The fault is over, and the same fingerprint, which is returned, makes none again.

    Raises `NotNowError`.
    """
    reason = refusals.said(
        word.reason, "configuration.refused.reason", field="reason", most=LONGEST_TEXT
    )
    known = changed(tx, device_id)
    if known is None:
        raise NotNowError("configuration.refused.nothing")
    if word.seen is not None and word.seen != known.seen:
        raise NotNowError("configuration.refused.meanwhile")
    if known.fingerprint is not None:
        body = msgspec.json.encode(known.fingerprint)
        device_memories.put_all(tx, {Kept(device_id, KNOWN): body})
    device = known.device
    facts = {"name": device.name or device.code, "reason": reason}
    notes.of_act(
        tx,
        "configuration_accepted",
        by,
        now,
        {**facts, "fingerprint": known.fingerprint},
        record=f"devices/{device.id}",
        site_id=device.site_id,
        order_id=known.faults[0].order_id,
        fault_id=known.faults[0].id,
        device_id=device.id,
    )
    for fault in known.faults:
        fault_desk.clear(tx, fault.id, "accepted", policy, now)
    conditions.forget(tx, [Key(device_id, one.code, one.point) for one in known.faults])
    revision.bump(tx)  # the collector reads anew what is known
    return known.fingerprint
