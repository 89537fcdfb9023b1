"""The first page answers two questions: how does it stand, and what waits for me?"""

from dataclasses import replace
from datetime import date

import pytest

from rules import statistics, verdicts
from rules.inspections import Decision, Inspection, InspectionId, ItemId, Point, Sheet
from rules.model import Fault, FaultId, OrderId, Severity, SiteId, SystemId, WorkOrder
from rules.statistics import Running
from rules.verdicts import Ask, Matter, Verdict
from tests.rules.test_statistics import LEFT, START, WELL, WRONG, a_fault, a_point, an_order

QUIET = Running(online_pct=100)
MINOR, MAJOR, EMERGENCY = Severity.MINOR, Severity.MAJOR, Severity.EMERGENCY


def a_sheet(*points: Point) -> Sheet:
    inspection = Inspection(
        id=InspectionId(1),
        system_id=SystemId(1),
        site_id=SiteId(1),
        kind="month",
        period="2026-11",
        due_on=date(2026, 11, 30),
        planned_at=START,
    )
    walked = (replace(one, position=n, code=f"C-{n}") for n, one in enumerate(points, 1))
    return Sheet(inspection=inspection, points=tuple(walked))


def a_defect(number: int, *, ordered: bool = False) -> Point:
    """Its fault, and if ordered its order, have that number."""
    point = a_point(WELL, WRONG, note=f"损坏 {number}")
    items = [
        replace(
            one,
            id=ItemId(number * 10 + n),
            fault_id=FaultId(number) if one.result is WRONG else None,
            order_id=OrderId(number) if ordered and one.result is WRONG else None,
        )
        for n, one in enumerate(point.items)
    ]
    return replace(point, items=tuple(items))


def told(
    sheet: Sheet,
    faults: dict[int, Fault] | None = None,
    orders: dict[int, WorkOrder] | None = None,
    running: Running = QUIET,
) -> tuple[Verdict, tuple[Ask, ...]]:
    found = verdicts.problems(
        sheet,
        {FaultId(n): one for n, one in (faults or {}).items()},
        {OrderId(n): one for n, one in (orders or {}).items()},
    )
    counted = statistics.points(sheet.points)
    return verdicts.verdict(counted, found), verdicts.asks(sheet, counted, running, found)


def still_there(severity: Severity) -> Fault:
    return a_fault(1, None, "INSPECTION_FOUND", severity=severity)


def over(severity: Severity) -> Fault:
    return a_fault(1, 2, "INSPECTION_FOUND", severity=severity)


def test_all_checked_and_nothing_wrong_is_sound_and_asks_nothing() -> None:
    assert told(a_sheet(a_point(WELL), a_point(WELL))) == (Verdict.SOUND, ())


def test_what_nobody_could_look_at_is_not_called_sound() -> None:
    verdict, asks = told(a_sheet(a_point(WELL), a_point(LEFT, note="金库清点")))
    assert verdict is Verdict.INCOMPLETE
    assert asks == (Ask(matter=Matter.ACCESS, count=1, reason="金库清点"),)


@pytest.mark.parametrize(
    ("severity", "verdict"),
    [(MINOR, Verdict.DEFECTS), (MAJOR, Verdict.GRAVE), (EMERGENCY, Verdict.GRAVE)],
)
def test_a_defect_weighs_as_much_as_its_fault(severity: Severity, verdict: Verdict) -> None:
    sheet = a_sheet(a_defect(1), a_point(LEFT, note="锁着"))
    assert told(sheet, {1: still_there(severity)})[0] is verdict


def test_a_defect_without_a_fault_is_a_minor_one() -> None:
    assert told(a_sheet(a_point(WRONG, note="标签脱落")))[0] is Verdict.DEFECTS


def test_what_was_put_right_weighs_no_more_and_asks_nothing() -> None:
    sheet = a_sheet(a_defect(1), a_defect(2, ordered=True))
    closed = an_order(4, 3, closed_at=START, close_reason="done")
    faults = {1: over(MAJOR), 2: still_there(MAJOR)}
    assert told(sheet, faults, {2: closed}) == (Verdict.SETTLED, ())


def test_an_open_order_is_an_open_defect_even_if_the_device_is_silent_about_it() -> None:
    sheet = a_sheet(a_defect(1, ordered=True))
    verdict, (ask,) = told(sheet, {1: over(MAJOR)}, {1: an_order(4, None)})
    assert verdict is Verdict.GRAVE
    assert ask.matter is Matter.REPAIR


def test_the_worst_that_is_still_there_comes_first() -> None:
    sheet = a_sheet(*(a_defect(n) for n in (1, 2, 3, 4)))
    faults = {1: over(EMERGENCY), 2: still_there(MINOR), 3: still_there(EMERGENCY)}
    found = verdicts.problems(sheet, {FaultId(n): one for n, one in faults.items()}, {})
    assert [one.point.code for one in found] == ["C-3", "C-2", "C-4", "C-1"]


def test_a_check_that_was_none_finds_no_defect_but_must_be_made_again() -> None:
    """B11: a point the head found false is neither good nor bad."""
    false = a_point(WRONG, note="编的", decision=Decision.FALSE)
    verdict, asks = told(a_sheet(a_point(WELL), false))
    assert verdict is Verdict.INCOMPLETE
    assert asks == (Ask(matter=Matter.RECHECK, count=1),)


def test_three_things_at_most_and_never_three_defects_that_hide_the_rest() -> None:
    """A manager reads three lines; each matter keeps one as long as there is room."""
    defects = [a_defect(n) for n in range(1, 6)]
    left = a_point(LEFT, note="锁着")
    low = replace(QUIET, online_pct=97, worst=((a_point(WELL).device_id or 1, 60.0),))  # type: ignore[arg-type]
    assert [one.matter for one in told(a_sheet(*defects))[1]] == [Matter.REPAIR] * 3
    mixed = [one.matter for one in told(a_sheet(*defects, left))[1]]
    assert mixed == [Matter.REPAIR, Matter.REPAIR, Matter.ACCESS]
    all_of_them = [one.matter for one in told(a_sheet(*defects, left), running=low)[1]]
    assert all_of_them == [Matter.REPAIR, Matter.ACCESS, Matter.ONLINE]


@pytest.mark.parametrize(("online", "asked"), [(98.9, True), (99.0, False), (None, False)])
def test_the_customer_is_asked_about_downtime_only_below_the_target(
    online: float | None,
    asked: bool,  # noqa: FBT001 - a column of the table
) -> None:
    sheet = a_sheet(a_point(WELL))
    running = replace(QUIET, online_pct=online)
    matters = [one.matter for one in told(sheet, running=running)[1]]
    assert (Matter.ONLINE in matters) is asked


def test_an_empty_sheet_asks_nothing() -> None:
    assert told(a_sheet()) == (Verdict.SOUND, ())
