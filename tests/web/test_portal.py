"""A customer's home: is all well, what is being done, the papers; of that customer only."""

import re

import pytest

from operations import work_orders as order_desk
from rules.model import OrderId, Role, SiteId
from storage import faults as fault_rows
from storage import inspections as inspection_rows
from storage import listening
from storage import people as people_rows
from storage import sites as site_rows
from storage.db import transaction
from tests.storage.assets import a_customer, a_site, some_devices
from tests.web.conftest import START, House, an_order
from tests.web.test_pseudo import Ear
from tests.web.two_customers import MARK, PDF, two, unbound


def shown(house: House, language: str = "en") -> str:
    """The page's own words, as they are read."""
    html = house.enter(Role.CUSTOMER, language).get("/portal").text
    main = html.split("<main", 1)[1].split("</main>", 1)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def answer_of(house: House, language: str = "en") -> str:
    html = house.enter(Role.CUSTOMER, language).get("/portal").text
    found = re.search(r'id="portal".*?<h1>(.*?)</h1>', html, re.DOTALL)
    assert found is not None
    return found.group(1)


def test_it_is_where_a_customers_login_leads(house: House) -> None:
    browser = house.enter(Role.CUSTOMER)
    assert browser.get("/").headers["location"] == "/portal"
    assert "/portal" in browser.get("/orders").text  # and the first of the ways
    assert house.enter(Role.HEAD).get("/").status_code == 200


def test_calm_while_all_is_well(house: House) -> None:
    with transaction(house.parts.database) as tx:
        some_devices(tx, SiteId(1), 5)
    said = shown(house)
    assert "All is well." in said
    assert "5 devices at 1 site are being watched" in said
    assert "Nothing is open." in said
    assert "一切正常" in shown(house, "zh")


def test_nothing_connected_yet_is_said_too(house: House) -> None:
    assert answer_of(house) == "Nothing is being watched yet."


def test_a_fault_is_told_with_how_far_it_has_come(house: House) -> None:
    with transaction(house.parts.database) as tx:
        order = an_order(tx, house)
    assert answer_of(house) == "1 device needs attention."
    assert "Our duty engineers have been called" in shown(house)
    me = house.people[Role.ENGINEER]
    steps = (
        (order_desk.acknowledge, "the visit is being arranged"),
        (order_desk.depart, "An engineer is on the way"),
        (order_desk.arrive, "An engineer is on site"),
    )
    for step, said in steps:
        with transaction(house.parts.database) as tx:
            step(tx, OrderId(order.id), me, START)
        assert said in shown(house)


def test_a_device_well_again_is_said_so_and_nobody_is_promised(house: House) -> None:
    """C14: the letter has told that it is over; the page must not say that somebody comes."""
    with transaction(house.parts.database) as tx:
        order = an_order(tx, house)
    assert "on site by" in shown(house)
    with transaction(house.parts.database) as tx:
        fault_rows.change(tx, order.root_fault_id, cleared_at=START)
    said = shown(house)
    assert "Working again by itself; our engineers are checking" in said
    assert "on site by" not in said


def test_no_name_of_our_house_stands_on_it(house: House) -> None:
    """Neither who is on duty nor who comes; no code of a fault, no deadline missed."""
    with transaction(house.parts.database) as tx:
        order = an_order(tx, house)
        order_desk.acknowledge(tx, order.id, house.people[Role.ENGINEER], START)
        people = [one.name for one in people_rows.all_staff(tx)]
    browser = house.enter(Role.CUSTOMER)
    for path in ("/portal", "/orders", f"/orders/{order.id}", f"/sites/{order.site_id}"):
        page = browser.get(path).text
        assert [name for name in people if name in page] == [], path
    assert "CAM_VIDEO_LOSS" not in browser.get("/portal").text


def test_our_own_deafness_is_no_fault_of_theirs(house: House) -> None:
    with transaction(house.parts.database) as tx:
        some_devices(tx, SiteId(1), 2)
        listening.change(tx, stalled_since=START)
    said = shown(house)
    assert "We cannot see your devices at present." in said
    assert "All well" not in said


def test_only_this_customers_sites_orders_and_papers(house: House) -> None:
    ours, _ = two(house)
    for bound in (True, False):
        if not bound:
            unbound(house)
        page = house.enter(Role.CUSTOMER).get("/portal").text
        assert MARK not in page
        assert f"/documents/{ours.ids['document_id']}" in page
        assert page.count("/sites/") == 1
        assert len(set(re.findall(r'href="/orders/\d+', page))) == 1  # being done, and told of


def test_a_contact_of_one_site_does_not_see_the_customers_others(house: House) -> None:
    with transaction(house.parts.database) as tx:
        other = a_site(tx, "S-2")
    assert f"/sites/{other}" not in house.enter(Role.CUSTOMER).get("/portal").text
    unbound(house)
    assert f"/sites/{other}" in house.enter(Role.CUSTOMER).get("/portal").text


def test_papers_of_a_site_that_changed_hands_stay_with_whom_they_were_for(house: House) -> None:
    """The new customer of a site does not get the old one's reports."""
    ours, theirs = two(house)
    with transaction(house.parts.database) as tx:
        mine = house.people[Role.CUSTOMER]
        people_rows.set_sites(tx, mine, [])
        tx.exec_driver_sql(f"UPDATE sites SET customer_id = 1 WHERE id = {theirs.site}")  # noqa: S608 - our own number
    page = house.enter(Role.CUSTOMER).get("/portal").text
    assert f"/sites/{theirs.site}" in page
    assert f"/documents/{theirs.ids['document_id']}" not in page
    assert f"/documents/{ours.ids['document_id']}" in page


def test_a_report_is_downloaded_from_it(house: House) -> None:
    ours, theirs = two(house)
    browser = house.enter(Role.CUSTOMER)
    got = browser.get(f"/documents/{ours.ids['document_id']}")
    assert got.status_code == 200
    assert got.content == PDF
    assert browser.get(f"/documents/{theirs.ids['document_id']}").status_code == 404


def test_an_inspection_under_way_tells_nothing_that_was_found(house: House) -> None:
    two(house)
    said = shown(house)
    assert "in work" in said
    assert house.enter(Role.CUSTOMER).get("/inspections/1").status_code == 404
    with transaction(house.parts.database) as tx:
        assert inspection_rows.get(tx, 1) is not None  # type: ignore[arg-type]


def test_it_lives(house: House) -> None:
    """The fragment is what the page was made of, and asks for itself again at news of its sites."""
    with transaction(house.parts.database) as tx:
        some_devices(tx, SiteId(1), 2)
    browser = house.enter(Role.CUSTOMER)
    page = browser.get("/portal").text
    assert "/stream?on=site-1&amp;since=" in page
    assert "site-1 from:#live" in page
    part = browser.get("/portal", headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<div id="portal"')
    with transaction(house.parts.database) as tx:
        an_order(tx, house)
    later = browser.get("/portal", headers={"HX-Request": "true"}).text
    assert "1 device needs attention." in later


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.CUSTOMER}))
def test_it_is_nobody_elses(house: House, role: Role) -> None:
    assert house.enter(role).get("/portal").status_code == 403


def test_no_bare_word_on_it(house: House) -> None:
    two(house)

    ear = Ear()
    ear.feed(house.enter(Role.CUSTOMER, "xx").get("/portal").text)
    assert ear.bare == []


def test_what_they_were_told_stands_there_and_on_the_order(house: House) -> None:
    """C14: in the words of the letter, to whom it was said only."""
    with transaction(house.parts.database) as tx:
        site = site_rows.get(tx, SiteId(1))
        assert site is not None
        mine = {"channels": [["mail", "z@x"]], "customer_id": site.customer_id}
        people_rows.change(tx, house.people[Role.CUSTOMER], mine)
        order = an_order(tx, house)
        order_desk.acknowledge(tx, order.id, house.people[Role.ENGINEER], START)
    said = shown(house)
    assert said.index("who comes and when") < said.index("protection lost")  # newest first
    assert f"我们已按紧急故障处理，将在 2026-06-15 周一 11:02 前到场，工单号 {order.number}" in said
    timeline = house.enter(Role.CUSTOMER, "en").get(f"/orders/{order.id}").text
    assert "Customer told: who comes and when" in timeline
    assert "Customer told: protection lost" in timeline
    with transaction(house.parts.database) as tx:
        site_rows.change(tx, SiteId(1), {"customer_id": a_customer(tx, "C8")})
        new = {"customer_id": a_customer(tx, "C8")}
        people_rows.change(tx, house.people[Role.CUSTOMER], new)
    assert "You are told at each step" in shown(house)
