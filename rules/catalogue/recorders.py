"""Recorders and their storage."""

from rules.catalogue.code import DAY, MINUTE, E, J, N, flag, metric, pattern

CODES = (
    flag("REC_STOPPED", J, "recording_stopped", (5 * MINUTE, 10 * MINUTE), key_severity=E),
    flag("REC_STOPPED", N, "recording_off", (DAY, 0), point="off"),
    metric("REC_GAP", N, "recording_gap_s", (300, 60), (0, 10 * MINUTE), worse_at=3600, worse=J),
    pattern(
        "REC_RETENTION_LOW",
        J,
        (0, 0),
        signal="retention_days",
        raise_at=30,
        bad_below=True,
        key_severity=E,
    ),
    pattern("REC_RETENTION_EXCESS", N, (0, 0), signal="retention_days", raise_at=0),
    metric("STO_LOW", N, "disk_free_pct", (10, 15), (MINUTE, MINUTE), worse_at=3, worse=J),
    flag("STO_WRITE_ERR", J, "write_error", (30, MINUTE), key_severity=E),
    flag("STO_DISK_FAIL", J, "disk_fail", (30, MINUTE), key_severity=E),
    flag("STO_DISK_FAIL", E, "raid_unprotected", (30, MINUTE), point="raid"),
    metric("STO_DISK_PREDICT", N, "disk_health_pct", (10, 20), (MINUTE, MINUTE)),
    flag("STO_DISK_PREDICT", J, "smart_failed", (MINUTE, MINUTE), point="smart"),
    metric("STO_DISK_PREDICT", N, "bad_sectors", (1, 0), (0, 0), point="sectors"),
    metric("STO_DISK_PREDICT", J, "bad_sectors_7d", (10, 0), (0, 0), point="growth"),
    metric("STO_DISK_PREDICT", N, "ssd_wear_pct", (90, 89), (0, 0), point="wear"),
    metric("STO_CABLE", N, "cable_errors_7d", (10, 0), (0, 0)),
    flag("STO_RAID_DEGRADED", J, "raid_degraded", (0, MINUTE)),
    flag("STO_RAID_REBUILDING", N, "raid_rebuilding", (0, MINUTE)),
    flag("STO_MISSING", J, "disk_missing", (MINUTE, MINUTE)),
    flag("NVR_CHANNEL_OFFLINE", J, "channel_offline", (2 * MINUTE, 2 * MINUTE)),
    metric("NVR_OVERLOAD", N, "cpu_pct", (90, 75), (15 * MINUTE, 15 * MINUTE)),
    metric("BACKUP_FAIL", N, "backup_age_days", (30, 1), (0, 0)),
)
