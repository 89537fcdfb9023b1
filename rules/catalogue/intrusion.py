"""Intrusion and hold-up."""

from rules.catalogue.code import PANIC, E, J, N, flag

CODES = (
    flag("DET_MASKED", J, "masked", (30, 60)),
    flag("ZONE_OPEN", J, "zone_open", (60, 600), severity_for=PANIC),
    flag("ZONE_SHORT", J, "zone_short", (60, 600), severity_for=PANIC),
    flag("GROUND_FAULT", N, "ground_fault", (60, 60)),
    flag("RF_JAM", E, "rf_jam", (30, 60)),
)
