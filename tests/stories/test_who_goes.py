"""A02, B14: an order passes from hand to hand only on record, and never into nobody's."""

from datetime import timedelta

import pytest

from operations import rota as rota_desk
from operations.refusals import NotNowError
from rules.duty import Span
from rules.model import Layer, WorkOrder
from storage import people as people_rows
from storage.db import transaction
from tests.company import CHEN, LI, WANG
from tests.world import BEAT, DAWN, World


def declines(world: World, who: str, order: WorkOrder) -> WorkOrder:
    return world.does(who, "decline", order, reason="flat tyre", policy=world.policy)


def test_who_cannot_come_is_followed_at_once(world: World) -> None:
    order = world.loses_its_picture()
    world.does(LI, "acknowledge", order)
    world.passes(minutes=1)
    said = world.now
    with pytest.raises(NotNowError, match=r"order\.refused\.text_needed"):
        world.does(LI, "decline", order, reason="", policy=world.policy)
    declines(world, LI, order)
    world.passes(seconds=15)
    assert world.heard(WANG) == [("page", said + BEAT)]
    assert world.again(order).received_by is None
    world.does(WANG, "acknowledge", order)
    assert world.again(order).assignee_id == world.company.id_of(WANG)


def test_who_cannot_come_is_not_told_to_go(world: World) -> None:
    """The head is silent too: it is the next one's to go."""
    order = world.loses_its_picture()
    declines(world, LI, order)
    world.passes(minutes=12)
    assert "go" not in world.kinds(LI)
    assert "go" in world.kinds(WANG)
    assert world.again(order).assignee_id == world.company.id_of(WANG)


def test_sent_by_the_head_to_another(world: World) -> None:
    order = world.loses_its_picture()
    world.does(LI, "acknowledge", order)
    world.does(CHEN, "dispatch", order, assignee=world.company.id_of(WANG))
    world.passes(seconds=15)
    assert world.kinds(WANG) == ["assigned"]
    now = world.again(order)
    assert now.received_by == world.company.id_of(LI)
    assert now.assignee_id == world.company.id_of(WANG)
    assert now.arranged_by == world.company.id_of(CHEN)
    (relieved,) = world.letters(LI, "relieved")
    assert "Wang" in relieved.body
    world.passes(minutes=20)
    assert world.kinds(LI) == ["page", "relieved"]


def test_whoever_was_sent_and_cannot_come_leaves_it_to_the_next(world: World) -> None:
    order = world.loses_its_picture()
    world.does(CHEN, "dispatch", order, assignee=world.company.id_of(WANG))
    declines(world, WANG, order)
    world.passes(seconds=15)
    now = world.again(order)
    assert (now.received_by, now.assignee_id, now.dispatched_at) == (None, None, None)
    assert world.kinds(LI) == ["page", "page"]
    world.passes(minutes=15)
    assert "page" in world.kinds(CHEN)  # the ladder goes on until somebody answers


def test_a_receiver_who_has_given_it_away_declines_nothing(world: World) -> None:
    order = world.loses_its_picture()
    world.does(LI, "acknowledge", order)
    world.does(CHEN, "dispatch", order, assignee=world.company.id_of(WANG))
    declines(world, LI, order)
    assert world.again(order).assignee_id == world.company.id_of(WANG)


def test_whoever_drives_to_a_cancelled_order_is_called_back(world: World) -> None:
    order = world.loses_its_picture()
    world.does(LI, "acknowledge", order)
    world.does(LI, "depart", order)
    world.does(CHEN, "cancel", order, reason="the shop is being rebuilt")
    world.passes(seconds=15)
    (relieved,) = world.letters(LI, "relieved")
    assert relieved.subject.startswith("【无需前往】")
    assert "到场时限" not in relieved.body


def test_nobody_is_sent_who_has_left(world: World) -> None:
    order = world.loses_its_picture()
    with transaction(world.database) as tx:
        people_rows.leave(tx, world.company.id_of(WANG), world.now)
    with pytest.raises(NotNowError, match=r"order\.refused\.no_such_person"):
        world.does(CHEN, "dispatch", order, assignee=world.company.id_of(WANG))


def test_a_gap_in_the_rota_is_called_over_and_said(world: World) -> None:
    week = Span(starts_at=DAWN - timedelta(days=3), ends_at=DAWN + timedelta(days=4))
    with transaction(world.database) as tx:
        by = world.company.id_of(CHEN)
        rota_desk.override(tx, Layer.FIRST, None, week, by=by, now=DAWN)
    world.loses_its_picture()
    (page,) = world.letters(LI, "page")
    assert "无人值班" in page.body
    (report,) = world.letters(CHEN, "report")
    assert "无人值班" in report.body
