"""Intrusion and hold-up. What a zone without telemetry of its own has is said by its panel."""

from rules.catalogue.code import DAY, HOUR, MINUTE, PANIC, E, J, N, flag, metric, pattern

_LINE = (MINUTE, 10 * MINUTE)
_SHORTLY = (MINUTE, MINUTE)

CODES = (
    flag("PANEL_SYSTEM", J, "system_trouble", (0, 0)),
    flag("PANEL_SHUTDOWN", E, "shutdown", (0, 0)),
    flag("PANEL_COMM_FAIL", J, "path_fail", (0, 0), point="path"),
    pattern("TEST_MISSED", J, (25 * HOUR, 0)),
    flag("ZONE_TROUBLE", J, "zone_trouble", _LINE, severity_for=PANIC),
    flag("ZONE_OPEN", J, "zone_open", _LINE, severity_for=PANIC),
    flag("ZONE_SHORT", J, "zone_short", _LINE, severity_for=PANIC),
    flag("ZONE_STUCK_OPEN", N, "open_while_closed", (12 * HOUR, 0)),
    flag(
        "ZONE_BYPASSED_LONG",
        N,
        "bypassed",
        (DAY, 0),
        worse_after_s=3 * DAY,
        worse=J,
        key_severity=J,
    ),
    pattern("ZONE_SILENT", N, (7 * DAY, 0)),
    flag("ZONE_SWINGER", N, "swinger", (0, 30 * DAY)),
    metric("FALSE_ALARM_HIGH", N, "false_alarms_7d", (3, 0), (0, 30 * DAY)),
    flag("DET_TAMPER", J, "detector_tamper", (10, MINUTE), human_close=True),
    flag("EXP_TAMPER", J, "expander_tamper", (10, MINUTE), human_close=True),
    flag("DET_SUPERVISION", J, "supervision_lost", (2 * MINUTE, 0)),
    flag("DET_BATT_LOW", N, "detector_low_battery", (0, 0), worse_after_s=14 * DAY, worse=J),
    flag("DET_MASKED", J, "masked", (30, MINUTE)),
    flag("DET_SELFTEST", J, "self_test_failed", (0, 0)),
    flag("EXP_FAULT", J, "expander_fault", _SHORTLY),
    flag("SOUNDER_FAULT", J, "sounder_fault", _SHORTLY),
    flag("RF_JAM", E, "rf_jam", (30, MINUTE)),
    flag("GROUND_FAULT", N, "ground_fault", _SHORTLY),
    flag("LOG_NEAR_FULL", N, "log_near_full", (0, 0)),
    flag("PANEL_CLOCK", N, "clock_wrong", (0, 0)),
    flag("NOT_ARMED_ON_SCHEDULE", N, "not_armed", (0, 0)),
)
