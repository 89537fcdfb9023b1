"""A08: a shareholders' meeting, a guard in the hall, a swapped duty; who is called, and who not."""

from datetime import timedelta

from operations import handovers as handover_desk
from operations import occasions as occasion_desk
from operations import preparations as preparation_desk
from operations import rota_swaps as swap_desk
from operations.occasions import Post, Wish
from operations.preparations import Item
from rules.model import Layer
from rules.occasions import Kind, Occasion
from rules.rota_swaps import Stretch, Swap
from storage import sites as site_rows
from storage.db import transaction
from tests.company import CHEN, LI, WANG
from tests.world import World


def meeting(world: World, *, begins_h: float, lasts_h: float) -> Occasion:
    """At our one site, with Wang standing by in the hall."""
    begins = world.now + timedelta(hours=begins_h)
    ends = begins + timedelta(hours=lasts_h)
    by, site_id = world.company.id_of(CHEN), world.company.site_id
    with transaction(world.database) as tx:
        site = site_rows.get(tx, site_id)
        assert site is not None
        wish = Wish(
            name="shareholders", customer_id=site.customer_id, starts_at=begins, ends_at=ends
        )
        occasion = occasion_desk.plan(tx, wish, by, world.now)
        post = Post(
            site_id=site_id, person_id=world.company.id_of(WANG), starts_at=begins, ends_at=ends
        )
        occasion_desk.post_guard(tx, occasion.id, post, by, world.now)
    return occasion


def breaks(world: World) -> None:
    world.all_well()
    world.passes(minutes=1)
    world.says("d0", flags={"video_loss": True})
    world.passes(minutes=1)


def test_the_guard_on_site_is_called_with_the_first_line(world: World) -> None:
    meeting(world, begins_h=0, lasts_h=8)
    breaks(world)
    assert world.kinds(WANG) == ["occasion", "page"]  # that he stands by; then at once, not at 10
    assert world.kinds(LI) == ["page"]
    world.does(WANG, "acknowledge", world.orders()[0])
    world.passes(minutes=6)
    assert world.kinds(LI) == ["page"]  # who stands there has it: nobody is called again


def test_before_and_after_the_event_he_is_second_as_ever(world: World) -> None:
    meeting(world, begins_h=5, lasts_h=1)
    breaks(world)
    assert world.kinds(WANG) == ["occasion"]
    assert world.kinds(LI) == ["page"]


def test_an_event_that_is_put_away_calls_nobody_there(world: World) -> None:
    occasion = meeting(world, begins_h=0, lasts_h=8)
    with transaction(world.database) as tx:
        occasion_desk.archive(tx, occasion.id, world.company.id_of(CHEN), world.now)
    breaks(world)
    assert world.kinds(WANG) == ["occasion", "occasion"]
    assert [letter.body for letter in world.letters(WANG, "occasion")][1].startswith("shareholders")


def test_what_is_not_ready_is_said_in_the_morning_and_to_the_head_when_late(world: World) -> None:
    occasion = meeting(world, begins_h=80, lasts_h=8)
    local_day = world.now.date()
    with transaction(world.database) as tx:
        for text, days in (("spare cameras", 1), ("contacts", 3)):
            due_on = local_day + timedelta(days=days)
            item = Item(
                kind=Kind.PARTS, text=text, due_on=due_on, person_id=world.company.id_of(LI)
            )
            by = world.company.id_of(CHEN)
            preparation_desk.prepare(tx, occasion.id, item, by, world.now)
    for hours in (23, 24):  # it is nine o'clock; the next mornings, eight
        world.sleeps(hours=hours)
        world.passes(minutes=1)
    [first, second] = world.letters(LI, "occasion")
    assert "spare cameras" in first.body
    assert "contacts" not in first.body
    assert {"spare cameras", "contacts"} <= {
        line.removeprefix("· ") for line in second.body.splitlines()
    }
    [late] = world.letters(CHEN, "occasion")
    assert "spare cameras" in late.body
    assert "contacts" not in late.body


def test_who_took_the_duty_is_called_in_it(world: World) -> None:
    """Li gives an hour away; Chen, who leads, takes it. A note goes with it."""
    given = Stretch(
        layer=Layer.FIRST,
        starts_at=world.now + timedelta(minutes=5),
        ends_at=world.now + timedelta(hours=2),
    )
    li, chen = world.company.id_of(LI), world.company.id_of(CHEN)
    with transaction(world.database) as tx:
        offered = Swap(from_id=li, given=given, to_id=chen, offered_at=world.now)
        swap = swap_desk.offer(tx, offered)
        swap_desk.accept(tx, swap.id, chen, world.now)
        note = handover_desk.write(tx, Layer.FIRST, "the key is at the gate", li, world.now)
    assert note.to_id == chen
    world.all_well()
    world.passes(minutes=6)
    assert world.kinds(CHEN) == ["swap_news", "handover"]  # answered before the offer went out
    assert "the key is at the gate" in world.letters(CHEN, "handover")[0].body
    assert world.kinds(LI) == ["swap_news"]
    world.says("d0", flags={"video_loss": True})
    world.passes(minutes=1)
    assert "page" in world.kinds(CHEN)
    assert "page" not in world.kinds(LI)
