"""Network and power."""

from rules.catalogue.code import Code, E, J, N, Sign, silence

CODES = (
    silence("NET_UPLINK_DOWN", E),
    silence("NET_SWITCH_DOWN", J, key=J),
    Code(
        code="NET_LOSS_HIGH",
        severity=N,
        sign=Sign.METRIC,
        signal="packet_loss_pct",
        raise_at=5,
        clear_at=1,
        raise_after_s=600,
        clear_after_s=600,
    ),
    Code(
        code="UPS_RUNTIME_LOW",
        severity=E,
        sign=Sign.METRIC,
        signal="runtime_min",
        raise_at=10,
        clear_at=15,
        bad_below=True,
        raise_after_s=60,
        clear_after_s=60,
    ),
)
