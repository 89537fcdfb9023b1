"""The live board as people get it: rows, actions in place, alerts, reach, size."""

import gzip
import re

from operations import alerts as alert_desk
from operations import work_orders as order_desk
from rules.model import Role, Severity, SiteId
from storage import alerts as alert_rows
from storage import listening
from storage import people as people_rows
from storage import work_orders as order_rows
from storage.db import reading, transaction
from tests.storage.assets import a_site, some_devices
from tests.web.conftest import START, House, a_fault, an_order

HTMX = {"HX-Request": "true"}


def test_an_empty_house_says_what_will_appear_and_a_calm_one_that_all_is_well(house: House) -> None:
    browser = house.enter(Role.DISPATCHER)
    assert "No device is watched yet" in browser.get("/").text
    with transaction(house.parts.database) as tx:
        some_devices(tx, SiteId(1), 2)
    assert "All is well" in browser.get("/").text


def test_a_row_says_what_where_by_when_and_htmx_gets_the_same_fragment(house: House) -> None:
    with transaction(house.parts.database) as tx:
        order = an_order(tx, house)
    browser = house.enter(Role.DISPATCHER)
    whole, piece = browser.get("/").text, browser.get("/", headers=HTMX).text
    for html in (whole, piece):
        for shown in ("Emergency", "S-1", "Video lost", order.number, "Inside ring 1", "2:00:00"):
            assert shown in html
        assert f'data-due="{order.on_site_by.isoformat()}"' in html
    assert "<html" in whole
    assert "<html" not in piece


def test_acknowledged_in_place(house: House) -> None:
    with transaction(house.parts.database) as tx:
        order = an_order(tx, house)
    browser = house.enter(Role.ENGINEER)
    said = browser.post(f"/orders/{order.id}/acknowledge", data={"view": "row"}, headers=HTMX)
    assert said.status_code == 200
    assert said.text.lstrip().startswith("<li")
    assert "Acknowledged" in said.text
    assert "data-acknowledge" not in said.text
    with reading(house.parts.database) as tx:
        now = order_rows.get(tx, order.id)
    assert now is not None
    assert now.received_by == house.people[Role.ENGINEER]


def test_a_row_says_that_nobody_has_answered_though_somebody_was_sent(house: House) -> None:
    """A02: told to go while the head was silent; the tile counts it, the row says it, too."""
    with transaction(house.parts.database) as tx:
        order = an_order(tx, house)
        engineer = house.people[Role.ENGINEER]
        told = dict.fromkeys(("self_dispatched_at", "dispatched_at"), START)
        order_rows.change(tx, order.id, assignee_id=engineer, pages_made=3, **told)
        person = people_rows.present(tx, engineer)
    assert person is not None
    name = person.name
    browser = house.enter(Role.DISPATCHER)
    html = browser.get("/").text
    assert re.search(r"Unanswered</dt><dd[^>]*>1<", html)
    for shown in ("Dispatched; no answer yet", name, "Called 3 times", "data-acknowledge"):
        assert shown in html
    whole = browser.get(f"/orders/{order.id}").text
    assert f"{name} was told to go; nobody has answered yet, 3 calls were made" in whole
    assert re.search(r'aria-current="step"><span class="dot"></span>Acknow', whole)
    with transaction(house.parts.database) as tx:
        order_rows.change(tx, order.id, received_at=START, received_by=engineer, stalled_at=START)
    html = browser.get("/").text
    assert re.search(r"Unanswered</dt><dd[^>]*>1<", html)
    assert "Has not set out; others are called" in html
    assert "data-acknowledge" in html


def test_a_second_click_is_harmless_and_a_slower_colleague_is_told_who_was_first(
    house: House,
) -> None:
    with transaction(house.parts.database) as tx:
        order = an_order(tx, house)
    first, second = house.enter(Role.ENGINEER), house.enter(Role.HEAD)
    for _ in range(2):
        said = first.post(f"/orders/{order.id}/acknowledge", data={"view": "row"}, headers=HTMX)
        assert "row-said" not in said.text
    said = second.post(f"/orders/{order.id}/acknowledge", data={"view": "row"}, headers=HTMX)
    assert re.search(r"row-said.*王5 has it already", said.text.replace("\n", " ")) or (
        "has it already" in said.text
    )


def test_minor_faults_wait_folded_with_their_count(house: House) -> None:
    with transaction(house.parts.database) as tx:
        a_fault(tx, house, code="BATT_LOW", severity=Severity.MINOR)
    html = house.enter(Role.DISPATCHER).get("/").text
    assert "1 minor fault waits for the next visit" in html
    assert '<details class="card waiting-faults"' in html


def test_our_own_alerts_stand_on_top_until_seen(house: House) -> None:
    with transaction(house.parts.database) as tx:
        alert = alert_desk.raise_alert(tx, "MON_INGEST_STALLED", "", {}, house.parts.policy, START)
        listening.change(tx, stalled_since=START)
    assert alert is not None
    browser = house.enter(Role.DISPATCHER)
    html = browser.get("/").text
    assert html.index("Monitoring stalled") < html.index("figure-tile")
    assert "monitor deaf, states unknown" in html
    said = browser.post(f"/alerts/{alert.id}/acknowledge", headers=HTMX)
    assert "Seen by" in said.text
    with reading(house.parts.database) as tx:
        seen = alert_rows.get(tx, alert.id)
    assert seen is not None
    assert seen.acknowledged_by == house.people[Role.DISPATCHER]
    again = house.enter(Role.HEAD).post(f"/alerts/{alert.id}/acknowledge")
    assert (again.status_code, again.headers["location"]) == (303, "/")


def test_a_customer_is_led_to_their_own_pages(house: House) -> None:
    answer = house.enter(Role.CUSTOMER).get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/portal")


def test_an_engineer_of_one_site_sees_that_site_only(house: House) -> None:
    with transaction(house.parts.database) as tx:
        an_order(tx, house)
        other = a_site(tx, "S-2", customer="C2")
        engineer = house.people[Role.ENGINEER]
        people_rows.change(tx, engineer, {"all_sites": False})
        people_rows.set_sites(tx, engineer, [other])
    html = house.enter(Role.ENGINEER).get("/").text
    assert "Video lost" not in html


def test_pages_by_cursor(house: House) -> None:
    with transaction(house.parts.database) as tx:
        for device in some_devices(tx, SiteId(1), 55):
            house.clock.passes(minutes=6)  # else they have one cause in common
            an_order(tx, house, device=device)
    browser = house.enter(Role.DISPATCHER)
    first = browser.get("/").text
    rows = re.findall(r'id="(o\d+)" data-row', first)
    following = re.search(r'href="([^"]*after=[^"]*)" rel="next"', first)
    assert len(rows) == 50
    assert following
    second = browser.get(following.group(1).replace("&amp;", "&")).text
    rest = re.findall(r'id="(o\d+)" data-row', second)
    assert len(rest) == 5
    assert not set(rows) & set(rest)
    assert "55 items" in first


def test_the_wall_has_sound_and_no_way_out_but_one(house: House) -> None:
    with transaction(house.parts.database) as tx:
        order = an_order(tx, house)
    html = house.enter(Role.DISPATCHER).get("/?wall=1").text
    assert "data-sound" in html
    assert f'data-alarm="o{order.id}"' in html
    assert 'class="board wall"' in html


def test_an_answered_emergency_sounds_no_more(house: House) -> None:
    with transaction(house.parts.database) as tx:
        order = an_order(tx, house)
        order_desk.acknowledge(tx, order.id, house.people[Role.ENGINEER], START)
    assert "data-alarm" not in house.enter(Role.DISPATCHER).get("/?wall=1").text


def test_a_full_board_stays_small_on_the_wire(house: House) -> None:
    with transaction(house.parts.database) as tx:
        for device in some_devices(tx, SiteId(1), 50):
            house.clock.passes(minutes=6)  # else they have one cause in common
            an_order(tx, house, device=device)
    html = house.enter(Role.DISPATCHER).get("/").text
    assert len(gzip.compress(html.encode())) < 20 * 1024
