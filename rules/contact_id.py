"""Ademco Contact ID (SIA DC-05): what each event number means to maintenance.

`Q EEE GG CCC`: qualifier, event, partition, and a zone or a user as the event has it. Every
trouble number of the public lists stands here by itself; the other groups by their hundred.
"""

from collections.abc import Mapping
from types import MappingProxyType

from rules.alarms import (
    ARMED,
    COMM_FAIL,
    GOOD_TEST,
    NOT_ARMED,
    ODD_TEST,
    PANIC,
    SECURITY,
    STATUS,
    WALK,
    Meaning,
    Turn,
    Whose,
    of_door,
    of_module,
    of_output,
    of_panel,
    of_zone,
    tamper,
)

_TURNS = MappingProxyType({"1": Turn.NEW, "3": Turn.RESTORE, "6": Turn.STATUS})

_PANEL: Mapping[int, Meaning] = {
    300: of_panel("PANEL_SYSTEM"),
    301: of_panel("MAINS_LOSS"),
    302: of_panel("BATT_FAULT"),
    303: of_panel("PANEL_SYSTEM", "ram"),
    304: of_panel("PANEL_SYSTEM", "rom"),
    305: STATUS,  # a reset; what follows says whether it helped
    306: of_panel("CONFIG_CHANGED", passing=True),
    307: of_panel("PANEL_SYSTEM", "self-test"),
    308: of_panel("PANEL_SHUTDOWN"),
    309: of_panel("BATT_FAULT", "test"),
    310: of_panel("GROUND_FAULT"),
    311: of_panel("BATT_FAULT", "missing"),
    312: of_panel("PSU_FAULT", "overcurrent"),
    313: STATUS,
    320: of_output(),
    321: of_output("bell-1"),
    322: of_output("bell-2"),
    323: of_output("alarm-relay"),
    324: of_output("trouble-relay"),
    325: of_output("reversing-relay"),
    326: of_output("circuit-3"),
    327: of_output("circuit-4"),
}
_MODULES: Mapping[int, Meaning] = {
    330: of_module("EXP_FAULT", "peripheral"),
    331: of_module("ZONE_OPEN", "loop"),
    332: of_module("ZONE_SHORT", "loop"),
    333: of_module("EXP_FAULT"),
    334: of_module("EXP_FAULT", "repeater"),
    335: of_panel("PANEL_SYSTEM", "paper"),
    336: of_panel("PANEL_SYSTEM", "printer"),
    337: of_module("EXP_FAULT", "dc"),
    338: of_module("EXP_FAULT", "battery"),
    339: of_module("EXP_FAULT", "reset", passing=True),
    341: tamper("EXP_TAMPER", Whose.MODULE, "EXP_TAMPER"),
    342: of_module("EXP_FAULT", "ac"),
    343: of_module("EXP_FAULT", "self-test"),
    344: of_panel("RF_JAM"),
}
_PATHS: Mapping[int, Meaning] = {
    350: of_panel(COMM_FAIL, "trouble"),
    351: of_panel(COMM_FAIL, "telco-1"),
    352: of_panel(COMM_FAIL, "telco-2"),
    353: of_panel(COMM_FAIL, "radio"),
    354: of_panel(COMM_FAIL, "undelivered", passing=True),
    355: of_panel(COMM_FAIL, "radio-supervision"),
    356: of_panel(COMM_FAIL, "polling"),
    357: of_panel(COMM_FAIL, "antenna"),
}
_SENSORS: Mapping[int, Meaning] = {
    370: of_zone("ZONE_TROUBLE", "loop"),
    371: of_zone("ZONE_OPEN"),
    372: of_zone("ZONE_SHORT"),
    373: of_zone("ZONE_TROUBLE", "fire"),
    374: SECURITY,  # an exit error: somebody left a door open
    375: of_zone("ZONE_TROUBLE", "panic", panic=True),
    376: of_zone("ZONE_TROUBLE", "hold-up", panic=True),
    377: of_zone("ZONE_SWINGER"),
    378: of_zone("ZONE_TROUBLE", "cross-zone"),
    380: of_zone("ZONE_TROUBLE"),
    381: of_zone("DET_SUPERVISION"),
    382: of_zone("DET_SUPERVISION", "rpm"),
    383: tamper("DET_TAMPER"),
    384: of_zone("DET_BATT_LOW"),
    385: of_zone("DET_SELFTEST", "smoke-high"),
    386: of_zone("DET_SELFTEST", "smoke-low"),
    387: of_zone("DET_SELFTEST", "intrusion-high"),
    388: of_zone("DET_SELFTEST", "intrusion-low"),
    389: of_zone("DET_SELFTEST"),
    391: of_zone("ZONE_SILENT"),
    392: of_zone("DET_SELFTEST", "drift"),
    393: of_zone("DET_SELFTEST", "maintenance"),
    394: of_zone("DET_SELFTEST", "worn-out"),
}
# Numbers of the alarm group that are really maintenance.
_AMONG_ALARMS: Mapping[int, Meaning] = {
    **dict.fromkeys(range(120, 127), PANIC),
    137: tamper("DET_TAMPER"),
    141: of_module("ZONE_OPEN", "loop"),
    142: of_module("ZONE_SHORT", "loop"),
    143: of_module("EXP_FAULT"),
    144: tamper("DET_TAMPER"),
    145: tamper("EXP_TAMPER", Whose.MODULE, "EXP_TAMPER"),
    147: of_zone("DET_SUPERVISION"),
    156: of_zone("ZONE_TROUBLE", "day"),
}
_ACCESS: Mapping[int, Meaning] = {
    **dict.fromkeys((*range(400, 410), 441, 442, 443, 451, 452, 456, 458), ARMED.restored()),
    423: SECURITY,
    426: SECURITY,
    427: of_door("ACS_DSM_TROUBLE"),
    428: of_door("ACS_RTE_TROUBLE"),
    432: of_door("ACS_LOCK_FAULT"),
    454: of_panel(NOT_ARMED),
    455: of_panel(NOT_ARMED),
    461: SECURITY,
}
_REST: Mapping[int, Meaning] = {
    **dict.fromkeys(range(570, 578), of_zone("ZONE_BYPASSED_LONG")),
    602: GOOD_TEST,
    603: GOOD_TEST,
    608: ODD_TEST,
    **dict.fromkeys(range(611, 616), WALK),
    616: of_panel("PANEL_SYSTEM", "service"),
    621: Meaning(sort=STATUS.sort, ends=(("LOG_NEAR_FULL", ""),)),
    622: of_panel("LOG_NEAR_FULL"),
    623: of_panel("LOG_NEAR_FULL"),
    624: of_panel("LOG_NEAR_FULL"),
    625: of_panel("PANEL_CLOCK", "set", passing=True),
    626: of_panel("PANEL_CLOCK"),
    628: of_panel("CONFIG_CHANGED", passing=True),
    654: of_panel(NOT_ARMED),
}
EVENTS: Mapping[int, Meaning] = MappingProxyType(
    {**_AMONG_ALARMS, **_PANEL, **_MODULES, **_PATHS, **_SENSORS, **_ACCESS, **_REST}
)


def meaning(event: int) -> Meaning:
    """What an event number means; a trouble nobody lists is still a trouble of the panel."""
    known = EVENTS.get(event)
    if known is not None:
        return known
    if event // 100 == 3:  # noqa: PLR2004 - the trouble group
        return of_panel("PANEL_SYSTEM", str(event))
    return SECURITY if event // 100 in {1, 2} else STATUS


def turn(qualifier: str) -> Turn | None:
    """1 new or opening, 3 restore or closing, 6 still so; None for anything else."""
    return _TURNS.get(qualifier)
