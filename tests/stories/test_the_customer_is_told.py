"""C14: the customer hears of each step without asking, once, in their words, and by day."""

from collections import Counter
from datetime import timedelta

import pytest

from operations import agreements, tellings
from operations import work_orders as order_desk
from rules.model import ContractId, Severity, SiteId, WorkOrder
from rules.tellings import Step, Template, Wishes
from storage import company, journal, ledger
from storage import customers as customer_rows
from storage import logins as login_rows
from storage import people as people_rows
from storage import sites as site_rows
from storage import tellings as telling_rows
from storage.db import reading, transaction
from tests import company as companies
from tests.company import CHEN, LI, WANG
from tests.storage.assets import a_contract
from tests.world import World

ZHOU = "zhou"  # the customer's
NIGHT = timedelta(hours=14)  # from 09:00 to 23:00 in China


@pytest.fixture
def guarded(world: World) -> World:
    """Zhou is the customer's contact, and reads mail."""
    with transaction(world.database) as tx:
        site = site_rows.get(tx, world.company.site_id)
        assert site is not None
        row = {
            "code": ZHOU,
            "name": "Zhou",
            "roles": ["customer"],
            "customer_id": site.customer_id,
            "channels": [["mail", "zhou@mail"]],
            "language": "en",
        }
        people_rows.add(tx, [row])
    return world


def _steps(world: World, order: WorkOrder) -> list[str]:
    with reading(world.database) as tx:
        return [one.step for one in telling_rows.told(tx, order.id)]


def _wished(world: World, wishes: Wishes) -> None:
    with transaction(world.database) as tx:
        a_contract(tx)
        site_rows.change(tx, SiteId(world.company.site_id), {"contract_id": 1})
        by = world.company.id_of(CHEN)
        telling_rows.set_wishes(tx, ContractId(1), wishes, by, world.now)


def _subjects(world: World, who: str = ZHOU) -> list[str]:
    return [letter.subject for letter in world.letters(who, "telling")]


def test_reported_who_comes_found_repaired(guarded: World) -> None:
    world = guarded
    order = world.calls("d0")
    world.passes(seconds=15)
    world.does(LI, "acknowledge", order)
    world.passes(minutes=10)
    world.does(LI, "depart", order)
    world.does(LI, "arrive", order)
    world.does(LI, "diagnose", order, text="Li found the power supply dead")
    world.passes(minutes=10)
    world.does(LI, "repair", order, text="changed it with Wang; call Li on 13800001234")
    world.passes(minutes=1)
    assert _steps(world, order) == ["reported", "coming", "found", "repaired"]
    assert [subject.split(":")[0] for subject in _subjects(world)] == [
        "Registered",
        "Somebody comes",
        "What was found",
        "Repaired",
    ]
    bodies = [letter.body for letter in world.letters(ZHOU, "telling")]
    assert order.number in bodies[0]
    assert "2026-11-23 Mon 11:00" in bodies[1]  # two hours, on the site's clocks
    assert "our engineer found the power supply dead" in bodies[2]
    assert not any(name in "".join(bodies) for name in ("Li", "Wang"))  # who took part or not
    assert "13800001234" not in "".join(bodies)
    assert "/l/" not in "".join(bodies)  # no button of ours in a customer's letter
    assert "customer_told" in world.story(order)


def test_the_monitor_finds_protection_lost_and_says_so_at_night(guarded: World) -> None:
    world = guarded
    world.sleeps(hours=14)
    world.all_well()
    with transaction(world.database) as tx:
        order = companies.breaks(tx, world.company, 0, world.policy, world.now)
    world.passes(seconds=15)
    assert _steps(world, order) == ["protection_lost"]
    [letter] = world.letters(ZHOU, "telling")
    assert letter.subject.startswith("Protection lost: S1 d0")


def test_each_contract_says_which_steps(guarded: World) -> None:
    world = guarded
    _wished(world, Wishes(steps=frozenset({Step.ON_THE_WAY, Step.REPAIRED}), names=True))
    with transaction(world.database) as tx:
        order = companies.breaks(tx, world.company, 0, world.policy, world.now)
    world.does(LI, "acknowledge", order)
    world.does(LI, "depart", order)
    world.does(LI, "arrive", order)
    world.does(LI, "repair", order, text="Li turned it back with Wang")
    world.passes(seconds=15)
    assert _steps(world, order) == ["on_the_way", "repaired"]
    setting_out, repaired = (letter.body for letter in world.letters(ZHOU, "telling"))
    assert "Li is on the way" in setting_out
    assert "Li turned it back with our engineer" in repaired  # who comes is named, nobody else


def test_ordinary_letters_wait_for_day_and_the_newest_is_sent(guarded: World) -> None:
    world = guarded
    world.now += NIGHT
    order = _major(world)
    world.does(LI, "acknowledge", order)
    world.passes(minutes=2)
    assert _subjects(world) == []
    world.now = world.now.replace(hour=23, minute=59, second=45)  # 07:59:45
    world.passes(seconds=30)
    assert [subject.split(":")[0] for subject in _subjects(world)] == ["Somebody comes"]
    assert _steps(world, order) == ["reported", "coming"]  # both on record


def test_a_customer_who_wants_them_at_night_gets_them_at_night(guarded: World) -> None:
    world = guarded
    _wished(world, Wishes(nights=True))
    world.now += NIGHT
    _major(world)
    world.passes(seconds=15)
    assert len(_subjects(world)) == 1


def test_without_contacts_the_customers_own_address_is_told(world: World) -> None:
    with transaction(world.database) as tx:
        site = site_rows.get(tx, world.company.site_id)
        assert site is not None
        customer_rows.change(tx, site.customer_id, {"email": "office@bank"})
    first = world.calls("d0")
    second = world.calls("d1")
    world.passes(seconds=15)
    assert _steps(world, first) == _steps(world, second) == ["reported"]
    assert len(_subjects(world, "office")) == 2
    with reading(world.database) as tx:  # who stands for it is on no list, and has no login
        assert not [one for one in people_rows.all_people(tx) if one.code.startswith("mailbox")]
        stands = people_rows.by_code(tx, "mailbox-C1")
        assert stands is not None
        assert login_rows.of_person(tx, stands.id) is None


@pytest.mark.parametrize(
    ("email", "channels", "why", "missing"),
    [("", ["mail", "ntfy"], "no_address", ""), ("office@bank", ["ntfy"], "no_channel", "mail")],
)
def test_nobody_to_tell_is_said_once_and_sends_nothing(
    world: World, email: str, channels: list[str], why: str, missing: str
) -> None:
    """Not a dead letter at each step, with the head told of every one of them."""
    _wished(world, Wishes())
    with transaction(world.database) as tx:
        site = site_rows.get(tx, world.company.site_id)
        assert site is not None
        customer_rows.change(tx, site.customer_id, {"email": email})
        company.set_fact(tx, "channels", channels, world.now)
    orders = [world.calls("d0"), world.calls("d1")]
    for order in orders:
        for verb in ("acknowledge", "depart", "arrive"):
            world.does(LI, verb, order)
        world.does(LI, "diagnose", order, text="the power supply")
    world.passes(seconds=30)
    assert [_steps(world, order) for order in orders] == [[], []]
    with reading(world.database) as tx:
        said = [one for order in orders for one in journal.of_order(tx, order.id)]
        notices = ledger.newest(tx)
    told = [one.facts for one in said if one.verb == "customer_not_told"]
    assert told == [{"unheard": why, "channels": missing}] * 2  # once for each order
    kinds = Counter(one.kind for one in notices)
    assert (kinds["untold"], kinds["telling"], kinds["dead_letter"]) == (2, 0, 0)
    [letter] = world.letters(CHEN, "untold")  # once for the contract, by each of two channels
    assert "/tellings/1" in letter.body


def test_another_engineer_another_letter_the_same_one_none(guarded: World) -> None:
    world = guarded
    order = world.calls("d0")
    li, wang = world.company.id_of(LI), world.company.id_of(WANG)
    world.does(LI, "acknowledge", order)
    world.does(CHEN, "dispatch", order, assignee=li)
    world.does(CHEN, "dispatch", order, assignee=wang)
    world.does(CHEN, "dispatch", order, assignee=li)
    assert _steps(world, order) == ["reported", "coming", "coming", "coming"]
    with transaction(world.database) as tx:
        at = world.now + timedelta(days=1)
        by = world.company.id_of(CHEN)
        agreements.postpone(tx, order.id, by, at, "Zhou asks", world.policy, world.now)
    world.passes(seconds=15)
    assert _steps(world, order)[-1] == "appointment"
    assert "2026-11-24" in world.letters(ZHOU, "telling")[-1].body


def test_what_recovers_by_itself_ends_in_a_word(guarded: World) -> None:
    world = guarded
    world.all_well()
    world.says("d0", flags={"video_loss": True})
    world.passes(minutes=2)
    (order,) = world.orders()
    world.says("d0", flags={"video_loss": False})
    world.passes(minutes=4)
    assert world.orders() == []
    assert _steps(world, order)[-1] == "ended"
    assert "well again by itself" in world.letters(ZHOU, "telling")[-1].body


def test_the_companys_own_words_and_never_a_program(guarded: World) -> None:
    world = guarded
    own = Template(subject="{number}!", body="{customer} {customer.email} {0} {found}")
    with transaction(world.database) as tx:
        by = world.company.id_of(CHEN)
        telling_rows.set_template(tx, Step.REPORTED, "en", own, by, world.now)
    order = world.calls("d0")
    world.passes(seconds=15)
    [letter] = world.letters(ZHOU, "telling")
    assert letter.subject == f"{order.number}!"
    assert letter.body.split() == ["C1"]  # what is no placeholder of ours is nothing


def test_a_verb_that_is_taken_back_tells_nobody(guarded: World) -> None:
    """A kill -9 between the verb and its commit: neither the step nor its letter is there."""
    world = guarded
    order = world.calls("d0")
    with pytest.raises(ZeroDivisionError):
        _killed_while_acknowledging(world, order)
    world.passes(seconds=15)
    assert _steps(world, order) == ["reported"]
    world.does(LI, "acknowledge", order)
    world.passes(seconds=15)
    assert _steps(world, order) == ["reported", "coming"]
    assert len(_subjects(world)) == 2


def test_what_was_told_stands_in_the_journal_with_its_words(guarded: World) -> None:
    world = guarded
    order = world.calls("d0")
    with reading(world.database) as tx:
        entries = journal.of_order(tx, order.id)
        about = tellings.about_order(tx, order)
    [told] = [one for one in entries if one.verb == "customer_told"]
    assert about is not None
    assert order.number in told.facts["text"]
    assert told.facts["count"] == 1


def _killed_while_acknowledging(world: World, order: WorkOrder) -> None:
    with transaction(world.database) as tx:
        order_desk.acknowledge(tx, order.id, world.company.id_of(LI), world.now)
        raise ZeroDivisionError


def _major(world: World) -> WorkOrder:
    with transaction(world.database) as tx:
        fault = companies.opens(
            tx, world.company, 0, world.policy, world.now, severity=Severity.MAJOR
        )
    return next(order for order in world.orders() if order.root_fault_id == fault.id)
