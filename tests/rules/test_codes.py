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
    assert bool(code.signal) or code.sign not in {Sign.METRIC, Sign.FLAG}
    assert (code.worse is not None) is any((code.worse_at, code.worse_after_s, code.worse_with))
    for language in LANGUAGES:
        for part in ("name", "meaning", "first"):
            assert say(language, f"code.{code.code}.{part}")
        if code.signal:
            kind = "flag" if code.sign is Sign.FLAG else "metric"
            assert say(language, f"{kind}.{code.signal}")


def test_two_signals_of_one_code_stand_on_points_of_their_own() -> None:
    points = [(code.code, code.point) for code in (*METRICS, *FLAGS)]
    assert not {"PANEL_COMM_FAIL", "DEV_OFFLINE"} & {code for code, point in points if not point}
    assert len(points) == len(set(points))


# Every code of the taxonomy (A01, B11), by area.
TAXONOMY = """
DEV_OFFLINE DEV_FLAPPING DEV_REBOOT_LOOP DEV_DUPLICATE_ID CLOCK_DRIFT TIME_NOT_SYNCED TEMP_HIGH
TEMP_CRITICAL BATT_LOW BATT_FAULT MAINS_LOSS PSU_FAULT PSU_OVERLOAD FAN_FAULT SIGNAL_WEAK TAMPER
CONFIG_CHANGED FW_OUTDATED FW_VULNERABLE CERT_EXPIRING CERT_EXPIRED AUTH_FAIL_BURST WEAK_PASSWORD
DEFAULT_CREDENTIALS NO_DATA_YET END_OF_LIFE REPEAT_FAULT COMMON_CAUSE
CAM_VIDEO_LOSS CAM_FPS_LOW CAM_FROZEN CAM_BLACK CAM_WHITE CAM_BLUR CAM_OCCLUDED CAM_MOVED
CAM_COLOR_CAST CAM_NOISE CAM_STRIPE CAM_SHAKE CAM_IR_FAULT CAM_OSD_WRONG PTZ_STUCK PTZ_PRESET_ERR
LENS_FOCUS_FAULT IRIS_FAULT DEC_OUTPUT_FAULT DEC_NO_SIGNAL WASHER_LOW
REC_STOPPED REC_GAP REC_RETENTION_LOW REC_RETENTION_EXCESS STO_LOW STO_WRITE_ERR STO_DISK_FAIL
STO_DISK_PREDICT STO_RAID_DEGRADED STO_RAID_REBUILDING STO_MISSING NVR_CHANNEL_OFFLINE
NVR_OVERLOAD BACKUP_FAIL
PANEL_SYSTEM PANEL_SHUTDOWN PANEL_COMM_FAIL TEST_MISSED ZONE_TROUBLE ZONE_OPEN ZONE_SHORT
ZONE_STUCK_OPEN ZONE_BYPASSED_LONG ZONE_SILENT ZONE_SWINGER FALSE_ALARM_HIGH DET_TAMPER EXP_TAMPER
DET_SUPERVISION DET_BATT_LOW DET_MASKED DET_SELFTEST EXP_FAULT SOUNDER_FAULT RF_JAM GROUND_FAULT
LOG_NEAR_FULL PANEL_CLOCK NOT_ARMED_ON_SCHEDULE
ACS_READER_OFFLINE ACS_CONTROLLER_OFFLINE ACS_DOOR_HELD ACS_DOOR_FORCED ACS_LOCK_FAULT
ACS_RTE_TROUBLE ACS_DSM_TROUBLE ACS_FIRE_RELEASE_ACTIVE ACS_BUFFER_HIGH
NET_UPLINK_DOWN NET_SWITCH_DOWN NET_PORT_DOWN NET_LOSS_HIGH POE_FAULT POE_BUDGET UPS_ON_BATT
UPS_RUNTIME_LOW UPS_BATT_REPLACE SPD_FAILED GROUND_R_HIGH GW_BACKLOG GW_DISK GW_CPU
SITE_POWER_DOWN MON_INGEST_STALLED MON_NOTIFY_FAILED
"""


def test_every_code_of_the_taxonomy_is_there() -> None:
    """A01: what is found without anyone calling, and what a person finds."""
    assert CATALOGUE.keys() == {
        *TAXONOMY.split(),
        "CUSTOMER_REPORT",
        "INSPECTION_FOUND",
        "STO_CABLE",
    }


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


@pytest.mark.parametrize(
    ("code", "held_s", "beside", "severity"),
    [
        ("ZONE_BYPASSED_LONG", 86_400, frozenset(), N),
        ("ZONE_BYPASSED_LONG", 3 * 86_400, frozenset(), J),
        ("DET_BATT_LOW", 14 * 86_400, frozenset(), J),
        ("UPS_ON_BATT", 299, frozenset(), N),
        ("UPS_ON_BATT", 300, frozenset(), J),
        ("MAINS_LOSS", 300, frozenset({"TAMPER"}), J),
        ("MAINS_LOSS", 300, frozenset({"BATT_LOW"}), E),
    ],
)
def test_what_lasts_or_meets_another_fault_is_worse(
    code: str, held_s: float, beside: frozenset[str], severity: Severity
) -> None:
    """A01: mains lost with the battery low too, a zone bypassed for three days."""
    found = severity_of(
        CATALOGUE[code], DeviceType.ALARM_HOST, key=False, held_s=held_s, beside=beside
    )
    assert found is severity


def test_a_supervised_panel_that_falls_silent_has_lost_all_its_ways() -> None:
    """EN 50136: the silence of an account with a category is a failure of its reporting."""
    code = silence_code(DeviceType.ALARM_HOST, supervised=True)
    assert (code.code, code.severity, code.sign) == ("PANEL_COMM_FAIL", E, Sign.SILENCE)
    assert CATALOGUE[code.code].severity is J, "one way of several"
