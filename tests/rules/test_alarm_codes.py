"""Contact ID and SIA (issue of the night: 383 and 384 unknown to a popular library; D06, B11)."""

import pytest

from rules import contact_id, sia
from rules.alarms import Effect, Meaning, Sort, Turn, Whose, effects
from rules.codes import CATALOGUE

EVERY = [*contact_id.EVENTS.values(), *sia.EVENTS.values()]
TROUBLES = [
    *range(300, 314),
    *range(320, 328),
    *range(330, 345),
    *range(350, 358),
    *range(370, 379),
    *range(380, 395),
]
NOT_ASSIGNED = {340, 379, 390}


@pytest.mark.parametrize("number", [n for n in TROUBLES if n not in NOT_ASSIGNED])
def test_every_trouble_of_contact_id_stands_in_the_table(number: int) -> None:
    assert number in contact_id.EVENTS


def test_every_fault_they_name_is_in_the_catalogue() -> None:
    named = {code for one in EVERY for code in (one.fault, one.panel_fault) if code}
    named |= {code for one in EVERY for code, _ in one.ends}
    assert named <= CATALOGUE.keys()


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (301, "MAINS_LOSS"),
        (302, "BATT_FAULT"),
        (308, "PANEL_SHUTDOWN"),
        (310, "GROUND_FAULT"),
        (321, "SOUNDER_FAULT"),
        (333, "EXP_FAULT"),
        (341, "EXP_TAMPER"),
        (344, "RF_JAM"),
        (353, "PANEL_COMM_FAIL"),
        (370, "ZONE_TROUBLE"),
        (371, "ZONE_OPEN"),
        (372, "ZONE_SHORT"),
        (381, "DET_SUPERVISION"),
        (383, "DET_TAMPER"),
        (384, "DET_BATT_LOW"),
        (389, "DET_SELFTEST"),
        (391, "ZONE_SILENT"),
        (573, "ZONE_BYPASSED_LONG"),
        (626, "PANEL_CLOCK"),
        (622, "LOG_NEAR_FULL"),
        (137, "DET_TAMPER"),
        (147, "DET_SUPERVISION"),
        (145, "EXP_TAMPER"),
    ],
)
def test_contact_id_troubles_are_the_faults_of_the_catalogue(number: int, code: str) -> None:
    assert contact_id.meaning(number).fault == code


@pytest.mark.parametrize(
    ("raises", "ends"),
    [
        ("AT", "AR"),
        ("YT", "YR"),
        ("YM", "YR"),
        ("YP", "YQ"),
        ("YI", "YJ"),
        ("XT", "XR"),
        ("TA", "TR"),
        ("TT", "TJ"),
        ("ET", "ER"),
        ("BT", "BJ"),
        ("BT", "BR"),
        ("UT", "UJ"),
        ("LT", "LR"),
        ("YC", "YK"),
        ("YS", "YK"),
        ("BB", "BU"),
        ("XQ", "XH"),
        ("NT", "NR"),
        ("YX", "YZ"),
        ("BZ", "BR"),
        ("CI", "CL"),
    ],
)
def test_each_sia_trouble_is_ended_by_its_restore(raises: str, ends: str) -> None:
    for number in (0, 12):
        began = {_place(one) for one in _effects(raises, number) if one.active}
        over = {_place(one) for one in _effects(ends, number) if not one.active}
        assert began
        assert began <= over


def _place(effect: Effect) -> tuple[int, str, str]:
    return effect.zone, effect.code, effect.point


def _effects(pair: str, number: int) -> tuple[Effect, ...]:
    meaning = sia.EVENTS[pair]
    return effects(meaning, meaning.turn, number)


@pytest.mark.parametrize("pair", ["BA", "FA", "HA", "PA", "MA", "DF", "JA"])
def test_a_security_alarm_is_never_a_fault(pair: str) -> None:
    meaning = sia.EVENTS[pair]
    assert meaning.sort is Sort.SECURITY
    assert meaning.recorded
    assert effects(meaning, Turn.NEW, 5) == ()


@pytest.mark.parametrize("number", [110, 120, 121, 130, 131, 134, 154, 423])
def test_an_alarm_of_contact_id_is_never_a_fault(number: int) -> None:
    meaning = contact_id.meaning(number)
    assert meaning.sort is Sort.SECURITY
    assert effects(meaning, Turn.NEW, 5) == ()


@pytest.mark.parametrize("meaning", [contact_id.EVENTS[383], sia.EVENTS["TA"]])
def test_a_tamper_is_both(meaning: Meaning) -> None:
    assert meaning.recorded
    (of_zone,) = effects(meaning, Turn.NEW, 12)
    (of_panel,) = effects(meaning, Turn.NEW, 0)
    assert (of_zone.zone, of_zone.code) == (12, "DET_TAMPER")
    assert (of_panel.zone, of_panel.code) == (0, "TAMPER")


def test_qualifier_6_is_the_same_condition_again() -> None:
    new = effects(contact_id.EVENTS[383], Turn.NEW, 12)
    assert effects(contact_id.EVENTS[383], Turn.STATUS, 12) == new


def test_restores_do_not_end_another_trouble_of_the_same_part() -> None:
    """Trap 10: the mains of module 3 are back, its battery is still empty."""
    (battery,) = effects(contact_id.EVENTS[338], Turn.NEW, 3)
    (mains,) = effects(contact_id.EVENTS[342], Turn.RESTORE, 3)
    assert battery.code == mains.code == "EXP_FAULT"
    assert (battery.point, mains.point) == ("module-003/battery", "module-003/ac")


def test_a_closing_ends_not_armed_and_an_opening_does_not() -> None:
    closed = effects(contact_id.EVENTS[401], Turn.RESTORE, 7)
    assert [(one.code, one.active) for one in closed] == [("NOT_ARMED_ON_SCHEDULE", False)]
    assert effects(contact_id.EVENTS[401], Turn.NEW, 7) == ()


def test_608_is_a_test_and_a_trouble() -> None:
    meaning = contact_id.EVENTS[608]
    assert meaning.sort is Sort.ODD_TEST
    assert [one.code for one in effects(meaning, Turn.NEW, 0)] == ["PANEL_SYSTEM"]


def test_a_trouble_nobody_lists_is_still_a_trouble_of_the_panel() -> None:
    assert contact_id.meaning(399).fault == "PANEL_SYSTEM"
    assert contact_id.meaning(699).sort is Sort.STATUS


def test_every_pair_of_the_published_list_is_known() -> None:
    assert len(sia.EVENTS) == 325
    assert sia.meaning("ZQ") is None


def test_zones_are_told_from_users() -> None:
    assert contact_id.EVENTS[384].whose is Whose.ZONE
    assert contact_id.EVENTS[401].whose is Whose.PANEL
