"""B11: faked or skipped work is found out, and honest work is left alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import doubts
from rules.doubts import Record
from rules.evidence import Measured
from rules.inspections import (
    Area,
    Doubt,
    Inspection,
    InspectionId,
    Item,
    ItemId,
    Photo,
    PhotoId,
    Point,
    PointId,
    Result,
    Sheet,
    Why,
)
from rules.model import DeviceId, Fault, PersonId, SiteId, SystemId
from rules.policy import Policy
from storage import checklists
from tests.rules.test_evidence import a_fault

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
MONTH = datetime(2026, 10, 31, 16, tzinfo=UTC)
LI, WANG = PersonId(1), PersonId(2)
NEWEST = checklists.newest()
POLICY = Policy()


def an_item(key: str, result: Result | None = Result.NORMAL, **more: object) -> Item:
    values = {
        "id": ItemId(1),
        "point_id": PointId(1),
        "position": 1,
        "item": key,
        "result": result,
        "checked_at": NOW if result else None,
        "checked_by": LI if result else None,
        **more,
    }
    return Item(**values)  # type: ignore[arg-type]


def a_point(number: int, *items: Item, kind: str = "camera", device: bool = True) -> Point:
    return Point(
        id=PointId(number),
        inspection_id=InspectionId(1),
        position=number,
        area=Area.FRONT_END,
        device_id=DeviceId(number) if device else None,
        code=f"d{number}",
        name="",
        type=kind,
        items=items,
    )


def a_photo(number: int, fingerprint: str = "", file: str = "") -> Photo:
    return Photo(
        id=PhotoId(number),
        inspection_id=InspectionId(1),
        point_id=PointId(1),
        file=file or f"{number:064}",
        fingerprint=fingerprint,
        width=4,
        height=3,
        caption="",
        taken_at=NOW,
        taken_by=LI,
    )


def a_sheet(*points: Point) -> Sheet:
    one = Inspection(
        id=InspectionId(1),
        system_id=SystemId(1),
        site_id=SiteId(1),
        kind="month",
        period="2026-11",
        due_on=NOW.date(),
        planned_at=NOW,
    )
    return Sheet(inspection=one, points=points)


def hours(at: datetime) -> float:
    return (at - MONTH) / timedelta(hours=1)


CHECKED = hours(NOW)


@pytest.mark.parametrize(
    ("fault", "doubted"),
    [
        (a_fault(CHECKED - 1, None, "CAM_BLACK"), True),
        (a_fault(CHECKED - 1, CHECKED + 1, "CAM_BLACK"), True),
        (a_fault(CHECKED, None, "CAM_BLACK"), True),
        (a_fault(CHECKED - 2, CHECKED - 1, "CAM_BLACK"), False),  # repaired before he came
        (a_fault(CHECKED + 1, None, "CAM_BLACK"), False),  # broke after he had gone
        (a_fault(CHECKED - 1, None, "CAM_MOVED"), False),  # of another item
        (a_fault(CHECKED - 1, None, "CAM_BLACK", provisional=True), False),
    ],
)
def test_normal_while_the_device_said_otherwise(fault: Fault, doubted: bool) -> None:  # noqa: FBT001
    point = a_point(1, an_item("picture"))
    found = doubts.of_items(point, NEWEST, Record(faults=[fault], heard=True))
    assert [one.why for one in found] == [Why.DEVICE_SAID] * doubted
    if found:
        assert found[0].facts["since"] == fault.opened_at.isoformat()
        assert found[0].facts["code"] == "CAM_BLACK"


@pytest.mark.parametrize("result", [Result.ABNORMAL, Result.NOT_CHECKED, None])
def test_who_says_it_is_not_normal_is_not_doubted(result: Result | None) -> None:
    point = a_point(1, an_item("picture", result))
    record = Record(faults=[a_fault(CHECKED - 1, None, "CAM_BLACK")], heard=False)
    assert doubts.of_items(point, NEWEST, record) == []


def test_online_though_nothing_was_heard() -> None:
    point = a_point(1, an_item("online"), an_item("housing"))
    assert doubts.of_items(point, NEWEST, Record(heard=False)) == [
        Doubt(item="online", why=Why.NEVER_HEARD)
    ]
    for heard in (None, True):
        assert doubts.of_items(point, NEWEST, Record(heard=heard)) == []


@pytest.mark.parametrize(
    ("value", "doubted"), [(13.5, False), (12.7, False), (14.4, False), (12.5, True), (15.0, True)]
)
def test_a_measured_value_far_from_what_the_device_reports(value: float, doubted: bool) -> None:  # noqa: FBT001
    item = an_item("battery_v", value=value, unit="V")
    record = Record(heard=True, metrics={"battery_v": Measured(low=13.4, high=13.7, last=13.5)})
    found = doubts.of_items(a_point(1, item, kind="alarm_host"), NEWEST, record)
    assert [one.why for one in found] == [Why.FAR_OFF] * doubted
    unsaid = replace(item, value=None)
    assert doubts.of_items(a_point(1, unsaid, kind="alarm_host"), NEWEST, record) == []


def test_the_same_photo_twice_doubts_the_later_point() -> None:
    first = replace(a_point(1), photos=(a_photo(1, "00ff00ff00ff00ff"),))
    later = replace(a_point(2), photos=(a_photo(5, "00ff00ff00ff00fe"),))  # one bit off
    other = replace(a_point(3), photos=(a_photo(6, "ff00ff00ff00ff00"), a_photo(7)))
    found = doubts.of_sheet(a_sheet(first, later, other), NEWEST, {}, [], POLICY)
    assert {number: [one.why for one in doubt] for number, doubt in found.items()} == {
        2: [Why.SAME_PHOTO]
    }
    assert found[2][0].facts["photo_id"] == 1


def test_a_photo_of_last_month_is_found_out() -> None:
    old = a_photo(1, "00ff00ff00ff00ff")
    point = replace(a_point(2), photos=(a_photo(5, "00ff00ff00ff00ff"),))
    found = doubts.of_sheet(a_sheet(point), NEWEST, {}, [old], POLICY)
    assert found[2][0].why is Why.SAME_PHOTO


def a_walk(gaps_s: list[float], who: PersonId = LI, first: int = 1) -> list[Point]:
    at, points = NOW, []
    for number, gap in enumerate(gaps_s, first):
        at += timedelta(seconds=gap)
        points.append(a_point(number, an_item("housing", checked_at=at, checked_by=who)))
    return points


def test_nobody_walks_that_fast() -> None:
    points = a_walk([0, *[3] * 9, 300, 3])
    found = doubts.too_fast(points, POLICY)
    assert found == {1: (Doubt(item="", why=Why.TOO_FAST, facts={"points": 10, "seconds": 27}),)}


def test_four_next_to_each_other_are_no_race() -> None:
    assert doubts.too_fast(a_walk([0, 3, 3, 3, 60, 3, 3, 3]), POLICY) == {}


def test_two_people_at_once_are_two_walks() -> None:
    assert doubts.too_fast([*a_walk([0, 3, 3]), *a_walk([1, 3, 3], WANG, 10)], POLICY) == {}


def test_papers_and_what_was_not_checked_take_no_time() -> None:
    points = a_walk([0] * 8)
    papers = [replace(one, device_id=None) for one in points]
    skipped = [
        replace(one, items=tuple(replace(i, result=Result.NOT_CHECKED) for i in one.items))
        for one in points
    ]
    assert doubts.too_fast(papers, POLICY) == {}
    assert doubts.too_fast(skipped, POLICY) == {}
    assert doubts.too_fast(points, POLICY)


@given(st.lists(st.floats(15, 10_000), max_size=40))
def test_whoever_takes_his_time_is_never_doubted(gaps_s: list[float]) -> None:
    assert doubts.too_fast(a_walk(gaps_s), POLICY) == {}


@given(st.lists(st.floats(0, 14.9), min_size=5, max_size=40))
def test_whoever_runs_all_the_way_is_doubted_once(gaps_s: list[float]) -> None:
    found = doubts.too_fast(a_walk(gaps_s), POLICY)
    assert [len(one) for one in found.values()] == [1]
    assert next(iter(found.values()))[0].facts["points"] == len(gaps_s)
