"""What most software of this kind gets wrong about devices: a test for each line (A01, B11, D06).

Through the collector's own intake. Lines about people, places and paper have their tests elsewhere.
"""

from datetime import timedelta
from typing import Any

import pytest

from collector.dialects.frigate_stats import RECORDINGS
from operations import maintenance as maintenance_desk
from operations import work_orders as order_desk
from operations.maintenance import Wish
from rules.maintenance import Scope
from rules.model import Fault, Severity
from storage.db import reading, transaction
from storage.views import rejects as reject_view
from tests.collector.field import Field
from tests.company import LI, WANG

DOOR, PLUG = "0x00158d000358e8cd", "0x90fd9ffffe6494fc"
FULL = {"free": 1.0, "used": 99.0, "total": 100.0, "mount_type": "ext4"}


@pytest.fixture
def zigbee(field: Field) -> Field:
    """A bridge with a door contact on a battery and a plug on the mains behind it."""
    field.listens(zigbee2mqtt="zigbee2mqtt")
    field.has("bridge", "gateway", **_spoken("zigbee2mqtt"))
    field.has("door", "detector", via="bridge", **_spoken(DOOR))
    field.has("plug", "other", via="bridge", **_spoken(PLUG))
    listed = [
        {"ieee_address": DOOR, "friendly_name": "hall/door", "power_source": "Battery"},
        {"ieee_address": PLUG, "friendly_name": "plug", "power_source": "Mains (single phase)"},
    ]
    field.hears("zigbee2mqtt/bridge/devices", listed, retained=True)
    field.hears("zigbee2mqtt/bridge/state", {"state": "online"})
    field.hears("zigbee2mqtt/hall/door", {"contact": True, "battery": 80})
    field.hears("zigbee2mqtt/plug", {"state": "ON"})
    return field


@pytest.fixture
def frigate(field: Field) -> Field:
    """A recorder with two cameras, all of them well."""
    field.listens(frigate="frigate")
    field.has("nvr", "recorder", dialect="frigate", dialect_id="frigate", reporting_interval_s=None)
    for camera in ("gate", "yard"):
        more: dict[str, Any] = {
            "dialect": "frigate",
            "dialect_id": camera,
            "reporting_interval_s": None,
        }
        field.has(camera, via="nvr", recorded_by="nvr", **more)
    field.hears("frigate/available", b"online")
    _minutes(field, 2)
    assert field.open() == []
    return field


def _spoken(dialect_id: str) -> dict[str, Any]:
    return {"dialect": "zigbee2mqtt", "dialect_id": dialect_id, "reporting_interval_s": None}


def _minutes(field: Field, minutes: int, *, volume: object = FULL, **frames: float) -> None:
    """Frigate's statistics, once a minute; a camera with fewer than no frames is not in them."""
    for _ in range(minutes):
        counted = {"gate": 5.0, "yard": 5.0} | frames
        cameras = {name: {"camera_fps": fps} for name, fps in counted.items() if fps >= 0}
        service = {"uptime": 9000, "version": "0.16.1", "storage": {RECORDINGS: volume}}
        field.hears("frigate/stats", {"cameras": cameras, "service": service})
        field.passes(minutes=1)


def _refused(field: Field) -> int:
    with reading(field.database) as tx:
        return len(reject_view.newest(tx, limit=9).rows)


def _one(field: Field) -> Fault:
    (fault,) = field.faults()
    return fault


# 1. Reads a heartbeat as a fault; treats any name of an event without its state


def test_1_an_event_that_says_it_is_not_there_opens_nothing(field: Field) -> None:
    field.has("cam")
    field.voices["cam"] = {}
    for _ in range(10):
        field.reports("cam", "CAM_VIDEO_LOSS", active=False)
        field.passes(minutes=1)
    assert field.open() == []


def test_1_what_was_detected_is_a_sign_of_life_and_no_fault(frigate: Field) -> None:
    for _ in range(10):
        frigate.hears("frigate/events", {"type": "new", "after": {"camera": "gate"}})
        frigate.hears("frigate/events", {"type": "end", "after": {"camera": "yard"}})
        frigate.passes(minutes=1)
    assert frigate.open() == []
    assert frigate.last("gate").last_heard_at is not None


# 2. Trusts retained words; opens a flood of new faults on its own restart; a planned stop


def test_2_our_restart_opens_no_flood(zigbee: Field) -> None:
    zigbee.restarts()
    for name in ("hall/door", "plug"):
        zigbee.hears(f"zigbee2mqtt/{name}/availability", {"state": "offline"}, retained=True)
        zigbee.hears(f"zigbee2mqtt/{name}", {"tamper": True}, retained=True)
    zigbee.passes(minutes=5)
    assert zigbee.open() == []


def test_2_all_are_called_offline_while_they_work(zigbee: Field) -> None:
    """After an upgrade to 2.2.0 the bridge said so of every device."""
    for name in ("hall/door", "plug"):
        zigbee.hears(f"zigbee2mqtt/{name}/availability", {"state": "offline"})
    zigbee.passes(60)
    zigbee.hears("zigbee2mqtt/plug", {"state": "ON"})
    zigbee.passes(minutes=5)
    assert zigbee.open() == []


def test_2_a_device_that_was_asked_in_vain_is_offline(zigbee: Field) -> None:
    zigbee.hears("zigbee2mqtt/plug/availability", b"offline")
    zigbee.passes(minutes=5)
    assert zigbee.open() == [("plug", "DEV_OFFLINE")]


def test_2_a_planned_stop_is_not_a_lost_recorder(frigate: Field) -> None:
    frigate.hears("frigate/available", b"stopped")
    frigate.passes(minutes=60, beat_s=60)
    assert frigate.open() == []
    frigate.hears("frigate/available", b"online")
    _minutes(frigate, 5)
    assert frigate.open() == []


def test_2_a_lost_recorder_is_one_order_with_its_cameras_inside(frigate: Field) -> None:
    frigate.hears("frigate/available", b"offline")
    frigate.passes(minutes=10)
    [recorder] = frigate.faults("nvr")
    assert recorder.severity is Severity.EMERGENCY
    assert {fault.explained_by for fault in frigate.faults("gate", "yard")} <= {recorder.id}
    assert len(frigate.orders()) == 1


# 5. No suppression, or a wrong one


def test_5_behind_a_dead_bridge_nobody_pages_and_nobody_is_forgotten(zigbee: Field) -> None:
    zigbee.hears("zigbee2mqtt/bridge/state", {"state": "offline"})
    zigbee.passes(minutes=15)
    [bridge] = zigbee.faults("bridge")
    assert bridge.code == "NET_UPLINK_DOWN"
    assert [fault.explained_by for fault in zigbee.faults("plug")] == [bridge.id]
    assert len(zigbee.orders()) == 1
    for _ in range(16):  # the bridge is back; the plug is not
        zigbee.hears("zigbee2mqtt/bridge/groups", [])
        zigbee.passes(minutes=1)
    assert zigbee.open() == [("plug", "DEV_OFFLINE")]
    assert _one(zigbee).explained_by is None


# 6. Silence is never a fault


def test_6_a_camera_nobody_speaks_of_any_more(frigate: Field) -> None:
    _minutes(frigate, 5, yard=-1)
    assert frigate.open() == [("yard", "DEV_OFFLINE")]


def test_6_a_stream_without_frames_while_its_recorder_is_well(frigate: Field) -> None:
    _minutes(frigate, 1, yard=0.0)
    frigate.hears("frigate/yard/status/detect", b"online")  # a word; the frames were counted
    _minutes(frigate, 2, yard=0.0)
    assert frigate.open() == [("yard", "CAM_VIDEO_LOSS")]
    _minutes(frigate, 2)
    assert frigate.open() == []


def test_6_recording_that_was_turned_off_and_forgotten(frigate: Field) -> None:
    frigate.hears("frigate/gate/recordings/state", b"OFF")
    frigate.hears("frigate/yard/status/record", b"offline")
    _minutes(frigate, 6)
    assert frigate.open() == [("yard", "REC_STOPPED")]  # stopped; the other was turned off
    frigate.hears("frigate/yard/status/record", b"online")
    for _ in range(25):
        _minutes(frigate, 1)
        frigate.sleeps(minutes=59)
        frigate.hears("frigate/available", b"online")
        _minutes(frigate, 1)
    [off] = [fault for fault in frigate.faults("gate") if fault.code == "REC_STOPPED"]
    assert off.severity is Severity.MINOR


def test_6_a_camera_that_was_turned_off_is_no_fault(frigate: Field) -> None:
    frigate.hears("frigate/yard/status/detect", b"offline")
    frigate.passes(30)
    frigate.hears("frigate/yard/enabled/state", b"OFF")
    _minutes(frigate, 30, yard=0.0)
    assert frigate.open() == []


# 7. "Disk full" on recorders that go in a circle


def test_7_a_circle_that_is_full_is_no_fault(frigate: Field) -> None:
    _minutes(frigate, 10)
    assert frigate.last("nvr").metrics["recordings_free_pct"] == 1
    assert frigate.open() == []


def test_7_a_volume_that_is_gone_is_one(frigate: Field) -> None:
    _minutes(frigate, 3, volume={})
    assert frigate.open() == [("nvr", "STO_MISSING")]


def test_7_a_system_of_twelve_days_cannot_have_thirty(field: Field) -> None:
    """More in tests/collector/test_recordings.py."""
    field.has("nvr", "recorder", enrolled_at=field.now - timedelta(days=12))
    for day in range(3):
        field.says("nvr", metrics={"retention_days": 12.0 + day})
        field.sleeps(hours=23, minutes=58)
        field.says("nvr")
        field.passes(minutes=2)
    assert "REC_RETENTION_LOW" not in [fault.code for fault in field.faults()]


# 8. One time-out for all


def test_8_a_battery_has_25_hours_and_the_mains_11_minutes(zigbee: Field) -> None:
    for minute in range(60):
        zigbee.hears("zigbee2mqtt/bridge/groups", [])
        zigbee.passes(minutes=1, beat_s=30)
        if minute == 9:
            assert zigbee.open() == []
        elif minute == 11:
            assert zigbee.open() == [("plug", "DEV_OFFLINE")]
    assert zigbee.open() == [("plug", "DEV_OFFLINE")]
    for _ in range(24):
        zigbee.sleeps(hours=1)
        zigbee.hears("zigbee2mqtt/bridge/groups", [])
        zigbee.passes(30, beat_s=30)
    assert ("door", "DEV_OFFLINE") in zigbee.open()


def test_8_a_device_that_reports_every_five_minutes_has_fifteen(field: Field) -> None:
    field.has("cam", reporting_interval_s=None)
    field.says("cam", interval=300)
    field.passes(minutes=14.9)
    assert field.open() == []
    field.passes(minutes=0.3)
    assert field.open() == [("cam", "DEV_OFFLINE")]


# 9. Sentinels and types


def test_9_values_that_say_nothing(zigbee: Field) -> None:
    for _ in range(3):
        said = {"battery": 200, "tamper": "false", "linkquality": None, "device_temperature": -300}
        zigbee.hears("zigbee2mqtt/hall/door", said)
        zigbee.hears("zigbee2mqtt/plug", {"battery": 0, "ac_status": False})  # it cannot tell
    zigbee.passes(minutes=2)
    assert zigbee.open() == []
    assert zigbee.last("door").metrics == {"battery_pct": 80}


def test_9_a_closed_contact_is_true(zigbee: Field) -> None:
    assert zigbee.last("door").flags["open"] is False
    zigbee.hears("zigbee2mqtt/hall/door", {"contact": False})
    assert zigbee.last("door").flags["open"] is True


# 10. "Still present" and restores; hysteresis


def test_10_still_present_opens_no_second_fault(zigbee: Field) -> None:
    for _ in range(20):
        zigbee.hears("zigbee2mqtt/hall/door", {"tamper": True})
        zigbee.hears("zigbee2mqtt/plug", {"state": "ON"})
        zigbee.passes(minutes=1)
    assert zigbee.open() == [("door", "TAMPER")]
    assert _one(zigbee).occurrences == 1
    assert len(zigbee.orders()) == 1


def test_10_a_partial_message_is_no_restore(zigbee: Field) -> None:
    zigbee.hears("zigbee2mqtt/hall/door", {"tamper": True})
    zigbee.passes(30)
    zigbee.hears("zigbee2mqtt/hall/door", {"contact": True})
    zigbee.passes(minutes=5)
    assert zigbee.open() == [("door", "TAMPER")]


def test_10_a_stream_that_comes_and_goes_is_not_a_fault_each_time(frigate: Field) -> None:
    for _ in range(10):
        frigate.hears("frigate/gate/status/detect", b"offline")
        frigate.passes(30)
        frigate.hears("frigate/gate/status/detect", b"online")
        frigate.passes(30)
        _minutes(frigate, 1)
    assert frigate.open() == []


# 11. The devices' clocks order and time things


def test_11_a_fault_begins_when_we_heard_of_it(zigbee: Field) -> None:
    wrong = (zigbee.now - timedelta(days=400)).isoformat()
    zigbee.hears("zigbee2mqtt/hall/door", {"tamper": True, "last_seen": wrong})
    heard_at = zigbee.now
    zigbee.passes(30)
    assert heard_at <= _one(zigbee).opened_at <= zigbee.now


def test_11_a_wrong_clock_of_a_bridge_is_not_one_of_each_device(zigbee: Field) -> None:
    for _ in range(30):
        seen_at = (zigbee.now - timedelta(minutes=2)).isoformat()
        zigbee.hears("zigbee2mqtt/hall/door", {"contact": True, "last_seen": seen_at})
        zigbee.hears("zigbee2mqtt/plug", {"state": "ON", "last_seen": seen_at})
        zigbee.passes(minutes=1)
    assert zigbee.open() == []


# 12 and 13 are people's. 14. No maintenance mode, or one that is forgotten


def test_14_who_works_on_a_device_pages_nobody_and_leaves_nothing_broken_behind(
    zigbee: Field,
) -> None:
    """More in tests/stories/test_maintenance.py."""
    with transaction(zigbee.database) as tx:
        subject = maintenance_desk.subject_of(tx, Scope.DEVICE, zigbee.id_of("door"))
        assert subject
        until = zigbee.now + timedelta(minutes=30)
        wish = Wish(owner_id=zigbee.company.id_of(WANG), reason="a new battery", until=until)
        maintenance_desk.start(tx, subject, wish, wish.owner_id, zigbee.now)
    for minute in range(32):
        zigbee.hears("zigbee2mqtt/hall/door", {"tamper": True})
        zigbee.hears("zigbee2mqtt/plug", {"state": "ON"})
        zigbee.passes(minutes=1)
        assert zigbee.open() == [("door", "TAMPER")]
        assert minute > 28 or zigbee.orders() == []
    assert len(zigbee.orders()) == 1


# 15. Recovery closes the order, and the cause is never found


def test_15_what_heals_by_itself_is_still_somebodys_and_its_return_is_linked(
    frigate: Field,
) -> None:
    frigate.hears("frigate/gate/status/record", b"offline")
    _minutes(frigate, 6)
    first, (order,) = _one(frigate), frigate.orders()
    with transaction(frigate.database) as tx:
        order_desk.acknowledge(tx, order.id, frigate.company.id_of(LI), frigate.now)
    frigate.hears("frigate/gate/status/record", b"online")
    _minutes(frigate, 12)
    assert frigate.open() == []
    assert [one.id for one in frigate.orders()] == [order.id]
    frigate.hears("frigate/gate/status/record", b"offline")
    _minutes(frigate, 6)
    assert _one(frigate).repeat_of == first.id


# 16. Alarm and fault in one stream


def test_16_an_alarm_is_the_guards_and_a_tamper_is_both(zigbee: Field) -> None:
    for _ in range(5):
        said = {"contact": False, "smoke": True, "occupancy": True, "vibration": True}
        zigbee.hears("zigbee2mqtt/hall/door", said)
        zigbee.hears("zigbee2mqtt/plug", {"state": "ON"})
        zigbee.passes(minutes=1)
    assert zigbee.open() == []
    zigbee.hears("zigbee2mqtt/hall/door", {"tamper": True})
    zigbee.passes(15)
    assert zigbee.open() == [("door", "TAMPER")]
    assert _refused(zigbee) == 0


# Identity: a new name, a name of old, a device that leaves


def test_a_renamed_device_is_the_same_device(zigbee: Field) -> None:
    renamed = [{"ieee_address": DOOR, "friendly_name": "back door", "power_source": "Battery"}]
    zigbee.hears("zigbee2mqtt/bridge/devices", renamed)
    zigbee.hears("zigbee2mqtt/hall/door", b"")
    zigbee.hears("zigbee2mqtt/back door", {"tamper": True})
    zigbee.passes(15)
    assert zigbee.open() == [("door", "TAMPER")]


def test_one_enrolled_by_its_friendly_name_is_known_by_its_address_too(zigbee: Field) -> None:
    zigbee.has("siren", "sounder", via="bridge", **_spoken("attic/siren"))
    zigbee.hears("zigbee2mqtt/attic/siren", {"battery": 90})  # the list is not known yet
    address = "0x00169a00022256da"
    named = {"ieee_address": address, "friendly_name": "attic/siren", "power_source": "Battery"}
    zigbee.hears("zigbee2mqtt/bridge/devices", [named])
    zigbee.hears("zigbee2mqtt/attic/siren", {"battery": 70})
    assert zigbee.last("siren").metrics == {"battery_pct": 70}


def test_a_device_that_left_the_network_is_gone_at_once(zigbee: Field) -> None:
    left = {"type": "device_leave", "data": {"ieee_address": DOOR, "friendly_name": "hall/door"}}
    zigbee.hears("zigbee2mqtt/bridge/event", left)
    zigbee.passes(minutes=3)
    assert zigbee.open() == [("door", "DEV_OFFLINE")]


def test_memory_outlives_a_restart(zigbee: Field) -> None:
    zigbee.restarts()
    zigbee.hears("zigbee2mqtt/hall/door", {"tamper": True})
    zigbee.passes(15)
    assert zigbee.open() == [("door", "TAMPER")]
