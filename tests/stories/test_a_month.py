"""A month from the plan to the issue, with devices that speak for themselves (A09, A10, B11)."""

from datetime import timedelta

import pytest

from operations import inspections as inspection_desk
from operations.refusals import NotNowError
from rules import evidence
from rules.inspections import Answer, Decision, Point, Result, Sheet, Stand, Why
from rules.model import SystemId
from scheduler.plan import plan
from storage import inspections as inspection_rows
from storage.db import reading, transaction
from tests.company import CHEN, LI
from tests.inspected import WELL, item_of, point_of, sheet_of, under_contract
from tests.world import World

BROKEN = Answer(result=Result.ABNORMAL, note="no picture")


def on_contract(world: World) -> SystemId:
    with transaction(world.database) as tx:
        return under_contract(tx, world.company)


def begins(world: World, system: SystemId) -> Sheet:
    plan(world.database, world.policy, world.now)
    with transaction(world.database) as tx:
        one = inspection_rows.of_system(tx, system)[-1]
        inspection_desk.start(tx, one.id, world.company.id_of(LI), world.now)
        return sheet_of(tx, one.id)


def checks(world: World, point: Point, said: Answer = WELL) -> Point:
    with transaction(world.database) as tx:
        li = world.company.id_of(LI)
        return inspection_desk.answer_point(tx, point.id, said, li, world.policy, world.now)


def finishes(world: World, sheet: Sheet) -> Sheet:
    """The rest is well; curves and last words are looked up as the web does."""
    for point in sheet.points:
        world.now += timedelta(minutes=2)
        checks(world, point)
    with transaction(world.database) as tx, reading(world.parts.telemetry) as readings:
        li, number = world.company.id_of(LI), sheet.inspection.id
        inspection_desk.finish(tx, number, "", li, world.policy, world.now, readings=readings)
        inspection_desk.leave_unsigned(tx, number, "nobody there", li, world.now)
        return sheet_of(tx, number)


def test_what_the_device_said_stands_beside_the_sheet_for_good(world: World) -> None:
    """Offline once, healed: on record, but no contradiction. Later faults change nothing."""
    system = on_contract(world)
    world.all_well()
    world.passes(minutes=2)
    world.falls_silent("d1")
    world.passes(minutes=20)
    world.says("d1")
    world.passes(minutes=5)
    assert world.open_faults() == []
    sheet = finishes(world, begins(world, system))
    told = evidence.read(point_of(sheet, "d1").evidence)
    assert told.offline_times == 1
    assert 15 * 60 < told.offline_s < 25 * 60
    assert told.heard
    assert evidence.read(point_of(sheet, "d0").evidence).clean
    assert sheet.inspection.stand is Stand.TO_ISSUE
    world.falls_silent("d1")
    world.passes(minutes=20)
    assert world.open_faults() != []
    with reading(world.database) as tx:
        assert sheet_of(tx, sheet.inspection.id).points == sheet.points


def test_a_lie_is_found_out_and_the_head_decides(world: World) -> None:
    """He says the picture is there; the camera had said it is not, and says so still."""
    system = on_contract(world)
    world.all_well()
    world.says("d0", flags={"video_loss": True})
    world.passes(minutes=2)
    sheet = begins(world, system)
    checks(world, point_of(sheet, "d0"))
    sheet = finishes(world, sheet)
    (doubt,) = point_of(sheet, "d0").doubts
    assert (doubt.item, doubt.why, doubt.facts["code"]) == (
        "picture",
        Why.DEVICE_SAID,
        "CAM_VIDEO_LOSS",
    )
    assert sheet.inspection.stand is Stand.TO_DECIDE
    chen, number = world.company.id_of(CHEN), sheet.inspection.id
    with transaction(world.database) as tx, pytest.raises(NotNowError, match="undecided"):
        inspection_desk.issue(tx, number, chen, world.now)
    with transaction(world.database) as tx:
        point = point_of(sheet, "d0")
        inspection_desk.decide(tx, point.id, Decision.FALSE, "he was not there", chen, world.now)
        issued = inspection_desk.issue(tx, number, chen, world.now)
    assert issued.stand is Stand.ISSUED


def test_what_he_finds_and_what_the_monitor_found_is_one_order(world: World) -> None:
    system = on_contract(world)
    world.all_well()
    world.says("d0", flags={"video_loss": True})
    world.passes(minutes=2)
    (order,) = world.orders()
    sheet = begins(world, system)
    item = item_of(point_of(sheet, "d0"), "picture")
    with transaction(world.database) as tx:
        li = world.company.id_of(LI)
        said = inspection_desk.answer(tx, item.id, BROKEN, li, world.policy, world.now)
    assert said.order_id == order.id
    assert [one.id for one in world.orders()] == [order.id]
    assert "inspection_linked" in world.story(order)
    assert finishes(world, sheet).inspection.stand is Stand.TO_ISSUE


def test_a_finding_pages_nobody_and_its_finder_ends_it(world: World) -> None:
    system = on_contract(world)
    world.all_well()
    sheet = begins(world, system)
    item = item_of(point_of(sheet, "d1"), "housing")
    cracked = Answer(result=Result.ABNORMAL, note="glass cracked")
    with transaction(world.database) as tx:
        li = world.company.id_of(LI)
        inspection_desk.answer(tx, item.id, cracked, li, world.policy, world.now)
    world.passes(minutes=30)
    assert world.heard(LI) == []
    assert {kind for kind, _ in world.heard(CHEN)} <= {"untold"}  # the customer has no address
    (order,) = world.orders()
    assert not order.late
    world.does(LI, "repair", order, text="new glass")
    world.does(LI, "verify", order, how="looked at it")
    assert world.does(CHEN, "accept", order, accepted_by="Zhou").closed_at


def test_a_value_the_device_does_not_confirm(world: World) -> None:
    system = on_contract(world)
    world.says("d0", metrics={"temperature_c": 30.0})
    world.passes(minutes=3)
    sheet = begins(world, system)
    item = item_of(point_of(sheet, "d0"), "temperature")
    with transaction(world.database) as tx:
        hot, li = Answer(result=Result.NORMAL, value=55), world.company.id_of(LI)
        inspection_desk.answer(tx, item.id, hot, li, world.policy, world.now)
    point = point_of(finishes(world, sheet), "d0")
    (doubt,) = point.doubts
    assert (doubt.item, doubt.why) == ("temperature", Why.FAR_OFF)
    assert (doubt.facts["value"], doubt.facts["low"], doubt.facts["high"]) == (55, 30, 30)


def test_the_head_is_told_who_is_on_site_and_nobody_else_is_called(world: World) -> None:
    """A02 and A09: of anything worse than minor, in words that fit."""
    system = on_contract(world)
    world.all_well()
    sheet = begins(world, system)
    item = item_of(point_of(sheet, "d1"), "picture")
    with transaction(world.database) as tx:
        li = world.company.id_of(LI)
        inspection_desk.answer(tx, item.id, BROKEN, li, world.policy, world.now)
    world.passes(minutes=15)
    (letter,) = world.letters(CHEN, "report")
    assert "Li 月检时发现" in letter.body
    assert "呼叫值班" not in letter.body
    assert world.heard(LI) == []
    assert "paged" not in world.story(world.orders()[0])
