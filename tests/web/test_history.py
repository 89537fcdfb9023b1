"""The journal page: before and after, by permission, as CSV (A18, C12)."""

import csv
import io
from datetime import timedelta

from rules.model import Role, SiteId
from storage import journal
from storage import people as people_rows
from storage.db import transaction
from storage.journal import Entry
from tests.storage.assets import a_site
from tests.web.conftest import START, House, an_order


def write(house: House, *entries: Entry) -> None:
    with transaction(house.parts.database) as tx:
        journal.write_all(tx, entries)


def changed(house: House, **more: object) -> Entry:
    return Entry(
        at=START,
        actor="person",
        person_id=house.people[Role.HEAD],
        verb="record_changed",
        record="sites/1",
        site_id=SiteId(1),
        facts={
            "kind": "sites",
            "key": "S-1",
            "name": "Mall",
            "changes": [["name", "Moll", "Mall"], ["retention_days", "", "90"]],
            **more,
        },
    )


def test_before_and_after_stand_beside_the_field(house: House) -> None:
    write(house, changed(house))
    html = house.enter(Role.ADMIN).get("/journal?kind=lists").text
    for piece in ('<del aria-label="before">Moll</del>', 'aria-label="after">Mall</ins>', ">90<"):
        assert piece in html
    assert "/manage/sites/1" in html


def test_a_changed_figure_is_said_with_its_name_unit_and_reason(house: House) -> None:
    """A18: who, why, effective from, and what it was before."""
    browser = house.enter(Role.HEAD)
    browser.post("/policy/zone_hours.ring1", data={"value": "1.5", "why": "new contract"})
    html = browser.get("/journal?kind=rules").text
    for piece in ("Inside ring 1", "2 h", "1.5 h", "new contract", "王2"):
        assert piece in html


def test_whoever_has_some_sites_sees_those_and_nothing_of_the_house(house: House) -> None:
    """C12: what is about no site (logins, rules, people) is for those who lead the house."""
    with transaction(house.parts.database) as tx:
        other = a_site(tx, "S-2", "C2")
        who = house.people[Role.DISPATCHER]
        people_rows.change(tx, who, {"all_sites": False})
        people_rows.set_sites(tx, who, [SiteId(1)])
    write(
        house,
        changed(house),
        Entry(at=START, actor="system", verb="enrolled", site_id=other, facts={"device": "THEIRS"}),
        Entry(at=START, actor="person", verb="logged_in", facts={}),
    )
    mine = house.enter(Role.DISPATCHER).get("/journal").text
    assert "Mall" in mine
    assert "THEIRS" not in mine
    assert "logged in" not in mine
    all_of_it = house.enter(Role.HEAD).get("/journal").text
    assert "THEIRS" in all_of_it
    assert "logged in" in all_of_it


def test_filters_and_pages_stay_in_the_address(house: House) -> None:
    write(house, *(changed(house, key=f"K-{n}") for n in range(60)))
    write(house, Entry(at=START + timedelta(days=2), actor="clock", verb="warned", facts={}))
    browser = house.enter(Role.ADMIN)
    first = browser.get("/journal?kind=lists").text
    assert "60 entries" in first
    assert "K-59" in first
    assert "K-9)" not in first
    [older] = [line for line in first.split('"') if line.startswith("/journal?kind=lists&amp;")]
    assert "K-9)" in browser.get(older.replace("&amp;", "&")).text
    assert "of the time" not in browser.get("/journal?last=2026-06-16").text
    assert "of the time" in browser.get("/journal?first=2026-06-17&last=2026-06-17").text
    assert "K-1)" not in browser.get("/journal?site=S-9").text


def test_the_file_holds_the_same_lines_runs_no_formula_and_is_on_record(house: House) -> None:
    write(house, changed(house, name="=HYPERLINK(1)", said="=1+1"))
    browser = house.enter(Role.ADMIN)
    answer = browser.get("/journal.csv?kind=lists")
    assert answer.headers["content-disposition"].endswith('.csv"')
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["verb"] for row in rows] == ["record_changed"]
    assert rows[0]["person"] == "王2"
    assert "90" in rows[0]["changes"]
    assert rows[0]["said"] == "'=1+1"
    assert "took the journal" in browser.get("/journal?kind=looks").text


def test_every_step_of_an_order_can_be_read_here_too(house: House) -> None:
    with transaction(house.parts.database) as tx:
        order = an_order(tx, house)
    html = house.enter(Role.SUPERVISOR).get("/journal?kind=orders").text
    assert order.number in html
    assert "{" not in html.split("<main", 1)[1].split("</main", 1)[0]
