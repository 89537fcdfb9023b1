"""The phone at night: what waits, how to get in (E02), when to leave (E03), what else (E04)."""

import gzip
import re
from datetime import timedelta

import pytest

from operations import rota as rota_desk
from operations import site_access as access_desk
from operations import work_orders as order_desk
from rules.duty import Span
from rules.model import Layer, Role, Severity, SiteId, WorkOrder
from rules.site_access import AccessCard
from storage import devices as device_rows
from storage import journal
from storage.db import reading, transaction
from tests.web.conftest import House, a_fault, an_order, known
from tests.web.test_links import given

CARD = AccessCard(
    guard_phone="028 8555 0100",
    key_holder="Mrs Liu",
    key_phone="139 0000 0001",
    permit="guard opens at night",
    escort="vault only with a guard",
    parking="yard",
    travel_min=35,
)
MOST_BYTES = 100 * 1024


@pytest.fixture
def order(house: House) -> WorkOrder:
    with transaction(house.parts.database) as tx:
        by = house.people[Role.DISPATCHER]
        access_desk.change(tx, SiteId(1), CARD, by=by, now=house.clock())
        return an_order(tx, house)


def taken(house: House, order: WorkOrder) -> None:
    with transaction(house.parts.database) as tx:
        order_desk.acknowledge(tx, order.id, house.people[Role.ENGINEER], house.clock())


def looks(house: House, order: WorkOrder) -> list[int | None]:
    with reading(house.parts.database) as tx:
        entries = journal.of_order(tx, order.id)
    return [entry.person_id for entry in entries if entry.verb == "access_seen"]


def test_nothing_waits_and_nobody_is_on_call(house: House) -> None:
    html = house.enter(Role.ENGINEER).get("/duty").text
    assert "You are not on call" in html
    assert "Nothing waits for you" in html


def test_whose_shift_it_is_and_until_when(house: House) -> None:
    now, me = house.clock(), house.people[Role.ENGINEER]
    span = Span(starts_at=now, ends_at=now + timedelta(hours=10))
    with transaction(house.parts.database) as tx:
        rota_desk.override(tx, Layer.FIRST, me, span, by=me, now=now)
    html = house.enter(Role.ENGINEER).get("/duty").text
    assert "You are on call" in html
    assert "First line until" in html


def test_take_it_set_out_and_arrive_without_leaving_the_page(
    house: House, order: WorkOrder
) -> None:
    browser = house.enter(Role.ENGINEER)
    for verb, step in (
        ("acknowledge", "received_at"),
        ("depart", "departed_at"),
        ("arrive", "arrived_at"),
    ):
        html = browser.get("/duty").text
        main = re.search(r'class="big main" name="verb" value="(\w+)"', html)
        assert main is not None
        assert main[1] == verb
        answer = browser.post(f"/duty/{order.id}", data={"verb": verb})
        assert (answer.status_code, answer.headers["location"]) == (303, "/duty")
        assert getattr(known(house, order), step) is not None


def test_a_reason_is_asked_for_and_what_was_typed_is_kept(house: House, order: WorkOrder) -> None:
    house.clock.passes(hours=3)
    browser = house.enter(Role.ENGINEER)
    browser.post(f"/duty/{order.id}", data={"verb": "acknowledge"})
    browser.post(f"/duty/{order.id}", data={"verb": "depart"})
    answer = browser.post(f"/duty/{order.id}", data={"verb": "arrive", "text": " "})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert known(house, order).arrived_at is None


def test_another_was_faster(house: House, order: WorkOrder) -> None:
    with transaction(house.parts.database) as tx:
        order_desk.acknowledge(tx, order.id, house.people[Role.HEAD], house.clock())
    answer = house.enter(Role.ENGINEER).post(f"/duty/{order.id}", data={"verb": "acknowledge"})
    assert answer.status_code in {303, 422}
    assert known(house, order).received_by == house.people[Role.HEAD]


@pytest.mark.parametrize("verb", ["", "close", "nonsense"])
def test_no_other_step_by_guessing(house: House, order: WorkOrder, verb: str) -> None:
    answer = house.enter(Role.ENGINEER).post(f"/duty/{order.id}", data={"verb": verb})
    assert answer.status_code in {403, 404}
    assert known(house, order).open


def test_how_to_get_in_is_for_whoever_has_the_order_and_on_record_once(
    house: House, order: WorkOrder
) -> None:
    link, browser = given(house, order, Role.ENGINEER), house.enter(Role.ENGINEER)
    for page in (link, "/duty", f"/orders/{order.id}"):
        assert "Mrs Liu" not in browser.get(page).text
    assert looks(house, order) == []
    taken(house, order)
    for page in (link, "/duty", f"/orders/{order.id}"):
        html = browser.get(page).text
        for line in ("tel:02885550100", "Mrs Liu", "guard opens at night", "yard"):
            assert line in html, page
    assert looks(house, order) == [house.people[Role.ENGINEER]]
    assert "Mrs Liu" not in house.enter(Role.HEAD).get(f"/orders/{order.id}").text


def test_leave_by_says_when_and_how_it_knows(house: House, order: WorkOrder) -> None:
    link, browser = given(house, order, Role.ENGINEER), house.enter(Role.ENGINEER)
    leave_by = order.on_site_by - timedelta(minutes=35)
    clock = f"{leave_by + timedelta(hours=8):%H:%M}"
    assert f"最迟 {clock} 出发" in browser.get(link).text
    assert f"Leave by {clock}" in browser.get("/duty").text
    house.clock.at = leave_by
    assert "Leave now" in browser.get(f"/orders/{order.id}").text
    assert "请立即出发" in browser.get(link).text
    taken(house, order)
    with transaction(house.parts.database) as tx:
        order_desk.depart(tx, order.id, house.people[Role.ENGINEER], house.clock())
    assert "Leave now" not in browser.get("/duty").text


def test_what_else_is_to_do_there_and_who_was_there_last(house: House, order: WorkOrder) -> None:
    engineer = house.people[Role.ENGINEER]
    with transaction(house.parts.database) as tx:
        other = device_rows.of_site(tx, SiteId(1))[1]
        a_fault(tx, house, code="DET_TAMPER", severity=Severity.MAJOR, device=other.id)
        third = device_rows.of_site(tx, SiteId(1))[2]
        before = an_order(tx, house, device=third.id)
        order_desk.acknowledge(tx, before.id, engineer, house.clock())
        order_desk.arrive(tx, before.id, engineer, house.clock())
        order_desk.diagnose(tx, before.id, engineer, house.clock(), "loose plug")
        order_desk.repair(tx, before.id, engineer, house.clock(), "plug tightened")
    for page in (given(house, order, Role.ENGINEER), f"/orders/{order.id}"):
        html = house.enter(Role.ENGINEER).get(page).text
        assert other.name in html
        assert "plug tightened" in html


@pytest.mark.parametrize("page", ["duty", "link"])
def test_it_weighs_little(house: House, order: WorkOrder, page: str) -> None:
    taken(house, order)
    browser = house.enter(Role.ENGINEER)
    html = browser.get("/duty" if page == "duty" else given(house, order, Role.ENGINEER)).text
    names = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', html))
    total = sum(len(gzip.compress(browser.get(name).content)) for name in names)
    assert total + len(gzip.compress(html.encode())) < MOST_BYTES / 2


def test_a_customer_has_no_duty(house: House) -> None:
    assert house.enter(Role.CUSTOMER).get("/duty").status_code == 403


def test_the_card_is_written_by_who_keeps_the_sites(house: House) -> None:
    browser = house.enter(Role.DISPATCHER)
    typed = {"guard_phone": "028 8555 0100", "permit": "ask a day ahead", "travel_min": "35"}
    assert browser.post("/sites/1/access", data=typed).status_code == 303
    html = browser.get("/sites/1/access").text
    for said in typed.values():
        assert said in html
    assert "ask a day ahead" in browser.get("/sites/1?reveal=yes").text
    assert "ask a day ahead" not in browser.get("/sites/1").text
    assert house.enter(Role.ENGINEER).post("/sites/1/access", data=typed).status_code == 403
    with reading(house.parts.database) as tx:
        entries = journal.of_record(tx, "sites/1", limit=10)
    assert [one.verb for one in entries if one.verb == "access_card_changed"] != []
    changed = next(one for one in entries if one.verb == "access_card_changed")
    assert changed.facts == {"fields": ["guard_phone", "permit", "travel_min"]}  # no number in it


@pytest.mark.parametrize("minutes", ["0", "soon", "-5", "2881", "1.5", "１２a"])
def test_a_time_that_is_none_keeps_the_form(house: House, minutes: str) -> None:
    typed = {"travel_min": minutes, "parking": "rear yard"}
    answer = house.enter(Role.DISPATCHER).post("/sites/1/access", data=typed)
    assert answer.status_code == 422
    assert "1 to 2880" in answer.text
    assert "rear yard" in answer.text
    assert f'value="{minutes}"' in answer.text
