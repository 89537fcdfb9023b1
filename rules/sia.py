"""SIA DC-03 letters: what each pair means to maintenance.

Most pairs are made of a kind of zone and what happened to it (`BT` burglary trouble, `FJ` fire
trouble over); those stand in two small tables. The others stand by themselves.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
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
    TEST_MISSED,
    WALK,
    Meaning,
    Sort,
    Turn,
    Whose,
    of_door,
    of_module,
    of_output,
    of_panel,
    of_zone,
    tamper,
)

_ZONES = "BFGHKMPQSUWZ"  # burglary, fire, gas, hold-up, heat, medical, panic, emergency, ...
_PANIC_ZONES = "HPQ"
_BYPASS = of_zone("ZONE_BYPASSED_LONG")
_MISSING = of_zone("DET_SUPERVISION", "missing")
_TAMPER = tamper("DET_TAMPER")
_EXPANDER_TAMPER = tamper("EXP_TAMPER", Whose.MODULE, "EXP_TAMPER")
_EVERY_TROUBLE = ("", "supervisory")
_FOUND_AGAIN = (("DET_SUPERVISION", "missing"),)


def _zone_pairs(zone: str) -> Iterator[tuple[str, Meaning]]:
    panic = zone in _PANIC_ZONES
    alarm = PANIC if panic else SECURITY
    trouble = of_zone("ZONE_TROUBLE", panic=panic)
    yield f"{zone}A", alarm
    yield f"{zone}H", alarm.restored()
    yield f"{zone}T", trouble
    yield f"{zone}J", trouble.restored()
    yield f"{zone}S", of_zone("ZONE_TROUBLE", "supervisory", panic=panic)
    yield f"{zone}R", replace(trouble.restored(), points=_EVERY_TROUBLE, ends=_FOUND_AGAIN)
    yield f"{zone}B", _BYPASS
    yield f"{zone}U", _BYPASS.restored()


_POWER: Mapping[str, Meaning] = {
    "AT": of_panel("MAINS_LOSS"),
    "AR": of_panel("MAINS_LOSS").restored(),
    "YT": of_panel("BATT_FAULT"),
    "YM": of_panel("BATT_FAULT", "missing"),
    "YR": replace(of_panel("BATT_FAULT").restored(), points=("", "missing")),
    "YP": of_panel("PSU_FAULT"),
    "YQ": of_panel("PSU_FAULT").restored(),
    "YI": of_panel("PSU_FAULT", "overcurrent"),
    "YJ": of_panel("PSU_FAULT", "overcurrent").restored(),
}
_SYSTEM: Mapping[str, Meaning] = {
    "YX": of_panel("PANEL_SYSTEM", "service"),
    "YZ": of_panel("PANEL_SYSTEM", "service").restored(),
    "YF": of_panel("PANEL_SYSTEM", "parameters", passing=True),
    "YU": of_panel("PANEL_SYSTEM", "diagnostic", passing=True),
    "YW": of_panel("PANEL_SYSTEM", "watchdog", passing=True),
    "VT": of_panel("PANEL_SYSTEM", "printer"),
    "VR": of_panel("PANEL_SYSTEM", "printer").restored(),
    "VO": of_panel("PANEL_SYSTEM", "paper"),
    "VI": of_panel("PANEL_SYSTEM", "paper").restored(),
    "YG": of_panel("CONFIG_CHANGED", passing=True),
    "LX": of_panel("CONFIG_CHANGED", passing=True),
    "RS": of_panel("CONFIG_CHANGED", passing=True),
    "JT": of_panel("PANEL_CLOCK", "set", passing=True),
    "JD": of_panel("PANEL_CLOCK", "set", passing=True),
    "JL": of_panel("LOG_NEAR_FULL", passing=True),
    "JO": of_panel("LOG_NEAR_FULL", passing=True),
    "YA": of_output(),
    "YH": of_output().restored(),
    "OU": of_output(),
    "OV": of_output().restored(),
    "XQ": of_panel("RF_JAM"),
    "XH": of_panel("RF_JAM").restored(),
}
_PATHS: Mapping[str, Meaning] = {
    "YC": of_panel(COMM_FAIL, "undelivered"),
    "YS": of_panel(COMM_FAIL, "trouble"),
    "YK": replace(of_panel(COMM_FAIL).restored(), points=("undelivered", "trouble")),
    "LT": Meaning(sort=Sort.FAULT, fault=COMM_FAIL, whose=Whose.LINE, points=("telco",)),
    "LR": Meaning(sort=Sort.FAULT, fault=COMM_FAIL, whose=Whose.LINE, points=("telco",)).restored(),
    "NT": Meaning(sort=Sort.FAULT, fault=COMM_FAIL, whose=Whose.LINE, points=("network",)),
    "NC": Meaning(sort=Sort.FAULT, fault=COMM_FAIL, whose=Whose.LINE, points=("network",)),
    "NR": Meaning(
        sort=Sort.FAULT, fault=COMM_FAIL, whose=Whose.LINE, points=("network",), turn=Turn.RESTORE
    ),
    "RT": of_panel(COMM_FAIL, "data-lost", passing=True),
}
_SENSORS: Mapping[str, Meaning] = {
    "TA": _TAMPER,
    "TT": _TAMPER,
    "TR": _TAMPER.restored(),
    "TH": _TAMPER.restored(),
    "TJ": _TAMPER.restored(),
    "XT": of_zone("DET_BATT_LOW"),
    "XR": of_zone("DET_BATT_LOW").restored(),
    "BD": of_zone("ZONE_SWINGER"),
    "BE": of_zone("ZONE_SWINGER").restored(),
    "BZ": _MISSING,
    "FY": _MISSING,
    "FZ": _MISSING,
    "UY": _MISSING,
    "UZ": _MISSING,
    "CM": _MISSING,
    "XM": _MISSING,
    "EZ": _MISSING,
    "XL": of_zone("DET_SUPERVISION"),
    "PF": of_zone("DET_SUPERVISION", "photo"),
    "PO": of_zone("DET_SUPERVISION", "photo").restored(),
    "XC": replace(_MISSING.restored(), points=("", "missing")),
    "NA": of_zone("ZONE_SILENT"),
    "NS": of_zone("ZONE_SILENT").restored(),
    "SM": of_zone("ZONE_TROUBLE", "leak"),
    "FW": of_zone("ZONE_TROUBLE", "supervisory"),
    "FQ": of_zone("ZONE_TROUBLE", "supervisory").restored(),
    "FV": of_zone("ZONE_TROUBLE", "supervisory").restored(),
    "AS": of_zone("DET_SELFTEST", "drift"),
    "AN": of_zone("DET_SELFTEST", "drift").restored(),
}
_MODULES: Mapping[str, Meaning] = {
    "ET": of_module("EXP_FAULT"),
    "ER": of_module("EXP_FAULT").restored(),
    "EM": of_module("EXP_FAULT", "missing"),
    "EN": of_module("EXP_FAULT", "missing").restored(),
    "IA": of_module("EXP_FAULT", "equipment"),
    "IR": of_module("EXP_FAULT", "equipment").restored(),
    "ES": _EXPANDER_TAMPER,
    "EJ": _EXPANDER_TAMPER.restored(),
    "XS": _EXPANDER_TAMPER,
    "XJ": _EXPANDER_TAMPER.restored(),
    "DT": of_door("ACS_LOCK_FAULT"),
    "DR": of_door("ACS_LOCK_FAULT").restored(),
}
_TESTS: Mapping[str, Meaning] = {
    "RP": GOOD_TEST,
    "TX": GOOD_TEST,
    "RY": ODD_TEST,
    "XX": of_panel(TEST_MISSED),
    "TP": WALK,
    "BX": WALK,
    "FX": WALK,
    "GX": WALK,
}
_ARMING: Mapping[str, Meaning] = {
    **dict.fromkeys(("CL", "CA", "CG", "CP", "CQ", "CS", "CF", "CJ", "CK", "CZ"), ARMED),
    "CI": of_panel(NOT_ARMED),
    "CD": of_panel(NOT_ARMED),
}
_ALARMS: Mapping[str, Meaning] = {
    **dict.fromkeys(("AA", "BM", "BV", "BG", "CR", "EA", "FG", "FM", "JA", "UG", "UX"), SECURITY),
    **dict.fromkeys(("DF", "DJ", "DL", "DM"), SECURITY),
    "DH": SECURITY.restored(),
    "JC": SECURITY.restored(),
    "ND": PANIC,  # disarmed under duress
}
# Everyday life of an alarm system: heard, and nothing more. A manual test proves the path, not
# that the periodic one comes.
_EVERYDAY = (
    "AB AF BC CB CC CE CO CT CW CX DA DB DC DD DE DG DI DK DN DO DP DQ DS DU DV DW DX DY DZ EE EX "
    "FC FI FK FL JH JK JP JR JS JV JX JY JZ LB LD LE LF LS LU MI NB ND NE NF NL NM NO NP OA OB OC "
    "OG OH OI OJ OK OL OP OQ OR OS OT OZ PC PD PE PG RA RB RC RD RN RO RR RU RX SC TB TC TE TS TU "
    "TW TZ VX VY VZ XA XE XF XI XW YB YD YE YN YO YY ZY ZZ"
)
EVENTS: Mapping[str, Meaning] = MappingProxyType(
    {
        **dict.fromkeys(_EVERYDAY.split(), STATUS),
        **{pair: meaning for zone in _ZONES for pair, meaning in _zone_pairs(zone)},
        **_POWER,
        **_SYSTEM,
        **_PATHS,
        **_SENSORS,
        **_MODULES,
        **_TESTS,
        **_ARMING,
        **_ALARMS,
    }
)


def meaning(pair: str) -> Meaning | None:
    """What two letters mean; None for a pair that nobody lists."""
    return EVENTS.get(pair)
