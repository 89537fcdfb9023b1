"""A18 in the browser: a limit for this device, model, type or customer; who, why, withdrawn."""

import re

import pytest

from rules.model import DeviceId, Role, SiteId
from rules.permits import Reach
from storage import devices as device_rows
from storage import limits as limit_rows
from storage import people as people_rows
from storage import states
from storage.db import reading, transaction
from storage.states import LastWord
from storage.views import limits as limit_view
from tests.storage.assets import a_site, some_devices
from tests.web.conftest import START, House

HOT = "/devices/1/limits/TEMP_HIGH"
RAISE = "limits.TEMP_HIGH.raise_at"


@pytest.fixture
def house(house: House) -> House:
    with transaction(house.parts.database) as tx:
        some_devices(tx, SiteId(1), 2)
        device_rows.change(tx, DeviceId(1), {"model": "DS-2CD"})
        word = LastWord(
            device_id=DeviceId(1),
            last_heard_at=START,
            metrics={"temperature_c": 41, "recording_gap_s:ch-3": 7},
            flags={"tamper": False, "disk_fail:bay-2": True},
        )
        states.put_all(tx, [word])
    return house


def form(value: str = "55", scope: str = "device", **more: str) -> dict[str, str]:
    return {"name": RAISE, "value": value, "scope": scope, "why": "a hot roof", **more}


def test_a_limit_of_this_device_shows_on_its_page_with_where_it_comes_from(house: House) -> None:
    answer = house.enter(Role.HEAD).post(HOT, data=form())
    assert answer.headers["location"] == HOT
    html = house.enter(Role.ENGINEER).get("/devices/1").text
    assert "fault above 55, over below 45" in html
    assert "this device" in html
    assert "May be silent for" in html
    assert "its interval" in html or "catalogue" in html
    other = house.enter(Role.ENGINEER).get("/devices/2/limits/TEMP_HIGH").text
    assert "50 °C" in other
    assert 'name="why"' not in other  # who may only look has no form


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ("device", "only S-1 · d0"),
        ("model", "every ds-2cd"),
        ("type", "every device of the type camera"),
        ("customer", "devices of "),
    ],
)
def test_for_whom_it_holds_is_told_in_both_places(house: House, scope: str, told: str) -> None:
    browser = house.enter(Role.ADMIN)
    assert browser.post(HOT, data=form(scope=scope)).status_code == 303
    for address in (HOT, "/limits"):
        html = re.sub(r"\s+", " ", browser.get(address).text).casefold()
        assert told.casefold() in html, address
        assert "a hot roof" in html


def test_what_is_wrong_stands_beside_the_field_and_keeps_what_was_typed(house: House) -> None:
    answer = house.enter(Role.HEAD).post(HOT, data=form("40", why="so"))
    assert answer.status_code == 422
    for piece in ('value="40"', ">so</textarea>", 'id="value-error"', 'id="why-error"'):
        assert piece in answer.text
    answer = house.enter(Role.HEAD).post(HOT, data=form(scope="world"))
    assert 'id="scope-error"' in answer.text
    with reading(house.parts.database) as tx:
        assert limit_view.listed(tx, Reach(everything=True), before=None, limit=5) == []


def test_withdrawn_it_stays_on_record(house: House) -> None:
    browser = house.enter(Role.HEAD)
    browser.post(HOT, data=form())
    [address] = re.findall(r'action="(/limits/\d+/withdraw)"', browser.get(HOT).text)
    assert browser.post(address, data={"device": "1"}).headers["location"] == "/devices/1"
    html = browser.get(HOT).text
    assert "Withdrawn" in html
    assert address not in html
    assert "No limits of their own" in browser.get("/limits").text
    assert browser.post("/limits/99/withdraw").status_code == 404


def test_another_figure_or_code_is_not_there(house: House) -> None:
    browser = house.enter(Role.HEAD)
    assert browser.get("/devices/1/limits/NOTHING").status_code == 404
    assert browser.get("/devices/1/limits/CUSTOMER_REPORT").status_code == 404
    assert browser.get("/devices/99/limits/TEMP_HIGH").status_code == 404
    assert browser.post(HOT, data=form(name="zone_hours.ring1")).status_code == 404
    assert browser.post(HOT, data=form(name="limits.STO_LOW.raise_at")).status_code == 404


def test_the_allowance_is_a_figure_too(house: House) -> None:
    """DEV_OFFLINE: for how long a device may be silent, whatever its interval."""
    page = "/devices/1/limits/DEV_OFFLINE"
    browser = house.enter(Role.HEAD)
    assert "follows from its interval" in browser.get(page).text
    browser.post(page, data=form("2 h", name="silence.allowance_s"))
    html = browser.get("/devices/1").text
    assert re.search(r"May be silent for <b[^>]*>2 h", html)
    assert "this device" in html


def test_the_rated_standby_of_a_supply_is_one_too(house: House) -> None:
    """MAINS_LOSS: half of it without mains is an emergency; nobody knows it at first."""
    page = "/devices/1/limits/MAINS_LOSS"
    with transaction(house.parts.database) as tx:
        device_rows.change(tx, DeviceId(1), {"type": "power"})
    browser = house.enter(Role.HEAD)
    assert "not known" in browser.get(page).text
    assert f'href="{page}"' in browser.get("/devices/1").text
    browser.post(page, data=form("8 h", name="power.standby_s"))
    assert re.search(r"Rated standby on battery: <b[^>]*>8 h", browser.get("/devices/1").text)


def test_points_and_flags_lead_to_their_limits(house: House) -> None:
    html = house.enter(Role.HEAD).get("/devices/1").text
    for code in ("REC_GAP", "TAMPER", "STO_DISK_FAIL", "TEMP_HIGH", "DEV_OFFLINE"):
        assert f'href="/devices/1/limits/{code}"' in html
    assert ">ch-3<" in html
    assert ">bay-2<" in html
    assert "/limits/" not in house.enter(Role.CUSTOMER).get("/devices/1").text


def test_the_list_goes_on_by_cursor(house: House) -> None:
    browser = house.enter(Role.ADMIN)
    with transaction(house.parts.database) as tx:
        for number in range(60):
            row = {"scope": "model", "subject": f"m-{number}", "name": RAISE, "value": 50 + number}
            row |= {"why": "why", "made_by": house.people[Role.ADMIN], "made_at": START}
            limit_rows.add(tx, row)
    first = browser.get("/limits").text
    [after] = re.findall(r'href="(/limits\?before=\d+)"', first)
    assert "every m-59" in first
    assert "every m-0<" in browser.get(after).text.replace(" <", "<")
    assert browser.get("/limits?before=nonsense").status_code == 200


def test_what_is_for_a_foreign_device_is_not_there(house: House) -> None:
    """A head of one site neither reads of the others' limits nor changes what holds there."""
    with transaction(house.parts.database) as tx:
        site = a_site(tx, "S-2", customer="C2")
        [foreign] = some_devices(tx, site, 1)
        row = {"scope": "device", "subject": str(foreign), "name": RAISE, "value": 50}
        row |= {"why": "foreign", "made_by": house.people[Role.ADMIN], "made_at": START}
        its = limit_rows.add(tx, row)
        wide = limit_rows.add(tx, {**row, "scope": "type", "subject": "camera", "why": "wide"})
        people_rows.change(tx, house.people[Role.HEAD], {"all_sites": False})
        people_rows.set_sites(tx, house.people[Role.HEAD], [SiteId(1)])
    browser = house.enter(Role.HEAD)
    html = browser.get("/limits").text
    assert "wide" in html
    assert "foreign" not in html
    assert browser.get(f"/devices/{foreign}/limits/TEMP_HIGH").status_code == 404
    assert browser.post(f"/devices/{foreign}/limits/TEMP_HIGH", data=form()).status_code == 404
    assert browser.post(f"/limits/{its.id}/withdraw").status_code == 404
    assert browser.post(f"/limits/{wide.id}/withdraw").status_code == 403
    assert browser.post(HOT, data=form(scope="type")).status_code == 403
    assert 'value="type"' not in browser.get(HOT).text
    assert browser.post(HOT, data=form()).status_code == 303
