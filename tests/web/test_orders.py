"""An order walked on its page: who may do what, what is refused and how it is said."""

import re
from datetime import timedelta

import pytest

from operations import work_orders as order_desk
from rules.model import DeviceId, OrderId, Role, WorkOrder
from rules.workflow import Verb
from storage import customers as customer_rows
from storage import people as people_rows
from storage import work_orders as order_rows
from storage.db import transaction
from tests.storage.assets import a_customer, a_site
from tests.web.conftest import START, House, an_order, known
from web import acts

HTMX = {"HX-Request": "true"}
LETTERS = dict(zip("ADHVPESC", Role, strict=True))
ALLOWED = {
    Verb.ACKNOWLEDGE: "AHPE",
    Verb.DECLINE: "AHPE",
    Verb.ARRANGE: "AH",
    Verb.DISPATCH: "AHP",
    Verb.DEPART: "AHPE",
    Verb.ARRIVE: "AHPE",
    Verb.PROPOSE: "AHPE",
    Verb.POSTPONE: "AHPE",
    Verb.DIAGNOSE: "AHPE",
    Verb.REPAIR: "AHPE",
    Verb.REPAIR_REMOTELY: "AHPE",
    Verb.VERIFY: "AHPE",
    Verb.LEAVE: "AHPE",
    Verb.ACCEPT: "AHPEC",
    Verb.CLOSE: "AHP",
    Verb.CANCEL: "AHP",
    Verb.REOPEN: "AHP",
}


@pytest.mark.parametrize("role", list(Role))
def test_each_verb_is_open_to_exactly_its_roles(house: House, order: WorkOrder, role: Role) -> None:
    letter = next(key for key, each in LETTERS.items() if each is role)
    browser = house.enter(role)
    for verb, letters in ALLOWED.items():
        answer = browser.post(f"/orders/{order.id}/{verb}", data={"seen": "stale"})
        assert (answer.status_code == 403) is (letter not in letters), (verb, answer.status_code)


def test_the_whole_way_by_the_buttons_of_the_page(house: House, order: WorkOrder) -> None:
    browser = house.enter(Role.ENGINEER)
    colleague = house.enter(Role.HEAD)
    steps = [
        (browser, "acknowledge", {}),
        (browser, "depart", {}),
        (browser, "arrive", {}),
        (browser, "diagnose", {"text": "the plug is corroded"}),
        (browser, "repair", {"text": "new plug"}),
    ]
    for who, verb, form in steps:
        page = who.get(f"/orders/{order.id}").text
        seen = re.search(r'name="seen" value="([^"]+)"', page)
        assert seen
        assert f'action="/orders/{order.id}/{verb}"' in page
        filled = re.search(r'btn-primary main-act"[^>]*>([^<]+)<', page)
        assert filled, verb
        answer = who.post(f"/orders/{order.id}/{verb}", data={**form, "seen": seen.group(1)})
        assert answer.status_code == 303, (verb, answer.text)
    page = colleague.get(f"/orders/{order.id}").text
    assert "the device has yet to prove it" in page
    for sentence in ("took it", "left for the site", "arrived on site", "found the cause"):
        assert sentence in page
    assert "the plug is corroded" in page


def test_only_one_button_is_filled(house: House, order: WorkOrder) -> None:
    for role in (Role.ENGINEER, Role.HEAD, Role.DISPATCHER):
        html = house.enter(role).get(f"/orders/{order.id}").text
        main = html[html.index('<main id="main"') :]
        assert len(re.findall(r"btn-primary(?! mt-3)", main)) == 1


def test_a_late_arrival_must_say_why_beside_its_field(house: House, order: WorkOrder) -> None:
    with transaction(house.parts.database) as tx:
        order_desk.acknowledge(tx, order.id, house.people[Role.ENGINEER], START)
    house.clock.passes(hours=3)
    browser = house.enter(Role.ENGINEER)
    said = browser.post(f"/orders/{order.id}/arrive", data={"text": "  "}, headers=HTMX)
    assert said.status_code == 422
    assert 'id="text-arrive-error"' in said.text
    assert "say why" in said.text
    said = browser.post(f"/orders/{order.id}/arrive", data={"text": "snow"}, headers=HTMX)
    assert said.status_code == 200
    assert known(house, order).late_reason == "snow"


def test_a_mistake_keeps_what_was_typed(house: House, order: WorkOrder) -> None:
    with transaction(house.parts.database) as tx:
        me = house.people[Role.ENGINEER]
        order_desk.acknowledge(tx, order.id, me, START)
        order_desk.repair(tx, order.id, me, START, "x")
    browser = house.enter(Role.ENGINEER)
    said = browser.post(f"/orders/{order.id}/verify", data={"text": "I looked <b>"})
    assert said.status_code == 422
    assert "I looked &lt;b&gt;</textarea>" in said.text
    assert "still reports" in said.text
    assert known(house, order).verified_at is None


def test_a_stale_page_does_nothing_and_says_so(house: House, order: WorkOrder) -> None:
    boss, me = house.enter(Role.HEAD), house.people[Role.ENGINEER]
    seen = acts.fingerprint(order)
    with transaction(house.parts.database) as tx:
        order_desk.acknowledge(tx, order.id, me, START)
    said = boss.post(
        f"/orders/{order.id}/cancel", data={"text": "a drill", "seen": seen}, headers=HTMX
    )
    assert said.status_code == 409
    assert "Things have moved on" in said.text
    assert "a drill" in said.text
    assert known(house, order).open


def test_dispatched_to_a_person_who_is_told(house: House, order: WorkOrder) -> None:
    browser, goer = house.enter(Role.DISPATCHER), house.people[Role.ENGINEER]
    answer = browser.post(f"/orders/{order.id}/dispatch", data={"person": str(goer)})
    assert answer.status_code == 303
    assert known(house, order).assignee_id == goer
    html = browser.get(f"/orders/{order.id}").text
    assert "sent 王" in html
    assert "mail" in html[html.index("sent 王") :][:900]  # the receipt stands inline
    refused = browser.post(f"/orders/{order.id}/dispatch", data={"person": "x"}, headers=HTMX)
    assert refused.status_code == 422


def test_anothers_order_is_not_even_there(house: House, order: WorkOrder) -> None:
    with transaction(house.parts.database) as tx:
        stranger = house.people[Role.CUSTOMER]
        other = a_site(tx, "S-2", customer="C2")
        a_customer(tx, "C2")
        second = customer_rows.by_code(tx, "C2")
        assert second is not None
        people_rows.change(tx, stranger, {"customer_id": second.id})
        people_rows.set_sites(tx, stranger, [other])
    browser = house.enter(Role.CUSTOMER)
    assert browser.get(f"/orders/{order.id}").status_code == 404
    assert browser.post(f"/orders/{order.id}/accept", data={"text": "me"}).status_code == 404
    assert order.number not in browser.get("/orders?state=all").text


def test_a_customer_follows_without_names_of_ours_and_accepts(
    house: House, order: WorkOrder
) -> None:
    me = house.people[Role.ENGINEER]
    html = house.enter(Role.CUSTOMER).get(f"/orders/{order.id}").text
    assert "We are calling our engineers" in html  # how often we had to is ours
    assert "call was made" not in html
    with transaction(house.parts.database) as tx:
        order_desk.acknowledge(tx, order.id, me, START)
        order_desk.arrive(tx, order.id, me, START)
        order_rows.change(tx, order.id, repaired_at=START, verified_at=START)
    browser = house.enter(Role.CUSTOMER)
    html = browser.get(f"/orders/{order.id}").text
    assert "Our engineer" in html
    main = html[html.index('<main id="main"') :]
    assert "called (First line)" not in main
    assert not re.search(r"王[0-68]", main)
    answer = browser.post(f"/orders/{order.id}/accept", data={"text": "刘强"})
    assert answer.status_code == 303
    assert known(house, order).accepted_by == "刘强"


def test_why_this_deadline(house: House, order: WorkOrder) -> None:
    html = house.enter(Role.HEAD).get(f"/orders/{order.id}").text
    for piece in ("Found by the monitor", "Inside ring 1", "2 h to be there", "Frozen when"):
        assert piece in html


def test_the_list_filters_by_its_address_and_pages(house: House, order: WorkOrder) -> None:
    browser = house.enter(Role.ENGINEER)
    with transaction(house.parts.database) as tx:
        order_desk.cancel(tx, order.id, house.people[Role.HEAD], START, "a drill")
        other = an_order(tx, house, device=DeviceId(2))
    assert other.id != order.id
    shown = {
        "/orders": [other.number],
        "/orders?state=closed": [order.number],
        "/orders?state=all": [other.number, order.number],
        "/orders?state=nonsense": [other.number],
        f"/orders?state=all&q={order.number}": [order.number],
        "/orders?q=S-1+d1": [other.number],
        "/orders?q=nowhere": [],
        "/orders?severity=major": [],
        "/orders?mine=1": [],
    }
    for address, numbers in shown.items():
        html = browser.get(address).text
        assert re.findall(r"<b>(2026-\d+)</b>", html) == numbers, address


def test_no_such_order_or_verb(house: House) -> None:
    browser = house.enter(Role.HEAD)
    assert browser.get("/orders/999").status_code == 404
    assert browser.get("/orders/x").status_code == 404
    assert browser.post("/orders/999/cancel").status_code == 404
    assert browser.post("/orders/1/explode").status_code == 404


def test_the_next_step_fits_who_looks(house: House, order: WorkOrder) -> None:
    me, boss = house.people[Role.ENGINEER], house.people[Role.HEAD]

    def first(person: int, now: WorkOrder) -> Verb | None:
        return acts.choices(now, person, lambda _: True).first  # type: ignore[arg-type]

    assert first(me, order) is Verb.ACKNOWLEDGE
    with transaction(house.parts.database) as tx:
        taken = order_desk.acknowledge(tx, OrderId(order.id), me, START)
    assert first(me, taken) is Verb.DEPART
    assert first(boss, taken) is Verb.DISPATCH
    with transaction(house.parts.database) as tx:
        gone = order_desk.depart(tx, taken.id, me, START)
    assert first(me, gone) is Verb.ARRIVE
    assert first(boss, gone) is None  # it is his turn, though a call may be noted for him
    assert Verb.ARRIVE in acts.choices(gone, boss, lambda _: True).others
    with transaction(house.parts.database) as tx:
        order_desk.repair(tx, taken.id, me, START + timedelta(hours=1), "remotely")
    assert first(me, known(house, order)) is None


def test_another_time_is_agreed_on_the_clocks_of_the_site(house: House, order: WorkOrder) -> None:
    """B14: the appointment stands beside the deadline, the order goes back to the dispatcher."""
    with transaction(house.parts.database) as tx:
        order_desk.acknowledge(tx, order.id, house.people[Role.ENGINEER], START)
    browser = house.enter(Role.DISPATCHER)
    form = {"at": "2026-06-14T09:30", "text": "Mr Zhou <b>"}
    past = browser.post(f"/orders/{order.id}/postpone", data=form, headers=HTMX)
    assert past.status_code == 422
    assert 'id="at-error"' in past.text
    assert 'value="2026-06-14T09:30"' in past.text
    assert "Mr Zhou &lt;b&gt;</textarea>" in past.text
    for wrong in ("", "tomorrow", "2026-13-40T09:30"):
        answer = browser.post(f"/orders/{order.id}/postpone", data={**form, "at": wrong})
        assert answer.status_code == 422
    form["at"] = "2026-06-16T09:30"
    assert browser.post(f"/orders/{order.id}/postpone", data=form).status_code == 303
    agreed = known(house, order)
    assert agreed.appointment_at == START.replace(day=16, hour=1, minute=30, second=0)
    assert agreed.on_site_by == order.on_site_by
    page = browser.get(f"/orders/{order.id}").text
    assert "agreed on another time with the customer: 2026-06-16 Tue 09:30" in page
    assert "the on-site deadline stays as it was" in page


def test_solutions_are_typed_one_a_line(house: House, order: WorkOrder) -> None:
    """C07."""
    with transaction(house.parts.database) as tx:
        order_desk.acknowledge(tx, order.id, house.people[Role.ENGINEER], START)
    browser = house.enter(Role.ENGINEER)
    one = {"text": "new plug: in the van"}
    few = browser.post(f"/orders/{order.id}/propose", data=one, headers=HTMX)
    assert few.status_code == 422
    assert "at least 2 different solutions" in few.text
    assert "new plug: in the van</textarea>" in few.text
    two = {"text": "new plug: in the van\nspare core: needs a ladder"}
    assert browser.post(f"/orders/{order.id}/propose", data=two).status_code == 303
    assert "2. spare core (needs a ladder)" in browser.get(f"/orders/{order.id}").text


def test_from_afar_is_offered_until_somebody_is_there(house: House, order: WorkOrder) -> None:
    """C13: a remote repair is said outright."""
    browser = house.enter(Role.ENGINEER)
    with transaction(house.parts.database) as tx:
        order_desk.acknowledge(tx, order.id, house.people[Role.ENGINEER], START)
    page = browser.get(f"/orders/{order.id}").text
    assert f'action="/orders/{order.id}/repair-remotely"' in page
    assert f'action="/orders/{order.id}/repair"' not in page
    with transaction(house.parts.database) as tx:
        order_desk.arrive(tx, order.id, house.people[Role.ENGINEER], START)
    page = browser.get(f"/orders/{order.id}").text
    assert f'action="/orders/{order.id}/repair"' in page
    assert f'action="/orders/{order.id}/repair-remotely"' not in page
