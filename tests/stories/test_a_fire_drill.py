"""Does the phone ring, and who hears it? A drill is never mistaken for the real thing."""

from datetime import timedelta

from operations import drills as drill_desk
from operations.drills import Wish
from rules.drills import Drill, Report, Stand
from rules.model import Layer
from storage import drills as drill_rows
from storage import ledger
from storage.db import reading, transaction
from tests.company import CHEN, LI, WANG
from tests.world import World


def holds(world: World, wish: Wish) -> Drill:
    with transaction(world.database) as tx:
        return drill_desk.plan(tx, wish, world.company.id_of(CHEN), world.now)


def again(world: World, drill: Drill) -> Drill:
    with reading(world.database) as tx:
        found = drill_rows.get(tx, drill.id)
    assert found is not None
    return found


def answers(world: World, drill: Drill, who: str, channel: str) -> bool:
    with transaction(world.database) as tx:
        me = world.company.id_of(who)
        return drill_desk.answer(tx, drill.id, me, channel, "link", world.now)


def told(world: World, drill: Drill) -> Report:
    with reading(world.database) as tx:
        return drill_desk.report(tx, drill.id)


def test_whoever_stands_is_called_on_every_channel_and_each_is_measured(world: World) -> None:
    drill = holds(world, Wish(name="Night call", layers=(Layer.FIRST, Layer.SECOND)))
    world.passes(seconds=30)
    for who in (LI, WANG):
        for channel in ("mail", "ntfy"):
            [letter] = world.phones[channel].letters[who]
            assert letter.kind == "drill"
            assert letter.rank > 0  # never as urgent as an emergency
            assert letter.subject.startswith("演练")
            assert letter.body.startswith("演练")
            assert "/l/" in letter.link
    assert answers(world, drill, LI, "ntfy")
    assert not answers(world, drill, LI, "ntfy")  # the first answer counts
    world.passes(minutes=1)
    assert answers(world, drill, LI, "mail")
    world.passes(minutes=5)
    assert again(world, drill).stand is Stand.OVER
    assert not answers(world, drill, WANG, "mail")  # too late
    found = told(world, drill)
    times = {
        (one.person_id, call.channel): call.took_s for one in found.people for call in one.calls
    }
    li, wang = world.company.id_of(LI), world.company.id_of(WANG)
    assert times == {(li, "mail"): 90, (li, "ntfy"): 30, (wang, "mail"): None, (wang, "ntfy"): None}
    assert (found.answered, found.median_s) == (1, 30)
    # The head hears how it went; nobody was called in earnest, and no order was opened.
    [letter] = world.letters(CHEN, "drill_report")
    assert letter.subject.startswith("演练报告")
    assert world.orders() == []
    assert {kind for who in (LI, WANG, CHEN) for kind, _ in world.heard(who)} == {
        "drill",
        "drill_report",
    }


def test_when_all_have_answered_it_is_over_at_once(world: World) -> None:
    drill = holds(world, Wish(name="Night call"))
    world.passes(seconds=15)
    for channel in ("mail", "ntfy"):
        answers(world, drill, LI, channel)
    world.passes(seconds=15)
    assert again(world, drill).stand is Stand.OVER
    assert told(world, drill).answered == 1


def test_a_planned_one_waits_while_somebody_is_called_in_earnest(world: World) -> None:
    world.all_well()
    drill = holds(world, Wish(name="Night call", due_at=world.now + timedelta(minutes=4)))
    world.says("d0", flags={"tamper": True})
    world.passes(minutes=5)
    order = world.orders()[0]
    assert again(world, drill).stand is Stand.PLANNED
    world.does(LI, "acknowledge", order)
    world.passes(minutes=6)
    assert again(world, drill).stand is Stand.RUNNING


def test_one_whose_hour_has_passed_is_left_out_and_the_next_is_planned(world: World) -> None:
    wish = Wish(name="Night call", due_at=world.now + timedelta(minutes=1), rule="FREQ=WEEKLY")
    drill = holds(world, wish)
    world.sleeps(hours=2)
    world.passes(minutes=1)
    assert again(world, drill).stand is Stand.CANCELLED
    assert world.heard(LI) == []
    with reading(world.database) as tx:
        [following] = drill_rows.open_ones(tx)
    assert following.due_at == drill.due_at + timedelta(days=7)
    assert following.follows_id == drill.id


def test_a_repeating_one_goes_on_until_its_series_is_ended(world: World) -> None:
    due_at = world.now + timedelta(minutes=1)
    drill = holds(world, Wish(name="Each day", due_at=due_at, rule="FREQ=DAILY"))
    world.passes(minutes=2)
    assert again(world, drill).stand is Stand.RUNNING
    with reading(world.database) as tx:
        following = drill_rows.open_ones(tx)[-1]
    assert following.due_at == due_at + timedelta(days=1)
    with transaction(world.database) as tx:
        by = world.company.id_of(CHEN)
        drill_desk.cancel(tx, following.id, by, world.now, series=True)
        drill_desk.cancel(tx, drill.id, by, world.now, series=True)
    with reading(world.database) as tx:
        assert drill_rows.open_ones(tx) == []


def test_one_that_begins_at_once_comes_again_too(world: World) -> None:
    drill = holds(world, Wish(name="Each week", rule="FREQ=WEEKLY"))
    assert drill.stand is Stand.RUNNING
    with reading(world.database) as tx:
        following = drill_rows.open_ones(tx)[-1]
    assert following.due_at == drill.due_at + timedelta(days=7)
    assert following.follows_id == drill.id


def test_a_report_wakes_nobody(world: World) -> None:
    """Held at 03:00, told at 08:00."""
    world.sleeps(hours=18)
    drill = holds(world, Wish(name="At three"))
    world.passes(minutes=7)
    assert again(world, drill).stand is Stand.OVER
    assert world.letters(CHEN, "drill_report") == []
    world.sleeps(hours=5)
    world.passes(minutes=1)
    [letter] = world.letters(CHEN, "drill_report")
    assert "人中无人按时应答" in letter.body


def test_a_drill_that_reaches_nobody_calls_no_head(world: World) -> None:
    """A dead letter of a drill stands in its report; it is no emergency of ours."""
    for phone in world.phones.values():
        phone.takes = lambda target: not target  # type: ignore[method-assign]
    drill = holds(world, Wish(name="Nobody hears"))
    world.passes(minutes=6)
    with reading(world.database) as tx:
        kinds = {one.kind for one in ledger.newest(tx)}
    assert kinds <= {"drill", "drill_report"}
    [person] = told(world, drill).people
    assert [call.delivered_at for call in person.calls] == [None, None]
