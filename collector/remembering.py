"""What is remembered of a device beyond its last word: values of `rules/`, by kind."""

from collections.abc import Mapping
from typing import Any

import msgspec

from rules.activity import Activity
from rules.disks import Disk
from rules.flapping import Swings
from rules.model import DeviceId
from rules.recordings import Archive, Parts
from rules.restarts import Units
from storage import device_memories
from storage.db import Tx
from storage.device_memories import Kept

SWINGS, UNITS, CONFIG, ACTIVITY = "swings", "units", "config", "activity"
BAY, REACH, PARTS = "bay", "reach", "parts"
# Of a kind with a point (`bay:2`) a device has as many as it has points.
_TYPES: Mapping[str, Any] = {
    SWINGS: Swings,
    UNITS: Units,
    CONFIG: float,
    BAY: Disk,
    REACH: Archive,
    ACTIVITY: Activity,
    PARTS: Parts,
}
ASKED = (SWINGS, UNITS, ACTIVITY)  # they ripen with time alone: each has a timer ("", kind)
MOST = 1024  # memories of one device
_encode = msgspec.json.Encoder().encode


def load(tx: Tx) -> dict[DeviceId, dict[str, Any]]:
    """Everything, by device and kind. What another release wrote otherwise is learnt anew."""
    found: dict[DeviceId, dict[str, Any]] = {}
    for (device_id, kind), body in device_memories.everything(tx).items():
        value = read(kind, body)
        if value is not None:
            found.setdefault(device_id, {})[kind] = value
    return found


def read(kind: str, body: bytes) -> Any:
    """The value, or None where it cannot be read."""
    try:
        return msgspec.json.decode(body, type=_TYPES[kind.partition(":")[0]])
    except (KeyError, ValueError, RecursionError):
        return None


def write(tx: Tx, learnt: Mapping[Kept, Any]) -> None:
    """Into the transaction of the batch that taught it; None is forgotten."""
    known = {key: _encode(value) for key, value in learnt.items() if value is not None}
    device_memories.put_all(tx, known)
    device_memories.forget(tx, learnt.keys() - known.keys())
