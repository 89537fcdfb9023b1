"""The catalogue is sound: figures, severities, and words for every code in both languages."""

import pytest

from rules.codes import CATALOGUE, FLAGS, METRICS, Code, Sign, severity_of, silence_code
from rules.model import DeviceType, Severity
from words import LANGUAGES, say

E, J, N = Severity.EMERGENCY, Severity.MAJOR, Severity.MINOR
EVERY = [*CATALOGUE.values(), *METRICS, *FLAGS]


@pytest.mark.parametrize("code", METRICS, ids=lambda code: f"{code.code}-{code.signal}")
def test_limits_leave_room_between_bad_and_good(code: Code) -> None:
    assert code.raise_at is not None
    assert code.clear_at is not None
    bad_first = code.clear_at > code.raise_at if code.bad_below else code.clear_at < code.raise_at
    assert bad_first, "hysteresis missing: tickets would flap"
    if code.worse_at is not None:
        assert code.worse is not None
        assert code.worse.rank < code.severity.rank
        assert (code.worse_at < code.raise_at) is code.bad_below


@pytest.mark.parametrize("code", EVERY, ids=lambda code: f"{code.code}-{code.signal}")
def test_every_code_is_whole(code: Code) -> None:
    assert code.reports >= 1
    assert min(code.raise_after_s, code.clear_after_s) >= 0
    assert bool(code.signal) is (code.sign in {Sign.METRIC, Sign.FLAG})
    for language in LANGUAGES:
        for part in ("name", "meaning", "first"):
            assert say(language, f"code.{code.code}.{part}")


def test_two_signals_of_one_code_stand_on_points_of_their_own() -> None:
    points = [(code.code, code.point) for code in (*METRICS, *FLAGS)]
    assert len(points) == len(set(points))


def test_the_core_faults_are_there() -> None:
    core = "DEV_OFFLINE MAINS_LOSS BATT_LOW TAMPER CAM_VIDEO_LOSS TEMP_HIGH STO_LOW"
    core += " STO_DISK_FAIL REC_STOPPED CLOCK_DRIFT SIGNAL_WEAK"
    assert CATALOGUE.keys() >= set(core.split())


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (DeviceType.UPLINK, "NET_UPLINK_DOWN"),
        (DeviceType.GATEWAY, "NET_UPLINK_DOWN"),
        (DeviceType.SWITCH, "NET_SWITCH_DOWN"),
        (DeviceType.CAMERA, "DEV_OFFLINE"),
    ],
)
def test_what_a_silent_device_is_called(kind: DeviceType, code: str) -> None:
    assert silence_code(kind).code == code


@pytest.mark.parametrize(
    ("code", "kind", "key", "value", "severity"),
    [
        ("DEV_OFFLINE", DeviceType.CAMERA, False, None, J),
        ("DEV_OFFLINE", DeviceType.CAMERA, True, None, E),
        ("DEV_OFFLINE", DeviceType.ALARM_HOST, False, None, E),
        ("DEV_OFFLINE", DeviceType.RECORDER, False, None, E),
        ("BATT_LOW", DeviceType.SENSOR, True, 10, N),
        ("BATT_LOW", DeviceType.ALARM_HOST, False, 10, J),
        ("ZONE_OPEN", DeviceType.PANIC_BUTTON, False, None, E),
        ("STO_LOW", DeviceType.RECORDER, False, 9, N),
        ("STO_LOW", DeviceType.RECORDER, False, 3, J),
        ("CLOCK_DRIFT", DeviceType.CAMERA, False, 59, N),
        ("CLOCK_DRIFT", DeviceType.CAMERA, False, -60, J),
        ("REC_GAP", DeviceType.RECORDER, False, 3600, J),
    ],
)
def test_severity(
    code: str, kind: DeviceType, value: float | None, severity: Severity, *, key: bool
) -> None:
    assert severity_of(CATALOGUE[code], kind, key=key, value=value) is severity
