"""A09: the list of a month: how many, how far, whose."""

import re

from rules.model import Role
from storage import people as people_rows
from storage.db import transaction
from tests.storage.assets import a_site
from tests.web import inspected
from tests.web.conftest import House


def test_the_list_answers_how_many_and_how_far(house: House) -> None:
    inspected.begun(house, "V").everything()
    inspected.planned(house, "W")
    page = house.enter(Role.HEAD).get("/inspections").text
    assert "2 inspections, 0 issued." in page
    assert re.search(r"13 of 13|\d+ of \d+", page)
    assert "not begun" in page
    assert house.enter(Role.HEAD).get("/inspections?period=2026-07").text.count("data-row") == 2
    empty = house.enter(Role.HEAD).get("/inspections?period=2031-01").text
    assert "No inspections in 2031-01" in empty
    for nonsense in ("2026-13", "x", "２０２６-０６", "0000-00"):
        assert house.enter(Role.HEAD).get(f"/inspections?period={nonsense}").status_code == 200


def test_its_tabs_and_words_narrow_it(house: House) -> None:
    begun = inspected.begun(house, "V")
    inspected.planned(house, "W")
    browser = house.enter(Role.HEAD)
    page = browser.get("/inspections?stand=in_work").text
    assert f'id="n{begun.id}"' in page
    assert page.count("data-row") == 1
    assert browser.get("/inspections?q=W").text.count("data-row") == 1
    assert "Nothing matches" in browser.get("/inspections?q=nowhere").text
    assert browser.get("/inspections?stand=late").text.count("data-row") == 0
    house.clock.passes(days=20)
    browser = house.enter(Role.HEAD)
    assert browser.get("/inspections?period=2026-06&stand=late").text.count("data-row") == 2
    assert (
        house.enter(Role.ENGINEER).get("/inspections?mine=1&period=2026-06").text.count("data-row")
        == 1
    )


def test_a_customer_sees_what_is_issued_and_nothing_of_ours(house: House) -> None:
    """D04, C12: no doubts, no names of ours, no sheet before its time; never another's."""
    walk = inspected.begun(house)
    browser = house.enter(Role.CUSTOMER)
    walk.signed()
    assert "data-row" not in browser.get("/inspections").text
    assert browser.get(walk.address).status_code == 404
    assert browser.get(f"{walk.address}/signature").status_code == 404
    house.enter(Role.HEAD).post(f"{walk.address}/issue")
    issued = browser.get("/inspections").text
    assert "data-row" in issued
    assert "Due" not in issued  # what is issued is owed by nobody any more
    page = browser.get(walk.address).text
    assert "points normal" in page
    assert "王5" not in page
    assert "Begun" not in page
    with transaction(house.parts.database) as tx:
        other = a_site(tx, "S-2", "C2")
        people_rows.set_sites(tx, house.people[Role.CUSTOMER], [other])
    assert browser.get(walk.address).status_code == 404
    assert "data-row" not in browser.get("/inspections").text
