"""C12, D04: an issued report is for the customer it was made for, and for nobody after or beside.

Both customers' sheets are issued here: what is refused below is refused for being another's.
"""

from datetime import timedelta

from sqlalchemy import update

from rules.model import CustomerId, Role
from storage import sites as site_rows
from storage.db import transaction
from storage.tables.paper import inspections
from tests.web.api.conftest import a_token, client
from tests.web.conftest import House
from tests.web.two_customers import World, two, unbound

PAGES = (
    "/inspections/{inspection_id}",
    "/inspections/{inspection_id}/signature",
    "/photos/{photo_id}",
    "/documents/{document_id}",
)
CALLS = ("/inspections/{inspection_id}", "/inspections/{inspection_id}/report.pdf")
ALL = "/inspections?period=2026-06"


def issued(house: House) -> tuple[World, World]:
    """Two customers, each with a signed sheet and its report."""
    worlds, now = two(house), house.clock()
    done = {"finished_at": now, "signed_at": now, "signer_name": "刘强", "issued_at": now}
    with transaction(house.parts.database) as tx:
        for world in worlds:
            sheet = inspections.c.id == int(world.ids["inspection_id"])
            glass = house.parts.files.put(f"glass of {world.site_code}".encode())
            tx.execute(update(inspections).where(sheet).values(**done, signature=glass))
    house.clock.at += timedelta(minutes=1)
    return worlds


def answers(house: House, world: World) -> set[int]:
    """What a customer's browser and program get for everything of an issued report."""
    browser, program = house.enter(Role.CUSTOMER), client(house, a_token(house, Role.CUSTOMER))
    pages = {browser.get(world.path(path)).status_code for path in PAGES}
    return pages | {program.get(f"/api/v1{world.path(path)}").status_code for path in CALLS}


def listed(house: House) -> tuple[set[str], int]:
    """The sheets in the lists of browser and program, and how many the figures count."""
    program = client(house, a_token(house, Role.CUSTOMER))
    page = house.enter(Role.CUSTOMER).get(ALL).text
    found = {one["id"] for one in program.get(f"/api/v1{ALL}").json()["items"]}
    assert found == {one.partition('"')[0] for one in page.split('href="/inspections/')[1:]}
    return found, program.get("/api/v1/statistics").json()["inspections"]["planned"]


def test_ones_own_is_there_and_anothers_is_not(house: House) -> None:
    ours, theirs = issued(house)
    for bound in (True, False):
        if not bound:
            unbound(house)
        assert answers(house, ours) == {200}
        assert answers(house, theirs) == {404}
        assert listed(house) == ({ours.ids["inspection_id"]}, 1)


def test_whose_site_it_is_now_gets_nothing_of_who_had_it_before(house: House) -> None:
    ours, theirs = issued(house)
    with transaction(house.parts.database) as tx:
        site_rows.change(tx, theirs.site, {"customer_id": CustomerId(1)})
    unbound(house)
    assert house.enter(Role.CUSTOMER).get(f"/sites/{theirs.site}").status_code == 200
    assert answers(house, ours) == {200}
    assert answers(house, theirs) == {404}
    assert listed(house) == ({ours.ids["inspection_id"]}, 1)
    page = house.enter(Role.CUSTOMER).get(f"/sites/{theirs.site}").text
    assert f"/inspections/{theirs.ids['inspection_id']}" not in page
