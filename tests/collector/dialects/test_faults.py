"""From what Axis and ONVIF devices say to the fault that docs/dialects.md promises (A01)."""

from datetime import timedelta

import pytest

from tests.collector.field import Field

SERIAL = "00408C123456"
CONNECTION = f"axis/{SERIAL}/event/connection"


@pytest.fixture
def engine() -> str:
    """What is judged is the same over both; the intake was proven on each."""
    return "sqlite"


@pytest.fixture
def listening(field: Field) -> Field:
    field.listens(axis="axis", onvif="onvif")
    for code, spoken in (("axis", SERIAL), ("onvif", "cam01")):
        field.has(
            code,
            dialect=code,
            dialect_id=spoken,
            reporting_interval_s=None,
            enrolled_at=field.now,
        )
    return field


def _axis(field: Field, topic: str, **data: str) -> None:
    message = {"source": {"token": "1"}, "data": data}
    field.hears(f"axis/{SERIAL}/event/{topic}", {"topic": f"tns1:{topic}", "message": message})


def _onvif(field: Field, topic: str, **data: object) -> None:
    said = {"UtcTime": field.now.isoformat(), "Source": {"Token": "1"}, "Data": data}
    field.hears(f"onvif/cam01/onvif-ej/{topic}", said)


@pytest.mark.parametrize(
    ("topic", "item", "code", "after_s"),
    [
        ("Storage/Alert", "alert", "STO_DISK_PREDICT", 60),
        ("Device/HardwareFailure/FanFailure", "failed", "FAN_FAULT", 60),
        ("Device/HardwareFailure/PowerSupplyFailure", "failed", "PSU_FAULT", 60),
        ("Device/Status/Temperature/Above", "sensor_level", "TEMP_CRITICAL", 300),
        ("Device/Casing/Open", "Open", "TAMPER", 10),
        ("VideoSource/Tampering", "tampering", "CAM_OCCLUDED", 30),
        ("VideoSource/GlobalSceneChange/ImagingService", "State", "CAM_OCCLUDED", 30),
    ],
)
def test_what_an_axis_camera_says_becomes_a_fault(
    listening: Field, topic: str, item: str, code: str, after_s: int
) -> None:
    _axis(listening, topic, **{item: "1"})
    listening.passes(after_s - 5)
    assert listening.open() == []
    listening.passes(10)
    assert listening.open() == [("axis", code)]


@pytest.mark.parametrize(
    ("topic", "item", "said", "code", "after_s"),
    [
        ("Device/HardwareFailure/StorageFailure", "Failed", True, "STO_DISK_FAIL", 30),
        ("Device/HardwareFailure/TemperatureCritical", "Critical", "true", "TEMP_CRITICAL", 300),
        ("VideoSource/SignalLoss/ImagingService", "State", "true", "CAM_VIDEO_LOSS", 60),
        ("VideoSource/ImageTooDark/ImagingService", "State", "true", "CAM_BLACK", 300),
        ("VideoSource/ImageTooBright/ImagingService", "State", "true", "CAM_WHITE", 300),
        ("VideoSource/ImageTooBlurry/ImagingService", "State", "true", "CAM_BLUR", 3600),
        ("RecordingConfig/JobState", "State", "Error", "REC_STOPPED", 300),
        ("Door/State/DoorTamper", "State", "TamperDetected", "TAMPER", 10),
        ("Door/State/LockPhysicalState", "State", "Fault", "ACS_LOCK_FAULT", 30),
        ("Door/State/DoorFault", "State", "FaultDetected", "ACS_DSM_TROUBLE", 30),
        ("Monitoring/Washer/LiquidLow", "IsLow", "true", "WASHER_LOW", 60),
    ],
)
def test_what_an_onvif_device_says_becomes_a_fault(
    listening: Field, topic: str, item: str, said: object, code: str, after_s: int
) -> None:
    _onvif(listening, topic, **{item: said})
    listening.passes(after_s - 5)
    assert listening.open() == []
    listening.passes(10)
    assert listening.open() == [("onvif", code)]


def test_a_camera_that_publishes_nothing_has_no_data_yet(listening: Field) -> None:
    for _ in range(3):
        listening.hears(CONNECTION, {"connected": True})
        listening.sleeps(hours=8)
    listening.passes(10)
    assert ("axis", "NO_DATA_YET") in listening.open()


def test_a_quiet_camera_is_not_missed_but_its_last_will_counts(listening: Field) -> None:
    _axis(listening, "Device/Sensor/PIR", state="1")
    listening.sleeps(hours=20)
    listening.rings()
    assert listening.open() == []
    listening.hears(CONNECTION, {"connected": False})
    listening.passes(125)
    assert listening.open() == [("axis", "DEV_OFFLINE")]
    listening.hears(CONNECTION, {"connected": True})
    listening.passes(125)
    assert listening.open() == []


def test_a_share_never_configured_is_no_fault_a_card_that_is_gone_is_one(listening: Field) -> None:
    def says(disk: str, said: str) -> None:
        message = {"source": {"disk_id": disk}, "data": {"disruption": said}}
        where = f"axis/{SERIAL}/event/tns:axis/Storage/Disruption"
        listening.hears(where, {"topic": "axis:Storage/Disruption", "message": message})

    says("NetworkShare", "1")
    says("SD_DISK", "0")
    listening.passes(minutes=5)
    assert listening.open() == []
    says("SD_DISK", "1")
    listening.passes(65)
    assert [(one.code, one.point) for one in listening.faults()] == [("STO_MISSING", "SD_DISK")]


def test_a_failed_login_is_a_fault_until_an_hour_has_been_quiet(listening: Field) -> None:
    _onvif(listening, "Device/SecurityPolicy/AuthFailed", SourceIPv4="192.0.2.7")
    listening.passes(5)
    assert listening.open() == [("onvif", "AUTH_FAIL_BURST")]
    listening.passes(65)
    _onvif(listening, "RuleEngine/Motion", IsMotion="true")
    listening.passes(minutes=59)
    assert listening.open() == [("onvif", "AUTH_FAIL_BURST")]
    listening.passes(minutes=2)
    assert listening.open() == []


def test_a_clock_not_set_for_a_day_is_found_without_another_word_of_it(listening: Field) -> None:
    synced = listening.now
    where = "Monitoring/OperatingTime/LastClockSynchronization"
    _onvif(listening, where, Status=synced.isoformat())
    listening.sleeps(hours=20)
    _onvif(listening, "RuleEngine/Motion", IsMotion="true")
    assert listening.open() == []
    listening.sleeps(hours=5)
    _onvif(listening, "RuleEngine/Motion", IsMotion="true")
    listening.passes(10)
    assert [one.code for one in listening.faults("onvif")] == ["TIME_NOT_SYNCED"]
    assert listening.now - synced < timedelta(hours=26)


def test_states_told_anew_upon_connection_are_no_wrong_clock(listening: Field) -> None:
    old = int((listening.now - timedelta(days=3)).timestamp() * 1000)
    for number in range(20):
        said = {"timestamp": old, "message": {"data": {"state": "1"}}}
        listening.hears(f"axis/{SERIAL}/event/Device/IO/Port/$source/port/{number}", said)
    listening.passes(minutes=30)
    assert listening.open() == []
