"""ONVIF events over MQTT: what the specification says, and what devices do (A01, D01)."""

from datetime import timedelta
from typing import Any

import pytest

from collector.wire import Reading
from rules.model import DeviceType
from tests.collector.dialects.told import DAWN, Told

NOW = "2026-11-23T01:00:00Z"
FAN = "cam01/onvif-ej/Device/HardwareFailure/FanFailure"


@pytest.fixture
def onvif() -> Told:
    return Told("onvif")


def event(data: object, source: object = None, t: str = NOW) -> dict[str, Any]:
    return {"UtcTime": t, "Source": source or {}, "Data": data}


def alive(onvif: Told) -> Reading:
    return onvif.understands(
        "cam01/onvif-ej/RuleEngine/CellMotionDetector/Motion/&1",
        event({"IsMotion": "true"}, t=onvif.now.isoformat()),
    )


# Topics


def test_the_devices_prefix_is_the_device(onvif: Told) -> None:
    body = event({"ObjectId": "15"}, {"VideoSource": "1", "Rule": "MyImportantFence1"})
    said = onvif.understands(
        "MyDevice/onvif-ej/RuleEngine/LineDetector/Crossed/&1/2/MyFence1", body
    )
    assert (said.site, said.dialect, said.device, said.kind) == ("S1", "onvif", "MyDevice", "alive")
    assert said.t == DAWN
    assert said.guess is not None
    assert said.guess.type is DeviceType.CAMERA


def test_a_source_that_is_one_device_has_its_name() -> None:
    assert (
        Told("onvif", "site/MyDevice").understands("onvif-ej/Device/X", event({})).device
        == "MyDevice"
    )


def test_a_prefix_of_several_levels_is_the_device(onvif: Told) -> None:
    assert onvif.understands("hall/cam01/onvif-ej/Device/X", event({})).device == "hall/cam01"


def test_the_values_behind_the_ampersand_are_the_point(onvif: Told) -> None:
    said = onvif.understands(f"{FAN}/&Fan/rear", event({"Failed": "true"}, {"Token": "other"}))
    assert said.flags == {"fan_fault:Fan/rear": True}


def test_without_them_the_source_in_the_body_is_the_point(onvif: Told) -> None:
    assert onvif.understands(FAN, event({"Failed": True}, {"Token": "Fan1"})).flags == {
        "fan_fault:Fan1": True
    }


def test_a_makers_own_failure_is_shown(onvif: Told) -> None:
    said = onvif.understands(
        "cam01/onvif-ej/Device/HardwareFailure/acme:LensFailure/&1", event({"Broken": "true"})
    )
    assert said.flags == {"hardware_failure:acme:LensFailure/1": True}


def test_metadata_are_a_sign_of_life(onvif: Told) -> None:
    assert onvif.understands("cam01/onvif-mj/VideoAnalytics/&1", b"anything").kind == "alive"


def test_another_topic_below_the_prefix_is_refused(onvif: Told) -> None:
    assert "onvif-ej" in onvif.refuses("cam01/status", b"online")


# Values


@pytest.mark.parametrize("said", ["true", True, "True", "1", 1])
def test_quotes_may_be_left_out_of_logical_states(onvif: Told, said: object) -> None:
    assert onvif.understands(FAN, event({"Failed": said})).flags == {"fan_fault": True}


@pytest.mark.parametrize("said", ["41.5", 41.5])
def test_quotes_may_be_left_out_of_numbers(onvif: Told, said: object) -> None:
    where = "cam01/onvif-ej/Monitoring/EnvironmentalConditions/Temperature"
    assert onvif.understands(where, event({"Status": said})).metrics == {"temperature_c": 41.5}


@pytest.mark.parametrize(
    ("topic", "data", "flags"),
    [
        ("Device/HardwareFailure/PowerSupplyFailure", {"Failed": "true"}, {"psu_fault": True}),
        ("Device/HardwareFailure/StorageFailure", {"Failed": "true"}, {"disk_fail": True}),
        ("Device/HardwareFailure/TemperatureCritical", {"Critical": "true"}, {"overheated": True}),
        ("Monitoring/OperatingTime/DefinedLimitReached", {"Status": "true"}, {"end_of_life": True}),
        ("Monitoring/Washer/LiquidLow", {"IsLow": "true"}, {"washer_low": True}),
        ("VideoSource/GlobalSceneChange/ImagingService", {"State": "true"}, {"occluded": True}),
        ("VideoSource/SignalLoss/ImagingService", {"State": "true"}, {"video_loss": True}),
        ("VideoSource/ImageTooDark/ImagingService", {"State": "true"}, {"black": True}),
        ("VideoSource/ImageTooBright/AnalyticsService", {"State": "true"}, {"white": True}),
        ("VideoSource/ImageTooBlurry/RecordingService", {"State": "false"}, {"blur": False}),
        ("Device/Trigger/DigitalInput", {"LogicalState": "true"}, {"input": True}),
        ("Device/Trigger/Relay", {"LogicalState": "inactive"}, {"relay": False}),
        ("Door/State/DoorTamper", {"State": "TamperDetected"}, {"tamper": True}),
        ("Door/State/DoorFault", {"State": "NotInFault"}, {"door_contact_trouble": False}),
        ("Door/State/LockPhysicalState", {"State": "Fault"}, {"lock_fault": True}),
        ("Door/State/LockPhysicalState", {"State": "Unknown"}, {}),
        (
            "Door/State/DoorPhysicalState",
            {"State": "Open"},
            {"door_open": True, "door_contact_trouble": False},
        ),
        (
            "RecordingConfig/JobState",
            {"State": "Error"},
            {"recording_stopped": True, "recording_off": False},
        ),
        ("RecordingConfig/JobState", {"State": "Idle"}, {"recording_off": True}),
        (
            "RecordingConfig/JobState",
            {"State": "Active"},
            {"recording_stopped": False, "recording_off": False},
        ),
        ("RecordingConfig/JobState", {"State": "PartiallyActive"}, {}),
    ],
)
def test_the_health_topics_of_the_specification(
    onvif: Told, topic: str, data: object, flags: dict[str, bool]
) -> None:
    assert onvif.understands(f"cam01/onvif-ej/{topic}", event(data)).flags == flags


@pytest.mark.parametrize(
    ("topic", "data", "metrics"),
    [
        ("Monitoring/ProcessorUsage/&CPU", {"Value": "93.5"}, {"cpu_pct:CPU": 93.5}),
        ("Monitoring/BatteryCapacity", {"PercentageRemainingCapacity": "18"}, {"battery_pct": 18}),
        (
            "Monitoring/EnvironmentalConditions/RelativeHumidity",
            {"Status": "65.2"},
            {"humidity_pct": 65.2},
        ),
        ("Monitoring/LinkStatus/&eth0", {"Link": {"Speed": "100"}}, {"link_mbps:eth0": 100}),
        # Beyond a threshold, in kelvin, and never below it again: not to be judged
        ("Device/Sensor/Temperature/High", {"Value": 338.35, "Threshold": 333.15}, {}),
        ("Device/Sensor/RelativeHumidity/High", {"Value": 65.2, "Threshold": 60.0}, {}),
    ],
)
def test_the_measures_of_the_specification(
    onvif: Told, topic: str, data: object, metrics: dict[str, float]
) -> None:
    assert onvif.understands(f"cam01/onvif-ej/{topic}", event(data)).metrics == metrics


def test_a_door_is_part_of_an_access_controller(onvif: Told) -> None:
    guess = onvif.understands("ac/onvif-ej/Door/State/DoorFault/&1", event({})).guess
    assert guess is not None
    assert guess.type is DeviceType.ACCESS_CONTROLLER


# What was, and what never was


def test_1970_is_a_property_that_never_occurred(onvif: Told) -> None:
    where = "cam01/onvif-ej/Monitoring/OperatingTime/LastClockSynchronization"
    said = onvif.understands(where, event({"Status": "1970-01-01T00:00:00Z"}))
    assert (said.flags, said.metrics) == ({"time_unsynced": True}, {})
    where = "cam01/onvif-ej/Monitoring/Backup/Last"
    assert onvif.understands(where, event({"Status": "1970-01-01T00:00:00Z"})).metrics == {}


def test_the_age_of_the_last_synchronisation_grows_with_every_word(onvif: Told) -> None:
    where = "cam01/onvif-ej/Monitoring/OperatingTime/LastClockSynchronization"
    said = onvif.understands(where, event({"Status": NOW}))
    assert (said.flags, said.metrics) == ({"time_unsynced": False}, {"sync_age_s": 0})
    onvif.passes(hours=25)
    assert alive(onvif).metrics == {"sync_age_s": 90_000}


def test_a_restart_makes_the_time_since_shorter(onvif: Told) -> None:
    where = "cam01/onvif-ej/Monitoring/OperatingTime/LastReboot"
    assert onvif.understands(where, event({"Status": "2026-11-22T01:00:00Z"})).metrics == {
        "uptime_s": 86_400
    }
    said = onvif.understands(where, event({"Status": NOW}))
    assert said.metrics == {"uptime_s": 0}


def test_a_backup_is_as_old_as_it_is(onvif: Told) -> None:
    said = onvif.understands(
        "cam01/onvif-ej/Monitoring/Backup/Last", event({"Status": "2026-10-22T01:00:00Z"})
    )
    assert said.metrics == {"backup_age_days": 32}


def test_a_failed_login_is_over_by_itself(onvif: Told) -> None:
    body = event({"SourceIPv4": "192.0.2.7"}, {"NetworkInterface": "eth0"})
    where = "cam01/onvif-ej/Device/SecurityPolicy/AuthFailed/&eth0"
    assert onvif.understands(where, body).flags == {"auth_failed:eth0": True}
    onvif.passes(60)
    assert alive(onvif).flags == {"auth_failed:eth0": False}


def test_the_announcement_of_a_shutdown_is_a_sign_of_life(onvif: Told) -> None:
    said = onvif.understands("cam01/onvif-ej/Device/OperationMode/ShutdownInitiated", event({}))
    assert said.kind == "alive"


# Deletion


def test_no_bytes_delete_a_property_which_is_no_recovery_and_no_error(onvif: Told) -> None:
    said = onvif.understands(f"{FAN}/&Fan1", b"")
    assert (said.gone, said.flags) == (("fan_fault:Fan1",), {})


def test_a_deleted_age_grows_no_more(onvif: Told) -> None:
    where = "cam01/onvif-ej/Monitoring/OperatingTime/LastClockSynchronization"
    onvif.hears(where, event({"Status": NOW}))
    assert onvif.understands(where, b"").gone == ("sync_age_s", "time_unsynced")
    assert alive(onvif).metrics == {}


def test_of_two_topics_with_one_flag_the_one_that_is_left_decides(onvif: Told) -> None:
    where = "cam01/onvif-ej/Door/State"
    onvif.hears(f"{where}/DoorFault/&1", event({"State": "FaultDetected"}))
    said = onvif.understands(f"{where}/DoorPhysicalState/&1", event({"State": "Closed"}))
    assert said.flags["door_contact_trouble:1"] is True
    said = onvif.understands(f"{where}/DoorFault/&1", b"")
    assert (said.flags, said.gone) == ({"door_contact_trouble:1": False}, ())


def test_a_makers_own_failure_is_deleted_too(onvif: Told) -> None:
    said = onvif.understands("cam01/onvif-ej/Device/HardwareFailure/acme:LensFailure/&1", b"")
    assert said.gone == ("hardware_failure:acme:LensFailure/1",)


# What is wrong


def test_the_specifications_own_broken_example_is_counted_and_its_sender_was_heard(
    onvif: Told,
) -> None:
    body = b'{"UtcTime": "2008-10-10T12:24:57.789Z "Source": {}, "Data": {"ObjectId": "19"}}'
    said = onvif.hears("MyDevice/onvif-ej/RuleEngine/LineDetector/Crossed/&1/2/F", body)
    assert said.rejected
    assert [(one.device, one.kind) for one in said.readings] == [("MyDevice", "alive")]


def test_a_clock_behind_by_the_same_twice_is_wrong(onvif: Told) -> None:
    def says() -> Reading:
        t = (onvif.now - timedelta(hours=8)).isoformat()
        return onvif.understands(FAN, event({"Failed": "false"}, t=t))

    assert says().t is None
    onvif.passes(90)
    assert says().t == onvif.now - timedelta(hours=8)


@pytest.mark.parametrize("body", [b"[]", b"7", b"null", b'"x"'])
def test_what_is_no_object_is_refused(onvif: Told, body: bytes) -> None:
    assert "object" in onvif.refuses(FAN, body)


@pytest.mark.parametrize("body", [{}, {"Data": 5, "Source": "x"}, {"Data": {"Failed": None}}])
def test_what_is_not_there_is_not_said(onvif: Told, body: object) -> None:
    said = onvif.understands(FAN, body)
    assert (said.kind, said.flags) == ("alive", {})


def test_a_topic_as_long_as_a_broker_allows_is_refused(onvif: Told) -> None:
    assert onvif.refuses("x" * 60_000 + "/onvif-ej/Device/X", b"{}")


@pytest.mark.parametrize(("said", "pct"), [("0.95", 95.0), (37, 37.0), ("1", 1.0), (0, 0.0)])
def test_load_is_per_cent_or_a_fraction(onvif: Told, said: object, pct: float) -> None:
    told = onvif.understands("cam01/onvif-ej/Monitoring/ProcessorUsage", {"Data": {"Value": said}})
    assert told.metrics == {"cpu_pct": pct}


def test_a_tamper_found_by_analytics_is_a_covered_picture(onvif: Told) -> None:
    topic = "cam01/onvif-ej/RuleEngine/TamperDetector/Tamper/&1"
    assert onvif.understands(topic, {"Data": {"IsTamper": "true"}}).flags == {"occluded:1": True}
