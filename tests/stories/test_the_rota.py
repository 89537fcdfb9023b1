"""Nights at the hand-over: whoever stands at that minute is called (1)."""

from datetime import date, time, timedelta

from operations import rota as rota_desk
from rules.duty import Span
from rules.model import Layer
from rules.rotations import Rotation, Turns
from scheduler.plan import plan
from storage import people as people_rows
from storage.db import transaction
from tests.company import CHEN, LI, WANG
from tests.world import DAWN, World

TODAY = date(2026, 11, 23)  # DAWN is nine o'clock in Shanghai


def takes_turns(world: World, *codes: str, handover: time) -> int:
    """First in line by the day; nothing else stands above it."""
    head = world.company.id_of(CHEN)
    turns = Rotation(
        name="days",
        layer=Layer.FIRST,
        kind=Turns.DAILY,
        turn_days=1,
        members=tuple(world.company.id_of(code) for code in codes),
        starts_on=TODAY - timedelta(days=1),
        handover=handover,
    )
    now = Span(starts_at=world.now, ends_at=world.now + timedelta(days=1))
    with transaction(world.database) as tx:
        for one in rota_desk.planned(tx, now).overrides:
            if one.layer is Layer.FIRST:
                rota_desk.revoke(tx, one.id, by=head, now=world.now)
        return rota_desk.plan(tx, turns, by=head, now=world.now)


def breaks(world: World, device: str) -> None:
    world.says(device, flags={"video_loss": True})
    world.passes(minutes=2)


def paged(world: World) -> list[str]:
    return [who for who in (LI, WANG) if "page" in {kind for kind, _ in world.heard(who)}]


def test_before_the_hand_over_the_one_is_called_after_it_the_next(world: World) -> None:
    world.all_well()
    takes_turns(world, LI, WANG, handover=time(9, 30))
    breaks(world, "d0")
    assert paged(world) == [LI]
    world.does(LI, "acknowledge", world.orders()[0])
    world.passes(minutes=35)
    breaks(world, "d1")
    assert paged(world) == [LI, WANG]
    assert len(world.letters(LI, "page")) == 1


def test_who_steps_in_for_an_hour_is_called_in_that_hour_only(world: World) -> None:
    """Li is at the doctor's from half past nine to half past ten."""
    world.all_well()
    takes_turns(world, LI, handover=time(0))
    hour = Span(starts_at=DAWN + timedelta(minutes=30), ends_at=DAWN + timedelta(minutes=90))
    with transaction(world.database) as tx:
        by, wang = world.company.id_of(CHEN), world.company.id_of(WANG)
        rota_desk.override(
            tx, Layer.FIRST, wang, hour, by=by, now=world.now, reason="at the doctor's"
        )
    world.passes(minutes=40)
    breaks(world, "d0")
    assert paged(world) == [WANG]
    world.does(WANG, "acknowledge", world.orders()[0])
    world.passes(minutes=60)
    breaks(world, "d1")
    assert paged(world) == [LI, WANG]


def test_whoever_has_left_is_not_called_and_the_gap_is_said(world: World) -> None:
    world.all_well()
    takes_turns(world, LI, handover=time(0))
    with transaction(world.database) as tx:
        people_rows.leave(tx, world.company.id_of(LI), world.now)
    plan(world.database, world.policy, world.now)
    breaks(world, "d0")
    assert paged(world) == [WANG]
    assert "无人值班" in world.letters(WANG, "page")[0].body


def test_two_months_of_nights_need_nobody_to_write_a_rota(world: World) -> None:
    """The hourly round alone moves the horizon on: in the tenth week the right one still stands."""
    takes_turns(world, LI, WANG, handover=time(0))
    for week in range(1, 11):
        plan(world.database, world.policy, DAWN + timedelta(weeks=week))
    later = DAWN + timedelta(weeks=10)
    with transaction(world.database) as tx:
        stands = [
            rota_desk.at(tx, later + timedelta(days=n), later)[Layer.FIRST].person_id
            for n in (-1, 0, 1)
        ]
    li, wang = world.company.id_of(LI), world.company.id_of(WANG)
    assert stands == [li, wang, li]
