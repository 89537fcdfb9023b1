"""What Frigate and Zigbee2MQTT say reaches the fault that docs/dialects.md names (A01, D06)."""

from typing import Any

import pytest

from collector.dialects.frigate_stats import CACHE, RECORDINGS
from rules.codes import FLAGS, METRICS
from rules.faults import Evidence, effective, weigh, weigh_flag
from tests.collector.dialects.told import Told

DOOR, PLUG = "0x00158d000358e8cd", "0x90fd9ffffe6494fc"
FULL, EMPTY = ({"free": free, "used": 100.0 - free, "total": 100.0 + free} for free in (2.0, 99.0))


def stats(counted: dict[str, Any] | None = None, **service: Any) -> dict[str, Any]:
    cameras = {"gate": {"camera_fps": 5.0} | (counted or {})}
    return {"cameras": cameras, "service": {"uptime": 999} | service}


def bad(told: Told, topic: str, body: object) -> set[str]:
    """The codes for which a message is evidence of a fault."""
    found = set[str]()
    for reading in told.hears(topic, body).readings:
        for name, value in reading.metrics.items():
            rules = [effective(c, {}) for c in METRICS if c.signal == name.partition(":")[0]]
            found |= {rule.code.code for rule in rules if weigh(rule, value) is Evidence.BAD}
        for name, flag in reading.flags.items():
            rules = [effective(c, {}) for c in FLAGS if c.signal == name.partition(":")[0]]
            found |= {r.code.code for r in rules if weigh_flag(r, value=flag) is Evidence.BAD}
    return found


@pytest.mark.parametrize(
    ("topic", "body", "codes"),
    [
        ("stats", stats(), set()),
        ("stats", stats({"camera_fps": 0.0}), {"CAM_VIDEO_LOSS"}),
        ("stats", stats({"expected_fps": 10.0}), {"CAM_FPS_LOW"}),
        ("stats", stats({"reconnects_last_hour": 11}), {"CAM_FPS_LOW"}),
        ("stats", stats({"stalls_last_hour": 101}), {"CAM_FPS_LOW"}),
        ("stats", stats(storage={RECORDINGS: FULL, CACHE: EMPTY}), set()),
        ("stats", stats(storage={RECORDINGS: EMPTY, CACHE: FULL}), {"STO_LOW"}),
        ("stats", stats(temperatures={"apex_0": 80.0}), set()),
        (
            "stats",
            stats() | {"cpu_usages": {"frigate.full_system": {"cpu": "97.0", "mem": "20"}}},
            {"NVR_OVERLOAD"},
        ),
        ("gate/status/detect", b"offline", {"CAM_VIDEO_LOSS"}),
        ("gate/status/record", b"offline", {"REC_STOPPED"}),
        ("gate/status/record_sub", b"offline", {"REC_STOPPED"}),
        ("gate/status/audio", b"offline", set()),
        ("gate/status/detect", b"disabled", {"REC_STOPPED"}),
        ("gate/recordings/state", b"OFF", {"REC_STOPPED"}),
        ("gate/enabled/state", b"ON", set()),
    ],
)
def test_frigate(topic: str, body: object, codes: set[str]) -> None:
    assert bad(Told("frigate"), topic, body) == codes


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ({"contact": False, "battery": 100, "voltage": 3200, "tamper": False}, set()),
        ({"battery": 12}, {"BATT_LOW"}),
        ({"battery_low": True}, {"BATT_LOW"}),
        ({"battery_defect": True}, {"BATT_FAULT"}),
        ({"linkquality": 19}, {"SIGNAL_WEAK"}),
        ({"device_temperature": 61}, {"TEMP_HIGH", "TEMP_CRITICAL"}),
        ({"temperature": 61}, set()),
        ({"tamper": True}, {"TAMPER"}),
        ({"trouble": True}, {"ZONE_TROUBLE"}),
        ({"ac_status": True}, {"MAINS_LOSS"}),
        ({"ac_status": False}, set()),
        ({"update": {"state": "available"}}, {"FW_OUTDATED"}),
        ({"smoke": True, "occupancy": True, "water_leak": True, "alarm": True}, set()),
    ],
)
def test_zigbee2mqtt(body: object, codes: set[str]) -> None:
    assert bad(Told("zigbee2mqtt"), "hall/door", body) == codes


def test_a_volume_that_was_there_is_missed() -> None:
    told = Told("frigate")
    assert bad(told, "stats", stats(storage={RECORDINGS: EMPTY})) == set()
    assert bad(told, "stats", stats(storage={RECORDINGS: {}})) == {"STO_MISSING"}
