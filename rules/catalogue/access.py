"""Access control: readers, locks, doors and their controllers."""

from rules.catalogue.code import MINUTE, E, J, N, flag, metric

_SOON = (30, MINUTE)

CODES = (
    flag("ACS_READER_OFFLINE", J, "reader_offline", (2 * MINUTE, 2 * MINUTE)),
    flag("ACS_CONTROLLER_OFFLINE", J, "controller_offline", (2 * MINUTE, 2 * MINUTE)),
    metric("ACS_DOOR_HELD", N, "door_held_per_day", (11, 5), (0, 0)),
    metric("ACS_DOOR_FORCED", N, "door_forced_per_day", (11, 5), (0, 0)),
    flag("ACS_LOCK_FAULT", J, "lock_fault", _SOON, key_severity=E),
    flag("ACS_LOCK_FAULT", E, "failed_open", _SOON, point="open"),
    flag("ACS_RTE_TROUBLE", J, "exit_button_trouble", _SOON),
    flag("ACS_DSM_TROUBLE", J, "door_contact_trouble", _SOON),
    flag("ACS_FIRE_RELEASE_ACTIVE", E, "fire_release", (MINUTE, MINUTE)),
    metric("ACS_BUFFER_HIGH", N, "event_buffer_pct", (80, 70), (0, 0), worse_at=95, worse=J),
)
