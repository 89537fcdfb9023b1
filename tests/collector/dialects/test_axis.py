"""The event bridge of Axis cameras: what they really say, and what it means (A01, D01)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from collector.wire import Reading
from rules.model import DeviceType
from tests.collector.dialects.told import DAWN, Told

SERIAL = "00408C123456"
CONNECTION = f"{SERIAL}/event/connection"


@pytest.fixture
def axis() -> Told:
    return Told("axis")


def event(topic: str, data: object, source: object = None, t: datetime = DAWN) -> dict[str, Any]:
    return {
        "timestamp": int(t.timestamp() * 1000),
        "topic": topic,
        "message": {"source": source or {}, "key": {}, "data": data},
    }


def motion(axis: Told, t: datetime | None = None) -> Reading:
    said = event("onvif:Device/axis:Sensor/PIR", {"state": "1"}, {"sensor": "0"}, t or axis.now)
    where = f"{SERIAL}/event/tns:onvif/Device/tns:axis/Sensor/PIR/$source/sensor/0"
    return axis.understands(where, said)


def disruption(axis: Told, said: str, disk: str = "SD_DISK") -> dict[str, bool]:
    body = event("axis:Storage/Disruption", {"disruption": said}, {"disk_id": disk})
    where = f"{SERIAL}/event/tns:axis/Storage/Disruption/$source/disk_id/{disk}"
    return axis.understands(where, body).flags


# Identity


def test_the_serial_in_the_topic_is_the_device(axis: Told) -> None:
    said = motion(axis)
    assert (said.site, said.dialect, said.device, said.kind) == ("S1", "axis", SERIAL, "alive")
    assert said.t == DAWN


def test_older_firmware_has_the_serial_alone_before_the_event() -> None:
    said = Told("axis", SERIAL).understands(
        "event/tns:onvif/Device/tns:axis/Sensor/PIR", event("x", {})
    )
    assert said.device == SERIAL


def test_a_serial_in_the_payload_is_not_the_identity(axis: Told) -> None:
    body = event("onvif:Device/axis:Sensor/PIR", {"state": "0"}) | {"serial": "ACCC8E000000"}
    assert axis.understands(f"{SERIAL}/event/Device/Sensor/PIR", body).device == SERIAL


def test_a_serial_in_small_letters_is_the_same_device(axis: Told) -> None:
    assert axis.understands(f"{SERIAL.lower()}/event/x", event("x", {})).device == SERIAL


def test_a_topic_prefix_of_ones_own_is_the_identity(axis: Told) -> None:
    assert axis.understands("gate/north/event/x", event("x", {})).device == "gate/north"


def test_type_supplier_serial_and_mac_are_guessed(axis: Told) -> None:
    guess = motion(axis).guess
    assert guess is not None
    assert (guess.type, guess.supplier) == (DeviceType.CAMERA, "Axis")
    assert (guess.serial, guess.mac) == (SERIAL, "00:40:8C:12:34:56")


def test_another_topic_below_the_prefix_is_refused(axis: Told) -> None:
    assert "event" in axis.refuses(f"{SERIAL}/status", b"{}")
    assert axis.hears(f"{SERIAL}/status", b"{}").readings == ()


# The connection: birth and last will


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"connected": True, "description": "Connected"}, "online"),
        ({"connected": False, "description": "Disconnected"}, "offline"),
        ({"connected": "0"}, "offline"),
        ({"description": "Disconnected"}, "offline"),
        ({"state": "Online"}, "online"),
        (b"Connected", "online"),
        (b"OFFLINE", "offline"),
        (b'"online"', "online"),
        (b"", "removed"),
        (b"perhaps", "unknown"),
        ({}, "unknown"),
        ([1], "unknown"),
        (b"\xff\xfe", "unknown"),
    ],
)
def test_the_connection_message_in_its_forms(axis: Told, body: object, word: str) -> None:
    motion(axis)
    said = axis.understands(CONNECTION, body)
    assert (said.kind, said.word) == ("state", word)


def test_a_camera_that_only_says_it_is_connected_has_no_data_yet(axis: Told) -> None:
    """As delivered it publishes no event: NO_DATA_YET must find it."""
    said = axis.understands(CONNECTION, {"connected": True})
    assert said.kind == "about"
    motion(axis)
    assert axis.understands(CONNECTION, {"connected": True}).kind == "state"


def test_a_camera_that_was_lost_before_it_said_anything_comes_back(axis: Told) -> None:
    axis.hears(CONNECTION, {"connected": True})
    assert axis.understands(CONNECTION, {"connected": False}).word == "offline"
    assert axis.understands(CONNECTION, {"connected": True}).word == "online"


def test_a_camera_speaks_when_something_changes_so_silence_counts_after_a_day(axis: Told) -> None:
    assert motion(axis).interval_s == 30_000


# Topics and values


@pytest.mark.parametrize(
    "topic",
    [
        "onvif:Device/axis:Casing/Open",
        "tns1:Device/tnsaxis:Casing/Open",
        "Device/Casing/Open",
    ],
)
def test_the_name_spaces_of_payload_and_topic_differ_and_do_not_matter(
    axis: Told, topic: str
) -> None:
    body = event(topic, {"Open": "1"}, {"Name": "JunctionBox"})
    assert axis.understands(f"{SERIAL}/event/x", body).flags == {"tamper:JunctionBox": True}


def test_without_a_topic_in_the_payload_the_mqtt_topic_says_what_it_is(axis: Told) -> None:
    where = f"{SERIAL}/event/tns:onvif/Device/tns:axis/Casing/Open/$source/Name/JunctionBox"
    said = axis.understands(where, {"message": {"data": {"Open": "0"}}})
    assert said.flags == {"tamper:JunctionBox": False}


@pytest.mark.parametrize(("said", "bad"), [("1", True), ("0", False)])
def test_every_value_is_text_and_the_text_0_is_false(axis: Told, said: str, bad: bool) -> None:  # noqa: FBT001
    body = event("onvif:Device/axis:Casing/Open", {"Open": said})
    assert axis.understands(f"{SERIAL}/event/x", body).flags == {"tamper": bad}


def test_an_empty_text_says_nothing(axis: Told) -> None:
    body = event("axis:Storage/Alert", {"alert": "", "wear": ""}, {"disk_id": "SD_DISK"})
    said = axis.understands(f"{SERIAL}/event/x", body)
    assert (said.kind, said.flags, said.metrics) == ("alive", {}, {})


def test_temperature_inside_its_range_is_good_when_it_is_1(axis: Told) -> None:
    def says(which: str, level: str) -> bool:
        body = event(
            f"onvif:Device/axis:Status/Temperature/{which}",
            {"sensor_level": level},
            {"sensor_id": "0"},
        )
        return axis.understands(f"{SERIAL}/event/x", body).flags["overheated:0"]

    assert says("Inside", "1") is False
    assert says("Above", "1") is True
    assert says("Inside", "0") is True
    assert says("Below", "0") is True  # it is too hot, not too cold
    assert says("Above", "0") is True  # until all say that it is well
    assert says("Inside", "1") is False


def test_the_items_of_a_message_are_told_apart_by_name_and_minus_three_is_no_value(
    axis: Told,
) -> None:
    data = {"overall_health": "-3", "alert": "1", "temperature": "-3", "wear": "-3"}
    body = event("axis:Storage/Alert", data, {"disk_id": "SD_DISK"})
    said = axis.understands(f"{SERIAL}/event/x", body)
    assert (said.flags, said.metrics) == ({"smart_failed:SD_DISK": True}, {})


def test_the_wear_of_a_card_is_what_its_health_lacks(axis: Told) -> None:
    data = {"alert": "0", "wear": "92", "temperature": "41"}
    body = event("axis:Storage/Alert", data, {"disk_id": "SD_DISK"})
    said = axis.understands(f"{SERIAL}/event/x", body)
    assert said.metrics == {"disk_health_pct:SD_DISK": 8.0, "disk_temperature_c:SD_DISK": 41.0}


def test_a_share_that_was_never_configured_is_not_a_missing_disk(axis: Told) -> None:
    """The burst upon subscription says `disruption` of every disk there could be."""
    assert disruption(axis, "1", "NetworkShare") == {}
    assert disruption(axis, "1", "NetworkShare") == {}


def test_a_disk_that_was_there_and_is_gone_is_missing(axis: Told) -> None:
    assert disruption(axis, "0") == {"disk_missing:SD_DISK": False}
    assert disruption(axis, "1") == {"disk_missing:SD_DISK": True}


def test_a_scene_without_source_and_with_empty_texts_is_a_sign_of_life(axis: Told) -> None:
    data = {"active": "0", "triggerTime": "", "scenarioType": "TimeInArea", "classTypes": ""}
    body = {
        "topic": "axis:CameraApplicationPlatform/ObjectAnalytics/Device1Scenario1",
        "message": {"data": data},
    }
    said = axis.understands(f"{SERIAL}/event/x", body)
    assert (said.kind, said.t) == ("alive", None)


@pytest.mark.parametrize(
    "body",
    [
        {"topic": "onvif:Device/axis:Sensor/PIR", "message": 123},
        {"message": {"source": [], "data": "x"}},
        {"topic": 5, "message": {"data": {"state": "1"}}},
        {},
    ],
)
def test_a_degenerate_message_is_a_sign_of_life(axis: Told, body: object) -> None:
    assert axis.understands(f"{SERIAL}/event/tns:onvif/Device/x", body).kind == "alive"


@pytest.mark.parametrize("body", [b"{", b"[]", b"5", b"\xff"])
def test_what_is_no_object_is_refused_and_its_sender_was_heard(axis: Told, body: bytes) -> None:
    said = axis.hears(f"{SERIAL}/event/x", body)
    assert said.rejected
    assert [one.kind for one in said.readings] == ["alive"]


def test_all_ports_together_are_no_port(axis: Told) -> None:
    def says(port: str) -> Reading:
        body = event("onvif:Device/axis:IO/Port", {"state": "1"}, {"port": port})
        return axis.understands(f"{SERIAL}/event/x", body)

    assert says("1").flags == {"input:1": True}
    assert says("-1").flags == {}


def test_an_alarm_of_the_picture_that_nobody_ends_ends_by_itself(axis: Told) -> None:
    body = event("onvif:VideoSource/axis:Tampering", {"tampering": "1"}, {"channel": "1"})
    assert axis.understands(f"{SERIAL}/event/x", body).flags == {"occluded:1": True}
    axis.passes(1800)
    assert motion(axis).flags == {}
    axis.passes(1800)
    assert motion(axis).flags == {"occluded:1": False}
    assert motion(axis).flags == {}


def test_a_retained_alarm_without_state_is_not_news(axis: Told) -> None:
    body = event("onvif:VideoSource/axis:Tampering", {"tampering": "1"}, {"channel": "1"})
    assert axis.understands(f"{SERIAL}/event/x", body, retained=True).flags == {}


def test_a_deleted_property_is_not_known_and_the_device_was_not_heard(axis: Told) -> None:
    where = f"{SERIAL}/event/tns:onvif/Device/tns:axis/Casing/Open/$source/Name/JunctionBox"
    said = axis.understands(where, b"")
    assert (said.kind, said.gone) == ("about", ("tamper:JunctionBox",))


# The clock


def test_the_time_is_epoch_milliseconds(axis: Told) -> None:
    assert motion(axis, DAWN + timedelta(milliseconds=250)).t == DAWN + timedelta(milliseconds=250)


def test_an_application_may_say_the_time_among_its_data(axis: Told) -> None:
    body = {"message": {"data": {"utcTime": "2026-11-23T01:00:00.5Z"}}}
    said = axis.understands(f"{SERIAL}/event/x", body)
    assert said.t == DAWN + timedelta(milliseconds=500)


def test_a_state_of_long_ago_says_nothing_about_the_clock(axis: Told) -> None:
    """All states are told anew when the camera connects, with the time at which each began."""
    assert motion(axis, axis.now - timedelta(days=3)).t is None
    assert motion(axis, axis.now - timedelta(days=2)).t is None
    axis.passes(5)
    assert motion(axis, axis.now - timedelta(hours=7)).t is None


def test_a_clock_that_is_behind_by_the_same_again_is_wrong(axis: Told) -> None:
    wrong = timedelta(hours=8)
    assert motion(axis, axis.now - wrong).t is None
    axis.passes(10)
    assert motion(axis, axis.now - wrong).t is None
    axis.passes(60)
    assert motion(axis, axis.now - wrong).t == axis.now - wrong


def test_a_clock_that_is_ahead_is_wrong_at_once(axis: Told) -> None:
    ahead = axis.now + timedelta(hours=8)
    assert motion(axis, ahead).t == ahead


def test_what_is_remembered_of_a_camera_stays_small(axis: Told) -> None:
    for number in range(400):
        disruption(axis, "0", f"DISK_{number}")
    assert len(axis.memories[SERIAL].well) == 256


@pytest.mark.parametrize(
    "topic",
    [
        "gate/tns:onvif/Device/tns:axis/Casing/Open/$source/Name/Box",
        "gate/tns1:Device/tnsaxis:Casing/Open/$source/Name/Box",
        "gate/onvif:Device/axis:Casing/Open/$source/Name/Box",
        "gate/event/Device/Casing/Open/$source/Name/Box",
        "gate/event",  # the topic of the event is not appended
    ],
)
def test_a_prefix_of_ones_own_and_what_is_or_is_not_appended(axis: Told, topic: str) -> None:
    message = {"source": {"Name": "Box"}, "data": {"Open": "1"}}
    said = axis.understands(topic, {"topic": "onvif:Device/axis:Casing/Open", "message": message})
    assert (said.device, said.flags) == ("gate", {"tamper:Box": True})


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"true", "online"),
        (b"0", "offline"),
        ({"Connected": "True", "Description": "Connected"}, "online"),
        ({"status": "offline"}, "offline"),
        ({"connected": None, "description": "Disconnected"}, "offline"),
    ],
)
def test_the_connection_message_of_ones_own(axis: Told, body: object, word: str) -> None:
    motion(axis)
    assert axis.understands(CONNECTION, body).word == word


def test_a_pan_tilt_in_trouble_says_so_in_words(axis: Told) -> None:
    """Nobody says that it is over; an hour without another one does."""
    topic = f"{SERIAL}/event/tns:onvif/PTZController/tns:axis/PTZError/$source/channel/1"
    named = "onvif:PTZController/axis:PTZError"

    def hears(said: str) -> dict[str, bool]:
        message = {"source": {"channel": "1"}, "data": {"ptz_error": said}}
        return axis.understands(topic, {"topic": named, "message": message}).flags

    assert hears("") == {}
    assert hears("Pan motor failure") == {"ptz_stuck:1": True}
    axis.passes(3600)
    assert motion(axis).flags["ptz_stuck:1"] is False
