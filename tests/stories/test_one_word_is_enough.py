"""A02: whoever answers by whichever way, all other paging falls silent on every channel at once."""

from collections.abc import Callable

import pytest

from operations import inbound as inbound_desk
from operations import mail_replies as mail_desk
from operations import receipts as receipt_desk
from operations import replies as reply_desk
from operations import work_orders as order_desk
from operations.inbound import Word
from rules.incoming import Mail
from rules.model import WorkOrder
from rules.receipts import Status, Tiding
from rules.replies import Said
from storage import ledger, reply_tokens
from storage.db import Tx, reading, transaction
from storage.outbox import Notice
from tests.company import LI, WANG
from tests.world import World

Way = Callable[[World, Tx, WorkOrder, Notice], object]


def by_mail(world: World, tx: Tx, _: WorkOrder, page: Notice) -> object:
    reply_tokens.expect(tx, "t" * 40, page.id, world.now, world.now.replace(hour=23))
    mail = Mail(key="mail:1", sender=page.target, tokens=("t" * 40,), text="收到")
    return mail_desk.take(tx, mail, lambda _: 1, world.policy, world.now)


def by_program(world: World, tx: Tx, order: WorkOrder, _: Notice) -> object:
    word = Word(person=LI, said=Said.TAKE, order=order.number)
    return inbound_desk.take(tx, word, "webhook:1", world.policy, world.now)


def by_notification(world: World, tx: Tx, _: WorkOrder, page: Notice) -> object:
    return reply_desk.reply(
        tx, page, Said.TAKE, key="push:1", way="push", policy=world.policy, now=world.now
    )


def by_phone_key(world: World, tx: Tx, _: WorkOrder, page: Notice) -> object:
    tries = ledger.attempts_of(tx, [page.id])[page.id]
    tiding = Tiding(
        status=Status.ANSWERED, words="", key="1", attempt=f"{page.id}-{tries[-1].lease}"
    )
    return receipt_desk.take(tx, tries[-1].provider, tiding, lambda _: 1, world.policy, world.now)


def in_the_app(world: World, tx: Tx, order: WorkOrder, _: Notice) -> object:
    return order_desk.acknowledge(tx, order.id, world.company.id_of(LI), world.now)


@pytest.mark.parametrize("way", [by_mail, by_program, by_notification, by_phone_key, in_the_app])
def test_one_word_is_enough(world: World, way: Way) -> None:
    """Two are being called, on two channels each, again and again; one of them answers."""
    world.all_well()
    world.passes(minutes=2)
    world.says("d0", flags={"video_loss": True})
    world.passes(minutes=14)
    [order] = world.orders()
    assert {who for who in (LI, WANG) if world.letters(who, "page")} == {LI, WANG}
    with reading(world.database) as tx:
        page = next(
            one
            for one in ledger.of_order(tx, order.id)
            if one.kind == "page" and one.person_id == world.company.id_of(LI)
        )
    before = {who: len(world.letters(who, "page")) for who in (LI, WANG)}
    with transaction(world.database) as tx:
        way(world, tx, order, page)
    assert world.again(order).received_by == world.company.id_of(LI)
    world.passes(minutes=6)  # somebody would be called again by now
    assert {who: len(world.letters(who, "page")) for who in (LI, WANG)} == before
    with reading(world.database) as tx:
        owed = {one.state for one in ledger.of_order(tx, order.id) if one.kind == "page"}
    assert owed <= {"sent", "silenced"}
