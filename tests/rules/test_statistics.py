"""The figures on paper: nothing is counted twice, and our own deafness is nobody's downtime."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import periods, statistics
from rules.inspections import (
    Area,
    Decision,
    Doubt,
    InspectionId,
    Item,
    ItemId,
    Point,
    PointId,
    Result,
    Why,
)
from rules.model import (
    ClockSource,
    DeviceId,
    Fault,
    FaultId,
    OrderId,
    Severity,
    SiteId,
    WorkOrder,
    Zone,
)
from rules.silence import Spell

START = datetime(2026, 10, 31, 16, tzinfo=UTC)  # midnight of 1 November in Shanghai
HOUR = timedelta(hours=1)
SPAN = (START, START + 240 * HOUR)
ZONE = "Asia/Shanghai"
CAMERA, PANEL = DeviceId(1), DeviceId(2)
WELL, WRONG, LEFT = Result.NORMAL, Result.ABNORMAL, Result.NOT_CHECKED


def a_point(*results: Result | None, note: str = "", decision: Decision | None = None) -> Point:
    doubts = (Doubt(item="", why=Why.TOO_FAST),) if decision else ()
    items = [
        Item(
            id=ItemId(n),
            point_id=PointId(1),
            position=n,
            item="housing",
            result=result,
            note=note if result in (WRONG, LEFT) else "",
        )
        for n, result in enumerate(results, 1)
    ]
    return Point(
        id=PointId(1),
        inspection_id=InspectionId(1),
        position=1,
        area=Area.FRONT_END,
        device_id=CAMERA,
        code="C-1",
        name="",
        type="camera",
        decision=decision,
        doubts=doubts,
        items=tuple(items),
    )


def a_fault(  # noqa: PLR0913 - a fault has many sides
    opened: float,
    cleared: float | None,
    code: str = "DEV_OFFLINE",
    *,
    device: DeviceId = CAMERA,
    severity: Severity = Severity.MAJOR,
    provisional: bool = False,
    explained_by: int | None = None,
) -> Fault:
    """Hours after the month began."""
    return Fault(
        id=FaultId(1),
        device_id=device,
        site_id=SiteId(1),
        code=code,
        point="",
        severity=severity,
        opened_at=START + opened * HOUR,
        cleared_at=None if cleared is None else START + cleared * HOUR,
        source=ClockSource.MONITOR,
        why="silent",
        provisional=provisional,
        explained_by=None if explained_by is None else FaultId(explained_by),
    )


def a_spell(begun: float, ended: float) -> Spell:
    return Spell(START + begun * HOUR, START + ended * HOUR)


def run(
    *faults: Fault, spells: tuple[Spell, ...] = (), heard: tuple[DeviceId, ...] = (CAMERA, PANEL)
) -> statistics.Running:
    lived: dict[DeviceId, list[Fault]] = {}
    for one in faults:
        lived.setdefault(one.device_id, []).append(one)
    return statistics.running(heard, lived, spells, SPAN, ZONE)


# ---- points ------------------------------------------------------------------------------------


def test_points_are_due_done_or_left_with_their_reasons() -> None:
    """A09: how many, and why not. A reason counts once for a point, however many items it kept."""
    counted = statistics.points(
        [
            a_point(WELL, WELL),
            a_point(WELL, WRONG, note="玻璃破裂"),
            a_point(LEFT, LEFT, note="金库清点"),
            a_point(WELL, LEFT, note="金库清点"),
            a_point(WELL, LEFT, note="梯子不够高"),
        ]
    )
    assert (counted.due, counted.done) == (5, 2)
    assert (counted.normal, counted.abnormal, counted.not_checked) == (1, 1, 3)
    assert counted.reasons == (("金库清点", 2), ("梯子不够高", 1))
    assert counted.done_pct == pytest.approx(40)
    assert counted.intact_pct == pytest.approx(50)


def test_a_check_that_was_none_is_neither_done_nor_intact() -> None:
    """B11: the head found the check false, so it counts as not checked."""
    counted = statistics.points([a_point(WELL), a_point(WELL, decision=Decision.FALSE)])
    assert (counted.done, counted.normal, counted.not_checked) == (1, 1, 1)
    assert counted.done_pct == pytest.approx(50)


def test_a_sheet_in_work_has_points_that_are_neither_done_nor_left() -> None:
    counted = statistics.points([a_point(WELL), a_point(WELL, None)])
    assert (counted.due, counted.done, counted.not_checked) == (2, 1, 0)


def test_no_points_are_no_hundred_per_cent() -> None:
    counted = statistics.points([])
    assert counted.done_pct is None
    assert counted.intact_pct is None
    assert statistics.points([a_point(LEFT, note="锁着")]).intact_pct is None


# ---- how it ran --------------------------------------------------------------------------------


def test_downtime_and_online_rate_of_two_devices() -> None:
    told = run(a_fault(10, 22), a_fault(50, 62, device=PANEL))
    assert told.down_s == pytest.approx(24 * 3600)
    assert told.online_pct == pytest.approx(100 * (1 - 24 / 480))
    assert told.worst == ((CAMERA, 12 * 3600), (PANEL, 12 * 3600))


def test_silence_told_by_two_codes_at_once_counts_once() -> None:
    told = run(a_fault(10, 14), a_fault(12, 16, "NET_UPLINK_DOWN"))
    assert told.down_s == pytest.approx(6 * 3600)


def test_only_the_span_counts() -> None:
    told = run(a_fault(-20, 2), a_fault(238, None), a_fault(-9, -1), a_fault(241, 250))
    assert told.down_s == pytest.approx(4 * 3600)
    assert told.fault_count == 1  # the one that began within it


def test_while_we_were_deaf_nobody_was_up_or_down() -> None:
    """A fault that lasted through our deafness is not held against the device for that time."""
    told = run(a_fault(0, 100), spells=(a_spell(40, 100), a_spell(90, 120)), heard=(CAMERA,))
    assert told.deaf_s == pytest.approx(80 * 3600)
    assert told.down_s == pytest.approx(40 * 3600)
    assert told.online_pct == pytest.approx(100 * (1 - 40 / 160))


def test_deaf_all_the_time_or_nobody_to_hear_judges_nothing() -> None:
    assert run(a_fault(10, 20), spells=(a_spell(-1, 241),)).online_pct is None
    nobody = run(a_fault(10, 20), heard=())
    assert nobody.online_pct is None
    assert nobody.down_s == 0
    assert nobody.fault_count == 1


def test_other_faults_are_counted_but_are_no_downtime() -> None:
    told = run(
        a_fault(1, 2, "CAM_BLACK", severity=Severity.MINOR),
        a_fault(3, None, "CLOCK_DRIFT"),
        a_fault(5, 6, "CLOCK_DRIFT"),
        a_fault(7, 8, "VIDEO_LOSS", device=PANEL, severity=Severity.EMERGENCY),
    )
    assert told.down_s == 0
    assert told.online_pct == pytest.approx(100)
    assert told.faults == {Severity.EMERGENCY: 1, Severity.MAJOR: 2, Severity.MINOR: 1}
    assert told.clock_errors == 1  # one device, however often


def test_what_another_explains_and_what_is_not_raised_yet_is_no_fault_of_its_own() -> None:
    """An uplink that takes forty devices along is one fault, yet all of them were away."""
    told = run(
        a_fault(10, 12, "NET_UPLINK_DOWN", device=PANEL),
        a_fault(10, 12, explained_by=7),
        a_fault(30, 40, provisional=True),
        a_fault(50, 51, "CLOCK_DRIFT", provisional=True),
    )
    assert told.fault_count == 1
    assert told.down_s == pytest.approx(4 * 3600)
    assert told.clock_errors == 0


# ---- by day ------------------------------------------------------------------------------------


def test_days_are_those_of_the_site() -> None:
    told = run(a_fault(23, 26), a_fault(47.5, 49, "CAM_BLACK"))
    assert [one.day for one in told.days] == [date(2026, 11, n) for n in range(1, 11)]
    assert [round(one.down_s / 3600, 3) for one in told.days[:3]] == [1, 2, 0]
    assert [one.faults for one in told.days[:3]] == [1, 1, 0]


def test_a_day_that_is_not_over_is_judged_by_what_is_over() -> None:
    span = (START, START + 36 * HOUR)
    told = statistics.running([CAMERA], {CAMERA: [a_fault(30, 33)]}, (), span, ZONE)
    assert len(told.days) == 2
    assert told.days[1].online_pct == pytest.approx(75)


def test_a_day_we_were_deaf_through_is_not_judged() -> None:
    told = run(spells=(a_spell(24, 48),))
    assert [one.online_pct for one in told.days[:3]] == [100, None, 100]
    assert told.days[1].deaf_s == 86400


def test_the_day_the_clocks_change_has_its_own_length() -> None:
    """25 hours in Berlin on 25 October 2026."""
    berlin = datetime(2026, 10, 24, 22, tzinfo=UTC)
    span = (berlin, berlin + 49 * HOUR)
    fault = a_fault(0, None)
    told = statistics.running([CAMERA], {CAMERA: [fault]}, (Spell(*span),), span, "Europe/Berlin")
    assert [(one.day.day, one.deaf_s) for one in told.days] == [(25, 25 * 3600), (26, 24 * 3600)]


def test_before_the_month_begins_there_are_no_days() -> None:
    told = statistics.running([CAMERA], {}, (), (START, START), ZONE)
    assert told.days == ()
    assert told.online_pct is None


HOURS = st.floats(-48, 300, allow_nan=False)
SPANS = st.lists(st.tuples(HOURS, HOURS).map(lambda two: (min(two), max(two))), max_size=6)


@given(away=SPANS, deaf=SPANS, worked=SPANS)
def test_the_days_add_up_to_the_whole(
    away: list[tuple[float, float]],
    deaf: list[tuple[float, float]],
    worked: list[tuple[float, float]],
) -> None:
    spells = tuple(a_spell(*one) for one in deaf)
    lived = {CAMERA: [a_fault(*one) for one in away]}
    kept = maintained(*((CAMERA, *one) for one in worked))
    told = statistics.running([CAMERA, PANEL], lived, spells, SPAN, ZONE, kept)
    assert sum(one.planned_s for one in told.days) == pytest.approx(told.planned_s, abs=1)
    assert sum(one.down_s for one in told.days) == pytest.approx(told.down_s, abs=1)
    assert sum(one.deaf_s for one in told.days) == pytest.approx(told.deaf_s, abs=1)
    assert sum(one.faults for one in told.days) == told.fault_count
    assert told.online_pct is None or 0 <= told.online_pct <= 100
    assert told.down_s <= (told.watched_s - told.deaf_s) * 2 - told.planned_s + 1


# ---- maintenance -------------------------------------------------------------------------------


def maintained(
    *windows: tuple[DeviceId, float, float],
) -> dict[DeviceId, list[tuple[datetime, datetime]]]:
    found: dict[DeviceId, list[tuple[datetime, datetime]]] = {}
    for device, begun, ended in windows:
        found.setdefault(device, []).append((START + begun * HOUR, START + ended * HOUR))
    return found


def test_maintenance_is_neither_uptime_nor_downtime_but_said() -> None:
    """Away for 10 h, of which people were at work for 4; of 480 device hours 476 are judged."""
    away = {CAMERA: [a_fault(30, 40)]}
    told = statistics.running(
        [CAMERA, PANEL], away, (), SPAN, ZONE, maintained((CAMERA, 32, 36), (PANEL, 0, 0))
    )
    assert (told.down_s, told.planned_s) == (6 * 3600, 4 * 3600)
    assert told.online_pct == pytest.approx(100 * (1 - 6 / 476))
    assert [one.planned_s for one in told.days[:3]] == [0, 4 * 3600, 0]
    assert told.days[1].online_pct == pytest.approx(100 * (1 - 6 / 44))


def test_maintenance_of_another_changes_nothing_of_ones_own() -> None:
    told = statistics.running(
        [CAMERA], {CAMERA: [a_fault(30, 40)]}, (), SPAN, ZONE, maintained((PANEL, 30, 40))
    )
    assert (told.down_s, told.planned_s) == (10 * 3600, 0)


def test_two_windows_and_our_deafness_are_not_counted_twice() -> None:
    told = statistics.running(
        [CAMERA],
        {CAMERA: [a_fault(30, 40)]},
        (a_spell(34, 36),),
        SPAN,
        ZONE,
        maintained((CAMERA, 30, 35), (CAMERA, 33, 38)),
    )
    assert (told.planned_s, told.deaf_s, told.down_s) == (6 * 3600, 2 * 3600, 2 * 3600)


def test_in_maintenance_all_day_a_day_has_no_rate() -> None:
    told = statistics.running([CAMERA], {}, (), SPAN, ZONE, maintained((CAMERA, -1, 24)))
    assert [one.online_pct for one in told.days[:2]] == [None, 100]


def test_what_was_over_before_its_maintenance_was_is_no_fault_of_the_month() -> None:
    fault = replace(a_fault(30, 31), maintenance_id=7)
    assert run(fault).fault_count == 0


# ---- on site in time ---------------------------------------------------------------------------


def an_order(by: float, arrived: float | None, **more: object) -> WorkOrder:
    values: dict[str, object] = {
        "id": OrderId(1),
        "number": "2026-00001",
        "site_id": SiteId(1),
        "root_fault_id": FaultId(1),
        "severity": Severity.MAJOR,
        "opened_at": START,
        "clock_started_at": START,
        "clock_source": ClockSource.MONITOR,
        "zone": Zone.RING1,
        "on_site_hours": by,
        "on_site_rule": "zone.table",
        "on_site_by": START + by * HOUR,
        "arrived_at": None if arrived is None else START + arrived * HOUR,
        **more,
    }
    return WorkOrder(**values)  # type: ignore[arg-type]


def test_on_site_in_time_judges_what_can_be_judged() -> None:
    """A03: late is late when nobody came; closed from afar, or time left, is not judged."""
    now = START + 10 * HOUR
    orders = [
        an_order(4, 3),
        an_order(4, 5),
        an_order(4, None),
        an_order(20, None),
        an_order(4, None, closed_at=START + HOUR, close_reason="withdrawn"),
        an_order(4, None, repaired_at=START + HOUR),
    ]
    told = statistics.on_site(orders, now)
    assert (told.in_time, told.late) == (1, 2)
    assert told.in_time_pct == pytest.approx(100 / 3)
    assert statistics.on_site([], now).in_time_pct is None


def test_figures_tell_of_thirty_days_at_least() -> None:
    """Done on the second of the month, the figures reach back into the one before."""
    month = periods.read("2026-11").span(ZONE)
    early = month[0] + timedelta(days=1, hours=9)
    since, until = statistics.figured(month, early, ZONE)
    assert until == early
    assert since == month[0] - timedelta(days=28)
    late = month[1] - timedelta(hours=3)
    assert statistics.figured(month, late, ZONE) == (month[0], late)
