"""C06 from end to end: found by the device, answered, driven to, repaired, proven, accepted."""

from datetime import timedelta

import pytest

from operations.refusals import NotNowError
from rules import workflow
from rules.model import Stage, WorkOrder
from rules.workflow import Verb
from tests.company import CHEN, LI, WANG
from tests.world import World


def is_healthy_again(world: World) -> None:
    world.says("d0", flags={"video_loss": False})
    world.passes(minutes=3)


def arrives_late(world: World) -> WorkOrder:
    order = world.loses_its_picture()
    world.does(LI, "acknowledge", order)
    world.does(CHEN, "arrange", order)
    world.does(LI, "depart", order)
    assert workflow.stage(world.again(order)) is Stage.DIAGNOSIS
    world.passes(minutes=120)
    with pytest.raises(NotNowError, match=r"order\.refused\.late_reason"):
        world.does(LI, "arrive", order, late_reason="  ")
    assert world.again(order).arrived_at is None
    return world.does(LI, "arrive", order, late_reason="accident on the ring road")


def test_the_whole_way_with_a_late_arrival(world: World) -> None:
    order = arrives_late(world)
    assert order.late
    assert order.late_reason == "accident on the ring road"
    world.does(LI, "diagnose", order, text="the plug was out")
    world.does(LI, "repair", order, text="plugged in")
    world.passes(minutes=1)
    assert world.again(order).verified_at is None
    with pytest.raises(NotNowError, match=r"order\.refused\.device_still_faulty"):
        world.does(LI, "verify", order, how="I saw it")
    with pytest.raises(NotNowError, match=r"order\.refused\.not_verified"):
        world.does(LI, "accept", order, accepted_by="Zhou")
    is_healthy_again(world)
    assert world.again(order).verified_how == "telemetry"
    with pytest.raises(NotNowError, match=r"order\.refused\.text_needed"):
        world.does(LI, "accept", order, accepted_by="")
    world.does(LI, "leave", order)
    closed = world.does(LI, "accept", order, accepted_by="Zhou")
    assert (closed.accepted_by, closed.close_reason) == ("Zhou", "accepted")
    assert world.open_faults() == []
    told = [verb for verb in world.story(order) if verb not in {"paged", "warned", "head_told"}]
    assert told == [
        "fault_opened",
        "order_opened",
        "customer_not_told",  # who has no address
        "acknowledged",
        "arranged",
        "departed",
        "arrived_late",
        "diagnosed",
        "repaired",
        "fault_cleared",
        "verified_by_device",
        "left",
        "accepted",
        "closed",
    ]


def test_a_tamper_wants_its_cause_whatever_the_device_says(world: World) -> None:
    world.all_well()
    world.says("d0", flags={"tamper": True})
    world.passes(minutes=1)
    order = world.orders()[0]
    world.says("d0", flags={"tamper": False})
    world.passes(minutes=3)
    assert world.open_faults() == []
    assert world.again(order).open
    assert "recovered" in world.story(order)
    world.passes(minutes=3)
    (letter,) = world.letters(LI, "restored")
    assert "工单仍未关闭" in letter.body
    assert len(world.letters(LI, "page")) == 2  # nobody has answered yet
    world.does(LI, "acknowledge", order)
    world.does(LI, "repair", order, text="screwed the cover on")
    assert world.again(order).verified_at is None
    with pytest.raises(NotNowError, match=r"order\.refused\.text_needed"):
        world.does(LI, "verify", order, how=" ")
    done = world.does(LI, "verify", order, how="the painter opened it; asked the guard")
    assert done.verified_how == "the painter opened it; asked the guard"
    assert world.does(CHEN, "accept", order, accepted_by="Zhou").closed_at == world.now


def test_well_again_before_anybody_answered_closes_and_says_so(world: World) -> None:
    order = world.loses_its_picture()
    is_healthy_again(world)
    assert world.again(order).close_reason == "recovered"
    for who in (LI, CHEN):
        (letter,) = world.letters(who, "restored")
        assert "工单已关闭" in letter.body
        assert "到场时限" not in letter.body
    world.passes(minutes=20)
    assert [kind for kind, _ in world.heard(LI)] == ["page", "restored"]
    assert world.heard(WANG) == []


def test_well_again_while_somebody_is_on_the_way_asks_him(world: World) -> None:
    order = world.loses_its_picture()
    world.does(LI, "acknowledge", order)
    world.does(LI, "depart", order)
    is_healthy_again(world)
    assert world.again(order).open
    (letter,) = world.letters(LI, "restored")
    assert "工单仍未关闭" in letter.body
    world.does(LI, "arrive", order)
    assert not world.again(order).late
    world.does(LI, "repair", order, text="nothing to be found; plug pushed in")
    assert world.again(order).verified_how == "telemetry"


def test_repaired_from_afar_nobody_is_owed_on_site(world: World) -> None:
    """C13: a full way through the workflow without an arrival, and shown apart."""
    order = world.loses_its_picture()
    world.does(LI, "acknowledge", order)
    world.does(LI, "repair", order, text="restarted the encoder")
    is_healthy_again(world)
    done = world.again(order)
    assert done.arrived_at is None
    assert done.verified_how == "telemetry"
    world.passes(minutes=62)
    assert world.letters(LI, "warning") == []
    assert "repaired_remotely" in world.story(order)
    assert world.does(CHEN, "accept", order, accepted_by="Zhou").closed_at


def test_cancelled_and_taken_up_again(world: World) -> None:
    """The fault stays in sight; whoever takes the order up again answers for it."""
    order = world.loses_its_picture()
    with pytest.raises(NotNowError, match=r"order\.refused\.text_needed"):
        world.does(CHEN, "cancel", order, reason="")
    world.does(CHEN, "cancel", order, reason="the shop is being rebuilt")
    world.passes(minutes=16)
    assert [kind for kind, _ in world.heard(LI)] == ["page"]
    assert [fault.code for fault in world.open_faults()] == ["CAM_VIDEO_LOSS"]
    with pytest.raises(NotNowError, match=r"order\.refused\.already_closed"):
        world.does(LI, "acknowledge", order)
    again = world.does(CHEN, "reopen", order, reason="it was another shop")
    assert again.open
    assert again.received_by == world.company.id_of(CHEN)
    assert again.on_site_by == order.on_site_by
    assert workflow.refusal(again, Verb.DISPATCH) is None
    assert world.story(order)[-3:] == ["cancelled", "closed", "reopened"]


def test_a_deadline_that_passed_while_all_was_down_is_said_once(world: World) -> None:
    order = world.loses_its_picture()
    world.does(LI, "acknowledge", order)
    world.does(CHEN, "arrange", order)
    world.sleeps(minutes=150)
    back = world.now
    world.passes(seconds=30)
    assert [kind for kind, at in world.heard(LI) if at >= back].count("warning") == 1
    (said,) = world.letters(LI, "warning")
    assert "已超" in said.body or "late" in said.body
    assert len(world.letters(CHEN, "warning")) == 1
    with pytest.raises(NotNowError, match=r"order\.refused\.late_reason"):
        world.does(LI, "arrive", order)
    assert world.again(order).on_site_by == order.clock_started_at + timedelta(hours=2)
