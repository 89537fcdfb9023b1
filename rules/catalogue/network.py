"""Network, power, gateways, and the product itself."""

from rules.catalogue.code import MINUTE, E, J, N, flag, metric, pattern, silence

_LOAD = (10 * MINUTE, 10 * MINUTE)

CODES = (
    silence("NET_UPLINK_DOWN", E),
    silence("NET_SWITCH_DOWN", J, key_severity=J),
    # An alarm host with a category that has fallen silent has lost all its ways.
    silence("PANEL_COMM_FAIL", E),
    flag("NET_PORT_DOWN", J, "port_down", (MINUTE, MINUTE)),
    metric("NET_LOSS_HIGH", N, "packet_loss_pct", (5, 1), _LOAD),
    flag("POE_FAULT", J, "poe_fault", (MINUTE, MINUTE)),
    metric("POE_BUDGET", N, "poe_budget_pct", (90, 85), _LOAD),
    flag("UPS_ON_BATT", N, "on_battery", (0, 10 * MINUTE), worse_after_s=5 * MINUTE, worse=J),
    metric("UPS_RUNTIME_LOW", E, "runtime_min", (10, 15), (MINUTE, MINUTE)),
    flag("UPS_BATT_REPLACE", N, "battery_replace", (MINUTE, MINUTE)),
    flag("SPD_FAILED", J, "spd_failed", (MINUTE, MINUTE)),
    metric("GROUND_R_HIGH", N, "ground_ohm", (4, 3.5), (0, 0)),
    metric("GW_BACKLOG", N, "queue_age_s", (300, 60), (0, MINUTE), worse_at=1800, worse=J),
    metric("GW_DISK", N, "gateway_disk_free_pct", (10, 15), (MINUTE, MINUTE), worse_at=3, worse=J),
    metric(
        "GW_CPU", N, "gateway_cpu_pct", (90, 75), (15 * MINUTE, 15 * MINUTE), worse_at=98, worse=J
    ),
    pattern("SITE_POWER_DOWN", E, (0, 0)),
    pattern("MON_INGEST_STALLED", E, (0, 0)),
    pattern("MON_NOTIFY_FAILED", E, (0, 0)),
)
