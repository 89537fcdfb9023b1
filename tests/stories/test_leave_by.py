"""E03: nobody is late because nobody told them when to leave."""

from datetime import timedelta

from operations import site_access as access_desk
from rules.model import WorkOrder
from rules.site_access import AccessCard
from storage import journal
from storage.db import reading, transaction
from tests.company import LI
from tests.world import World


def drive_takes(world: World, order: WorkOrder, minutes: int) -> None:
    with transaction(world.parts.database) as tx:
        card = AccessCard(travel_min=minutes)
        by = world.company.id_of(LI)
        access_desk.change(tx, order.site_id, card, by=by, now=world.now)


def reminded(world: World, order: WorkOrder) -> list[timedelta]:
    """How long before the deadline, whenever it was said."""
    with reading(world.parts.database) as tx:
        said = journal.of_order(tx, order.id)
    return [order.on_site_by - one.at for one in said if one.verb == "time_to_set_out"]


def test_whoever_took_it_is_told_at_the_last_moment_to_leave(world: World) -> None:
    order = world.loses_its_picture()
    world.does(LI, "acknowledge", order)
    usual = timedelta(seconds=world.policy.travel.ring1_s)
    world.passes(minutes=order.on_site_hours * 60 - usual.total_seconds() / 60 - 2)
    assert "set_out" not in world.kinds(LI)
    world.passes(minutes=4)
    assert world.kinds(LI).count("set_out") == 1
    (before,) = reminded(world, order)
    assert timedelta() <= usual - before < timedelta(seconds=30)


def test_a_longer_way_written_down_meanwhile_is_heeded(world: World) -> None:
    """It was promised by the zone's usual time; the card then said a shorter way."""
    order = world.loses_its_picture()
    world.does(LI, "acknowledge", order)
    drive_takes(world, order, 15)
    world.passes(minutes=order.on_site_hours * 60 - 20)
    assert "set_out" not in world.kinds(LI)
    world.passes(minutes=6)
    (before,) = reminded(world, order)
    assert timedelta(minutes=14) < before <= timedelta(minutes=15)


def test_who_is_on_the_way_is_left_alone(world: World) -> None:
    order = world.loses_its_picture()
    world.does(LI, "acknowledge", order)
    world.does(LI, "depart", order)
    world.passes(minutes=order.on_site_hours * 60 - 10)
    assert "set_out" not in world.kinds(LI)
