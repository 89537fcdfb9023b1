"""E01: labels are made, fetched again, revoked; scanning one shows and never acts."""

import io
import re

import pypdf
import pytest
from PIL import Image

from operations import stickers as sticker_desk
from reports.labels import LAYOUTS
from rules.model import Role, SiteId
from storage import devices as device_rows
from storage import journal
from storage import stickers as sticker_rows
from storage import systems as system_rows
from storage.db import reading, transaction
from storage.stickers import Sticker
from storage.tables.paper import inspection_points, inspections
from tests import qr
from tests.reports.test_labels import code_at, pictures
from tests.storage.assets import a_site, some_devices
from tests.web.conftest import START, House

HERE = SiteId(1)


@pytest.fixture
def points(house: House) -> list[str]:
    with transaction(house.parts.database) as tx:
        some_devices(tx, HERE, 3)
        return [str(device.id) for device in device_rows.of_site(tx, HERE)]


def made(house: House) -> list[Sticker]:
    with reading(house.parts.database) as tx:
        return sticker_rows.of_site(tx, HERE)


def the_sheet(house: House, points: list[str], **form: str) -> tuple[str, Image.Image]:
    """Chosen, made, opened: the address of the sheet and its first page as a picture."""
    browser = house.enter(Role.ENGINEER)
    answer = browser.post("/labels/1", data={"points": points, "layout": "2x4", **form})
    assert answer.status_code == 303
    html = browser.get(answer.headers["location"]).text
    [address] = re.findall(r'href="(/labels/1/sheet\.pdf[^"]*)"', html)
    address = address.replace("&amp;", "&")
    pdf = browser.get(address)
    assert pdf.headers["content-type"] == "application/pdf"
    return address, pictures(pdf.content)[0]


def test_what_is_printed_leads_to_its_point(house: House, points: list[str]) -> None:
    """From the form to the page a phone opens: every code of the sheet is read off its picture."""
    _, picture = the_sheet(house, ["site", *points])
    layout = LAYOUTS["2x4"]
    urls = [qr.read(code_at(picture, layout, place)) for place in range(4)]
    base = house.parts.settings.base_url
    assert all(url.startswith(f"{base}/s/") for url in urls)
    browser = house.enter(Role.ENGINEER)
    led = [browser.get(url.removeprefix(base)).headers["location"] for url in urls]
    assert led == ["/sites/1", *(f"/devices/{point}" for point in points)]


def test_the_same_sheet_again_is_the_same_and_a_new_printing_is_not(
    house: House, points: list[str]
) -> None:
    address, _ = the_sheet(house, points)
    first = {one.id for one in made(house)}
    browser = house.enter(Role.HEAD)
    texts = [
        pypdf.PdfReader(io.BytesIO(browser.get(address).content)).pages[0].extract_text()
        for _ in range(2)
    ]
    assert texts[0] == texts[1]
    assert {one.id for one in made(house)} == first
    house.clock.passes(minutes=1)
    the_sheet(house, points)
    assert len({one.id for one in made(house)}) == 2 * len(points)
    assert all(one.revoked_at is None for one in made(house))


def test_ids_are_random_and_long(house: House, points: list[str]) -> None:
    the_sheet(house, points)
    ids = [one.id for one in made(house)]
    assert all(re.fullmatch(f"[{sticker_desk.LETTERS}]{{12}}", one) for one in ids)
    assert len(set(ids)) == len(ids)


def test_earlier_labels_end_with_a_new_printing_if_that_is_wanted(
    house: House, points: list[str]
) -> None:
    the_sheet(house, points)
    old = {one.id for one in made(house)}
    house.clock.passes(minutes=1)
    the_sheet(house, points[:1], revoke_old="yes")
    ended = {one.id for one in made(house) if one.revoked_at}
    assert len(ended) == 1
    assert ended < old
    answer = house.enter(Role.ENGINEER).get(f"/s/{ended.pop()}")
    assert answer.status_code == 410
    assert "no longer valid" in answer.text


def test_a_label_is_revoked_and_brought_back_and_both_are_on_record(
    house: House, points: list[str]
) -> None:
    the_sheet(house, points[:1])
    [one] = made(house)
    browser = house.enter(Role.HEAD)
    for verb, status in (("revoke", 410), ("revoke", 410), ("restore", 303)):
        assert browser.post(f"/stickers/{one.id}/{verb}").status_code == 303
        assert browser.get(f"/s/{one.id}").status_code == status
    with reading(house.parts.database) as tx:
        said = [entry.verb for entry in journal.after(tx, 0, START)]
    assert [verb for verb in said if verb.startswith("label_")] == [
        "label_revoked",
        "label_restored",
    ]


def test_scanning_asks_for_a_login_and_then_goes_on(house: House, points: list[str]) -> None:
    the_sheet(house, points[:1])
    [one] = made(house)
    answer = house.browser().get(f"/s/{one.id}")
    assert answer.headers["location"] == f"/login?next=%2Fs%2F{one.id}"
    spaced = sticker_desk.shown(one.id).lower().replace(" ", "%20")
    assert house.enter(Role.SALES).get(f"/s/{spaced}").headers["location"].startswith("/devices/")


def test_during_an_inspection_a_label_leads_to_its_place_on_the_sheet(
    house: House, points: list[str]
) -> None:
    """E01: only while it is worked on, and only for those who inspect."""
    the_sheet(house, points[:1])
    [one] = made(house)
    sheet, point = an_inspection(house, int(points[0]))
    there = f"/inspections/{sheet}/points/{point}"
    for role, finished, address in (
        (Role.ENGINEER, None, there),
        (Role.SALES, None, f"/devices/{points[0]}"),
        (Role.ENGINEER, START, f"/devices/{points[0]}"),
    ):
        with transaction(house.parts.database) as tx:
            tx.execute(inspections.update().values(finished_at=finished))
        assert house.enter(role).get(f"/s/{one.id}").headers["location"] == address


def an_inspection(house: House, device: int) -> tuple[int, int]:
    """One in work with this one point; its rows only."""
    month = {"kind": "month", "period": "2026-06", "due_on": START.date(), "planned_at": START}
    with transaction(house.parts.database) as tx:
        system_rows.add(tx, [{"site_id": HERE, "code": "V", "name": "V", "kind": "video"}])
        [system] = system_rows.of_site(tx, HERE)
        whose = {"system_id": system.id, "site_id": HERE, "started_at": START}
        made = inspections.insert().values(**whose, **month).returning(inspections.c.id)
        sheet = tx.execute(made).scalar_one()
        what = {"position": 1, "area": "front_end", "device_id": device, "code": "d", "name": "d"}
        row = {**what, "inspection_id": sheet, "evidence": {}, "contradictions": []}
        made = inspection_points.insert().values(row).returning(inspection_points.c.id)
        return int(sheet), int(tx.execute(made).scalar_one())


def test_nothing_is_told_of_a_label_of_another_customer(house: House) -> None:
    """C12: not even the name of the site."""
    with transaction(house.parts.database) as tx:
        theirs = a_site(tx, "S-SECRET", "C2")
        by = house.people[Role.ADMIN]
        [one] = sticker_desk.make(tx, theirs, [None], revoke_old=False, by=by, now=START)
    answer = house.enter(Role.CUSTOMER).get(f"/s/{one.id}")
    assert answer.status_code == 404
    assert "S-SECRET" not in answer.text
    assert "not for one of your sites" in answer.text
    assert "not one of ours" in house.enter(Role.CUSTOMER).get("/s/ABCDEFGH2345").text


def test_scanning_writes_nothing(house: House, points: list[str]) -> None:
    """Scanners of mail and chats follow links: a GET may only show."""
    the_sheet(house, points[:1])
    [one] = made(house)
    browser = house.enter(Role.ENGINEER)
    with reading(house.parts.database) as tx:
        before = journal.last_id(tx)
    browser.get(f"/s/{one.id}")
    with reading(house.parts.database) as tx:
        assert journal.last_id(tx) == before


def test_nothing_chosen_is_said_beside_the_list_and_makes_nothing(
    house: House, points: list[str]
) -> None:
    answer = house.enter(Role.ENGINEER).post("/labels/1", data={"layout": "2x7", "cut": "yes"})
    assert answer.status_code == 422
    assert "Choose at least one point" in answer.text
    assert re.search(r'value="2x7" checked', answer.text)
    assert made(house) == []
    assert points
