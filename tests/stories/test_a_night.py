"""A02 and A03 from end to end: a camera falls silent, and people are called until it is done."""

from datetime import datetime, timedelta

from tests.company import CHEN, LI, WANG
from tests.world import World


def minutes(since: datetime, heard: list[tuple[str, datetime]]) -> list[tuple[str, float]]:
    return [(kind, (at - since) / timedelta(minutes=1)) for kind, at in heard]


def falls_silent(world: World) -> datetime:
    """One camera of three; the instant at which its silence became a fault."""
    for device in ("d0", "d1", "d2"):
        world.says(device)
    world.passes(minutes=2)
    world.falls_silent("d0")
    world.passes(minutes=3)
    assert [fault.code for fault in world.open_faults()] == ["DEV_OFFLINE"]
    return world.orders()[0].opened_at


def test_nobody_answers(world: World) -> None:
    t0 = falls_silent(world)
    world.passes(minutes=32)
    assert minutes(t0, world.heard(LI)) == [
        ("page", 0),
        ("page", 5),
        ("go", 10),
        ("page", 15),
        ("page", 20),
        ("page", 30),
    ]
    assert minutes(t0, world.heard(WANG)) == [("page", 10), ("page", 25)]
    assert minutes(t0, world.heard(CHEN)) == [("report", 0), ("page", 15), ("page", 30)]
    order = world.orders()[0]
    assert order.head_informed_at == t0
    assert order.self_dispatched_at == t0 + timedelta(minutes=10)
    assert order.assignee_id == world.company.id_of(LI)


def test_an_answer_on_one_channel_stops_the_paging_on_all(world: World) -> None:
    t0 = falls_silent(world)
    world.passes(minutes=6)
    world.does(LI, "acknowledge", world.orders()[0])
    world.passes(minutes=29)
    for channel in ("mail", "ntfy"):
        assert minutes(t0, world.heard(LI, channel)) == [("page", 0), ("page", 5), ("go", 10)]
        assert world.heard(WANG, channel) == []
    assert minutes(t0, world.heard(CHEN)) == [("report", 0)]


def test_a_head_who_arranges_leaves_the_receiver_his_orders(world: World) -> None:
    falls_silent(world)
    world.passes(minutes=1)
    world.does(LI, "acknowledge", world.orders()[0])
    world.does(CHEN, "arrange", world.orders()[0])
    world.passes(minutes=29)
    assert [kind for kind, _ in world.heard(LI)] == ["page"]
    assert world.orders()[0].self_dispatched_at is None


def test_whoever_answers_has_it_from_whoever_was_told_to_go_unheard(world: World) -> None:
    """A02: the receiver is who answers; the one who slept hears that he need not go."""
    falls_silent(world)
    world.passes(minutes=11)
    world.does(WANG, "acknowledge", world.orders()[0])
    world.passes(minutes=1)
    order = world.orders()[0]
    assert order.assignee_id == order.received_by == world.company.id_of(WANG)
    assert [kind for kind, _ in world.heard(LI)] == ["page", "page", "go", "relieved"]


def test_the_heads_answer_does_not_call_back_whoever_was_told_to_go(world: World) -> None:
    falls_silent(world)
    world.passes(minutes=11)
    world.does(CHEN, "acknowledge", world.orders()[0])
    world.passes(minutes=1)
    assert world.orders()[0].assignee_id == world.company.id_of(LI)
    assert "relieved" not in [kind for kind, _ in world.heard(LI)]


def test_warnings_until_somebody_is_on_site(world: World) -> None:
    t0 = falls_silent(world)
    world.passes(minutes=1)
    world.does(CHEN, "dispatch", world.orders()[0], assignee=world.company.id_of(WANG))
    world.does(WANG, "depart", world.orders()[0])  # and the road is long
    world.passes(minutes=121)
    warnings = [said for said in minutes(t0, world.heard(WANG)) if said[0] == "warning"]
    assert warnings == [("warning", 60), ("warning", 90), ("warning", 120)]
    assert minutes(t0, world.heard(CHEN))[-1] == ("warning", 120)
    assert "warning" not in [kind for kind, _ in world.heard(LI)]


def test_arriving_in_time_ends_the_warnings_and_health_ends_the_fault(world: World) -> None:
    falls_silent(world)
    order = world.orders()[0]
    world.does(LI, "acknowledge", order)
    world.does(LI, "depart", order)
    world.passes(minutes=30)
    world.does(LI, "arrive", order)
    world.does(LI, "diagnose", order, text="the plug was out")
    world.does(LI, "repair", order, text="plugged in")
    world.says("d0")
    world.passes(minutes=10)
    assert world.open_faults() == []
    verified = world.again(order)
    assert verified.verified_at is not None
    assert not verified.late
    world.does(LI, "accept", order, accepted_by="Zhou")
    assert world.orders() == []
    world.passes(minutes=120)
    assert "warning" not in [kind for kind, _ in world.heard(LI)]


def test_a_night_with_everything_down_ends_in_calls_not_in_silence(world: World) -> None:
    """The order stands, all our processes are gone for an hour; nothing is lost or said twice."""
    t0 = falls_silent(world)
    world.passes(minutes=1)
    world.sleeps(minutes=60)
    back = world.now
    world.passes(seconds=15)
    late = minutes(t0, [said for said in world.heard(LI) if said[1] > back])
    assert sorted(kind for kind, _ in late) == ["go", "page", "warning"]
    assert [kind for kind, at in world.heard(WANG) if at > back] == ["page"]
    assert [kind for kind, at in world.heard(CHEN) if at > back] == ["page"]
