"""Devices of other makers at one site, on nobody's list: found as they are, one click from ours.

A Zigbee2MQTT bridge with a smoke detector, two door contacts and a plug, and an Axis camera.
"""

import json
import math
import secrets
from datetime import datetime, timedelta
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from ringwatch import embedded
from wiring.clock import Clock

SITE = "S03"
SOURCES = (("zigbee2mqtt", "zigbee2mqtt"), ("axis", "axis"))
_EVERY = timedelta(seconds=20)
_AXIS = "axis/00408C1A2B3C/event"
_MAINS, _BATTERY = "Mains (single phase)", "Battery"


def _member(
    address: str, name: str, kind: str, maker: str, model: str, power: str, *able: str
) -> dict[str, Any]:
    return {
        "ieee_address": address,
        "friendly_name": name,
        "type": kind,
        "supported": True,
        "interview_completed": True,
        "power_source": power,
        "definition": {
            "vendor": maker,
            "model": model,
            "description": name,
            "exposes": [{"property": one, "type": "binary"} for one in able],
        },
    }


_MEMBERS = [
    _member(
        "0x00124b0000000001", "Coordinator", "Coordinator", "Texas Instruments", "CC2652", _MAINS
    ),
    _member("0x00158d0000000002", "仓库/烟感", "EndDevice", "HEIMAN", "HS1SA-E", _BATTERY, "smoke"),
    _member(
        "0x00158d0000000003", "仓库/后门", "EndDevice", "Aqara", "MCCGQ11LM", _BATTERY, "contact"
    ),
    _member(
        "0x00158d0000000004", "收银台/抽屉", "EndDevice", "Aqara", "MCCGQ11LM", _BATTERY, "contact"
    ),
    _member("0x00124b0000000005", "走廊/中继插座", "Router", "SONOFF", "S26R2ZB", _MAINS, "state"),
]


class Newcomers:
    """Call `step` now and then; it says what is due."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._url, self._clock, self._turn = url, clock, 0
        self._next = clock()
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=f"demo-newcomers-{secrets.token_hex(4)}"
        )

    def begin(self) -> None:
        self._client.on_connect = self._greet
        self._client.will_set("zigbee2mqtt/bridge/state", b'{"state":"offline"}', 1, retain=True)
        embedded.connect(self._client, self._url, wait=False)
        self._client.loop_start()

    def end(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def step(self) -> None:
        now = self._clock()
        if now < self._next:
            return
        self._next, self._turn = now + _EVERY, self._turn + 1
        warm = round(21 + 4 * math.sin(self._turn / 20), 1)
        self._say("zigbee2mqtt/仓库/烟感", {"smoke": False, "battery": 94, "linkquality": 96})
        self._say("zigbee2mqtt/仓库/后门", {"contact": True, "battery": 100, "linkquality": 61})
        self._say("zigbee2mqtt/收银台/抽屉", {"contact": True, "battery": 18, "linkquality": 24})
        self._say("zigbee2mqtt/走廊/中继插座", {"state": "ON", "linkquality": 143})
        self._say("zigbee2mqtt/bridge/state", {"state": "online"}, retain=True)
        self._axis("Device/tns:axis/Status/Temperature/Inside", {"sensor_level": "1"}, now)
        self._axis(
            "Storage/Alert", {"alert": "0", "wear": "12", "temperature": str(warm + 20)}, now
        )

    def _greet(self, *_: object) -> None:
        self._say(
            "zigbee2mqtt/bridge/info", {"version": "2.6.1", "permit_join": False}, retain=True
        )
        self._say("zigbee2mqtt/bridge/devices", _MEMBERS, retain=True)
        self._say("axis/00408C1A2B3C/event/connection", {"connected": True}, retain=True)

    def _axis(self, event: str, data: dict[str, str], now: datetime) -> None:
        said = {
            "timestamp": int(now.timestamp() * 1000),
            "topic": f"axis:{event.replace('tns:axis/', 'axis:')}",
            "message": {"source": {"disk_id": "SD_DISK"}, "key": {}, "data": data},
        }
        self._say(f"{_AXIS}/tns:axis/{event}/$source/disk_id/SD_DISK", said)

    def _say(self, topic: str, said: object, *, retain: bool = False) -> None:
        self._client.publish(topic, json.dumps(said, ensure_ascii=False), qos=1, retain=retain)
