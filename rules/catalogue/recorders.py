"""Recorders and their storage."""

from rules.catalogue.code import Code, E, J, N, Sign, flag

CODES = (
    flag("STO_DISK_FAIL", J, "disk_fail", (30, 60), key_severity=E),
    flag("REC_STOPPED", J, "recording_stopped", (300, 600), key_severity=E),
    Code(
        code="STO_LOW",
        severity=N,
        sign=Sign.METRIC,
        signal="disk_free_pct",
        raise_at=10,
        clear_at=15,
        bad_below=True,
        worse_at=3,
        worse=J,
        raise_after_s=60,
        clear_after_s=60,
    ),
    Code(
        code="STO_DISK_PREDICT",
        severity=N,
        sign=Sign.METRIC,
        signal="disk_health_pct",
        raise_at=10,
        clear_at=20,
        bad_below=True,
        raise_after_s=60,
        clear_after_s=60,
    ),
    Code(
        code="REC_GAP",
        severity=N,
        sign=Sign.METRIC,
        signal="recording_gap_s",
        raise_at=300,
        clear_at=60,
        worse_at=3600,
        worse=J,
        raise_after_s=0,
        clear_after_s=600,
    ),
)
