"""Whom the Zigbee2MQTT bridge of the tests knows, and how it is asked."""

from typing import Any

from collector.wire import Reading
from tests.collector.dialects.told import Told

DOOR, PLUG, PIR = "0x00158d000358e8cd", "0x90fd9ffffe6494fc", "0x00169a00022256da"
BRIDGE = "zigbee2mqtt"


def member(address: str, name: str, power: str | None = "Battery", **more: Any) -> dict[str, Any]:
    """An entry of `bridge/devices`."""
    definition = {"model": "MCCGQ11LM", "vendor": "Aqara", "exposes": []}
    kind = "Router" if power and power.startswith("Mains") else "EndDevice"
    entry = {"ieee_address": address, "friendly_name": name, "type": kind, "power_source": power}
    return entry | {"definition": definition, "interview_completed": True} | more


def exposes(*names: str) -> dict[str, Any]:
    return {"exposes": [{"type": "binary", "name": name, "property": name} for name in names]}


def of(zigbee: Told, topic: str, body: object = b"", device: str = DOOR) -> Reading:
    """What was said of a device by a message nobody complained of."""
    said = zigbee.hears(topic, body)
    assert not said.rejected
    (reading,) = (one for one in said.readings if one.device == device)
    return reading


def quiet_s(reading: Reading) -> float:
    """How long the device may be quiet."""
    assert reading.interval_s is not None
    return 3 * reading.interval_s
