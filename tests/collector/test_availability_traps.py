"""What public bug reports teach about who is there and who is not: a test for each (A01, D01).

Through the collector's own intake, in the dialects of the devices that were reported.
"""

import pytest

from rules.model import Fault
from storage.db import reading
from storage.views import rejects as reject_view
from tests.collector.field import Field

SERIAL = "00408C123456"
CONNECTION = f"axis/{SERIAL}/event/connection"
FAN = "onvif/cam01/onvif-ej/Device/HardwareFailure/FanFailure/&Fan1"
FAILED, WELL = ({"Source": {"Token": "Fan1"}, "Data": {"Failed": said}} for said in ("true", "0"))


@pytest.fixture
def axis(field: Field) -> Field:
    field.listens(axis="axis")
    field.has("cam", dialect="axis", dialect_id=SERIAL, reporting_interval_s=None)
    return field


@pytest.fixture
def onvif(field: Field) -> Field:
    field.listens(onvif="onvif")
    field.has("cam", dialect="onvif", dialect_id="cam01", reporting_interval_s=None)
    return field


@pytest.fixture
def sensor(field: Field) -> Field:
    field.listens(zigbee2mqtt="zigbee2mqtt")
    field.has("door", "sensor", dialect="zigbee2mqtt", dialect_id="hall/door")
    return field


def _moves(field: Field) -> None:
    field.hears(f"axis/{SERIAL}/event/Device/Sensor/PIR", {"message": {"data": {"state": "1"}}})


def _refused(field: Field) -> list[str]:
    with reading(field.database) as tx:
        return [one.reason for one in reject_view.newest(tx, limit=9).rows]


def _one(field: Field) -> Fault:
    (fault,) = field.faults()
    return fault


# 1. The will is retained, the birth is not: `offline` for ever while data flow


def test_1_fresh_data_win_over_a_retained_offline(sensor: Field) -> None:
    for _ in range(4):
        sensor.hears("zigbee2mqtt/hall/door/availability", b"offline", retained=True)
        sensor.hears("zigbee2mqtt/hall/door", {"contact": True})
        sensor.passes(minutes=2)
    assert sensor.open() == []
    assert sensor.last("door").wire_state == ""


def test_1_data_win_over_a_will_that_came_before_them(axis: Field) -> None:
    _moves(axis)
    axis.hears(CONNECTION, {"connected": False})
    axis.passes(60)
    _moves(axis)  # and no birth
    axis.passes(minutes=5)
    assert axis.open() == []


# 2. The birth is retained, the will is not: a stale `online`


def test_2_online_alone_keeps_nobody_alive(field: Field) -> None:
    field.has("cam")
    field.says("cam")
    field.restarts()
    for _ in range(5):
        field.word("cam", "online", retained=True)
        field.passes(60)
    assert field.open() == [("cam", "DEV_OFFLINE")]


def test_2_a_retained_online_of_one_never_heard_is_no_data(field: Field) -> None:
    field.has("cam", enrolled_at=field.now)
    field.word("cam", "online", retained=True)
    field.sleeps(hours=24)
    field.passes(10)
    assert field.open() == [("cam", "NO_DATA_YET")]


# 3. `online` is never said again after the broker has restarted


def test_3_data_bring_a_device_back_that_says_online_no_more(axis: Field) -> None:
    _moves(axis)
    axis.hears(CONNECTION, {"connected": False})
    axis.passes(130)
    assert axis.open() == [("cam", "DEV_OFFLINE")]
    _moves(axis)
    axis.passes(130)
    assert axis.open() == []


# 4. After our restart all that is retained comes at once


def test_4_retained_faults_of_a_restart_open_nothing_now(onvif: Field) -> None:
    onvif.hears(FAN, WELL)
    onvif.restarts()
    onvif.hears(FAN, FAILED, retained=True)
    onvif.passes(minutes=20)
    assert onvif.open() == []


def test_4_they_count_from_when_the_device_itself_is_heard(onvif: Field) -> None:
    onvif.hears(FAN, FAILED, retained=True)
    onvif.passes(minutes=20)
    onvif.hears("onvif/cam01/onvif-ej/RuleEngine/Motion", {"Data": {"IsMotion": "true"}})
    heard_at = onvif.now
    onvif.passes(65)
    assert onvif.open() == [("cam", "FAN_FAULT")]
    assert _one(onvif).opened_at >= heard_at


def test_4_an_open_fault_is_not_opened_again_and_no_clock_starts_anew(onvif: Field) -> None:
    onvif.hears(FAN, FAILED)
    onvif.passes(65)
    (fault,), orders, told = onvif.faults(), onvif.orders(), onvif.told()
    for _ in range(3):
        onvif.restarts()
        onvif.hears(FAN, FAILED, retained=True)
        onvif.hears(FAN, FAILED)
        onvif.passes(30)
    again = _one(onvif)
    assert (again.id, again.opened_at) == (fault.id, fault.opened_at)
    assert [one.clock_started_at for one in onvif.orders()] == [
        one.clock_started_at for one in orders
    ]
    assert len(told) >= 1


# 5. Stopped on purpose: another meaning, the same look


@pytest.mark.parametrize("word", ["stopped", "sleeping"])
def test_5_who_says_that_it_stops_is_not_missed_within_a_day(field: Field, word: str) -> None:
    field.has("cam")
    field.says("cam")
    field.word("cam", word)
    field.sleeps(hours=24)
    field.passes(10)
    assert field.open() == []
    field.sleeps(hours=1.1)
    field.passes(10)
    assert field.open() == [("cam", "DEV_OFFLINE")]


@pytest.mark.parametrize(("word", "missed"), [("stopped", False), ("offline", True)])
def test_5_frigate_stopped_is_planned_offline_is_not(
    field: Field,
    word: str,
    missed: bool,  # noqa: FBT001
) -> None:
    field.listens(frigate="frigate")
    field.has("nvr", "recorder", dialect="frigate", dialect_id="frigate")
    field.hears("frigate/available", b"online")
    field.hears("frigate/available", word.encode())
    field.passes(130)
    assert field.open() == ([("nvr", "DEV_OFFLINE")] if missed else [])


# 6. The old session's will after the new session's birth


def test_6_a_will_after_the_birth_is_held_and_the_next_word_voids_it(axis: Field) -> None:
    _moves(axis)
    axis.hears(CONNECTION, {"connected": True})
    axis.hears(CONNECTION, {"connected": False})
    axis.passes(110)
    assert axis.open() == []
    _moves(axis)
    axis.passes(minutes=10)
    assert axis.open() == []


def test_6_a_will_that_nothing_follows_is_true(axis: Field) -> None:
    _moves(axis)
    axis.hears(CONNECTION, {"connected": False})
    axis.passes(125)
    assert axis.open() == [("cam", "DEV_OFFLINE")]
    assert _one(axis).why == "last_will"


# 7. One word in many forms, and words that nobody knows


@pytest.mark.parametrize(
    "body",
    [
        b"online",
        b"Online",
        b"ONLINE",
        b"true",
        b"1",
        b"ready",
        b"Connected",
        b'{"state":"online"}',
        b'{"state": "Online"}',
    ],
)
def test_7_online_in_its_forms(field: Field, body: bytes) -> None:
    field.has("cam")
    field.takes(field.message("cam", "state", body))
    assert field.last("cam").wire_state == "online"


@pytest.mark.parametrize("said", [{"connected": True}, b"Connected", b"online"])
def test_7_connected_in_its_forms(axis: Field, said: object) -> None:
    _moves(axis)
    axis.hears(CONNECTION, said)
    assert axis.last("cam").wire_state == "online"


def test_7_a_word_that_nobody_knows_is_unknown_and_counted(axis: Field) -> None:
    _moves(axis)
    before = axis.ears().rejected
    axis.hears(CONNECTION, b"somewhere")
    assert axis.last("cam").wire_state == "unknown"
    assert axis.ears().rejected == before + 1
    assert "state is unknown" in _refused(axis)[0]


# 8. Two devices under one client id throw each other out


def test_8_two_under_one_id_are_a_double_identity_and_not_faults_of_both(field: Field) -> None:
    field.has("cam")
    field.says("cam")
    for _ in range(8):
        field.word("cam", "offline")
        field.passes(1, beat_s=1)
        field.word("cam", "online")
        field.says("cam")
        field.passes(7, beat_s=1)
    codes = {code for _, code in field.open()}
    assert "DEV_DUPLICATE_ID" in codes
    assert "DEV_OFFLINE" not in codes


# 9. An empty body deletes


def test_9_a_deleted_word_is_removed_and_nobody_was_heard(field: Field) -> None:
    field.has("cam")
    field.says("cam")
    heard_at = field.last("cam").last_heard_at
    field.passes(30)
    field.word("cam", "")
    assert field.last("cam").wire_state == "removed"
    assert field.last("cam").last_heard_at == heard_at


def test_9_a_deleted_property_is_unknown_which_is_no_recovery(onvif: Field) -> None:
    onvif.hears(FAN, FAILED)
    onvif.passes(65)
    onvif.hears(FAN, b"")
    assert onvif.last("cam").flags == {}
    onvif.passes(minutes=30)
    assert onvif.open() == [("cam", "FAN_FAULT")]
    onvif.hears(FAN, WELL)
    onvif.passes(minutes=11)
    assert onvif.open() == []


def test_9_a_property_deleted_before_its_time_raises_nothing(onvif: Field) -> None:
    onvif.hears(FAN, FAILED)
    onvif.passes(30)
    onvif.hears(FAN, b"")
    onvif.passes(minutes=10)
    assert onvif.open() == []


# 10. Twice at QoS 1, never at QoS 0


def test_10_the_same_said_twice_has_one_effect(onvif: Field) -> None:
    for _ in range(3):
        onvif.hears(FAN, FAILED)
        onvif.hears(FAN, FAILED)
        onvif.passes(30)
    assert _one(onvif).occurrences == 1
    assert len(onvif.orders()) == 1


def test_10_a_packet_that_is_repeated_is_not_even_read_again(field: Field) -> None:
    field.has("cam")
    message = field.health("cam", metrics={"temperature_c": 50})
    field.takes(message)
    field.says("cam", metrics={"temperature_c": 20})
    again = type(message)(message.topic, message.body, message.mid, dup=True)
    field.takes(again)
    assert field.last("cam").metrics["temperature_c"] == 20


def test_10_what_is_lost_at_qos_0_is_made_good_by_the_next(field: Field) -> None:
    field.has("cam")
    field.says("cam", flags={"tamper": True})
    field.passes(15)
    # "closed" was lost; the next report says how it is
    field.says("cam", flags={"tamper": False})
    field.voices["cam"] = {"flags": {"tamper": False}}
    field.passes(120)
    assert field.open() == []
