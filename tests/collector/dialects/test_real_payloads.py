"""Payloads of real devices through the intake: no false fault, no missed one (A01, B11)."""

from typing import Any

import pytest

from tests.collector.field import Field

SERIAL = "ACCC8E0B1C2D"


@pytest.fixture
def engine() -> str:
    """What is judged is the same over both; the intake was proven on each."""
    return "sqlite"


@pytest.fixture
def street(field: Field) -> Field:
    field.listens(axis="axis", onvif="site/onvif", frigate="frigate")
    spoken: dict[str, Any] = {"reporting_interval_s": None, "enrolled_at": field.now}
    field.has("axis", dialect="axis", dialect_id=SERIAL, **spoken)
    field.has("onvif", dialect="onvif", dialect_id="b1/f2/cam01", **spoken)
    field.has("nvr", "recorder", dialect="frigate", dialect_id="frigate", **spoken)
    yard: dict[str, Any] = {
        "dialect": "frigate",
        "dialect_id": "yard-2",
        "recorded_by": "nvr",
        "via": "nvr",
    }
    field.has("yard", **yard, **spoken)
    return field


def _axis(field: Field, topic: str, source: dict[str, str], data: dict[str, str]) -> None:
    where = "".join(f"/{key}/{value}" for key, value in source.items())
    named = topic.replace("tns:onvif/", "onvif:").replace("tns:axis/", "axis:")
    message = {"source": source, "key": {}, "data": data}
    said = {"timestamp": int(field.now.timestamp() * 1000), "topic": named, "message": message}
    field.hears(f"axis/{SERIAL}/event/{topic}{'/$source' if where else ''}{where}", said)


def _onvif(field: Field, topic: str, data: dict[str, Any]) -> None:
    said = {"UtcTime": field.now.isoformat(), "Source": {}, "Data": data}
    field.hears(f"site/onvif/b1/f2/cam01/onvif-ej/{topic}", said)


def _stats(field: Field, uptime_s: float, fps: object) -> None:
    counted = {"camera_fps": fps, "process_fps": 0.0, "skipped_fps": 0.0, "detection_fps": 0.0}
    service = {"uptime": uptime_s, "version": "0.14.1", "storage": {}, "last_updated": None}
    field.hears("frigate/stats", {"cameras": {"yard-2": counted}, "service": service})


def test_one_error_of_a_pan_tilt_is_none_and_two_are(street: Field) -> None:
    topic = "tns:onvif/PTZController/tns:axis/PTZError"
    _axis(street, topic, {"channel": "1"}, {"ptz_error": "Timeout"})
    street.passes(60)
    assert street.open() == []
    _axis(street, topic, {"channel": "1"}, {"ptz_error": "Timeout"})
    street.passes(60)
    assert street.open() == [("axis", "PTZ_STUCK")]
    street.passes(minutes=61, beat_s=60)
    _axis(street, "tns:onvif/Device/tns:axis/Status/SystemReady", {}, {"ready": "1"})
    street.passes(60)
    assert street.open() == []


def test_a_burst_of_states_upon_connection_raises_nothing(street: Field) -> None:
    for disk in ("SD_DISK", "NetworkShare"):
        _axis(street, "tns:axis/Storage/Disruption", {"disk_id": disk}, {"disruption": "1"})
        _axis(street, "tns:axis/Storage/Alert", {"disk_id": disk}, _UNKNOWN_DISK)
    inside = "tns:onvif/Device/tns:axis/Status/Temperature/Inside"
    _axis(street, inside, {"sensor_number": "1"}, {"sensor_level": "1"})
    _axis(street, "tns:onvif/Device/tns:axis/Casing/Open", {"Name": "Box"}, {"Open": "0"})
    street.passes(minutes=30, beat_s=60)
    assert street.open() == []


_UNKNOWN_DISK = {"alert": "0", "overall_health": "-3", "temperature": "-3", "wear": "-3"}


@pytest.mark.parametrize(
    ("topic", "data", "code"),
    [
        ("Device/HardwareFailure/StorageFailure/&1", {"Failed": "TRUE"}, "STO_DISK_FAIL"),
        ("tns1:Device/HardwareFailure/FanFailure/&1", {"Failed": 1}, "FAN_FAULT"),
        ("Monitoring/ProcessorUsage/&cpu", {"Value": "0.97"}, "NVR_OVERLOAD"),
        ("RuleEngine/TamperDetector/Tamper/&1", {"IsTamper": True}, "CAM_OCCLUDED"),
        ("VideoSource/SignalLoss/&1", {"State": "1"}, "CAM_VIDEO_LOSS"),
    ],
)
def test_onvif_below_a_prefix_of_several_levels(
    street: Field, topic: str, data: dict[str, Any], code: str
) -> None:
    _onvif(street, topic, data)
    street.passes(minutes=16, beat_s=60)
    assert street.open() == [("onvif", code)]


def test_a_frigate_that_starts_is_no_lost_picture(street: Field) -> None:
    for uptime_s, fps in ((0, 0.0), (60, 5.0), (120, 5.0)):
        _stats(street, uptime_s, fps)
        street.passes(60, beat_s=10)
        assert street.open() == []


def test_a_camera_with_a_dash_in_its_name_without_a_picture(street: Field) -> None:
    for uptime_s in (600, 660, 720):
        _stats(street, uptime_s, "0.0")
        street.passes(60, beat_s=10)
    assert street.open() == [("yard", "CAM_VIDEO_LOSS")]


def test_frames_that_are_not_said_leave_what_was_known(street: Field) -> None:
    for uptime_s, fps in ((600, 5.0), (660, None), (720, ""), (780, 5.0)):
        _stats(street, uptime_s, fps)
        street.passes(60, beat_s=10)
        assert street.open() == []
