"""Maintenance mode in the browser: begun, prolonged and ended, and everybody sees until when."""

import re
from datetime import timedelta

import pytest

from rules.maintenance import Window
from rules.model import DeviceId, Role, SiteId
from storage import maintenance as window_rows
from storage import systems as system_rows
from storage.db import reading, transaction
from storage.deadlines import Kind, find
from tests import inspected
from tests.storage.assets import some_devices
from tests.web.conftest import House, a_fault, a_window, an_order

NEW_LENS = {"half_hours": "4", "reason": "new lens"}


@pytest.fixture
def system(house: House) -> int:
    """Three cameras, of which the first belongs to a system."""
    with transaction(house.parts.database) as tx:
        an_order(tx, house)
        return inspected.a_system(tx, SiteId(1), "V")


def running(house: House) -> list[Window]:
    with reading(house.parts.database) as tx:
        return window_rows.running(tx)


@pytest.mark.parametrize("scope", ["device", "system", "site"])
def test_it_begins_where_one_works(house: House, system: int, scope: str) -> None:
    number = system if scope == "system" else 1
    browser = house.enter(Role.ENGINEER)
    assert "Begin maintenance" in browser.get(f"/maintenance/{scope}/{number}").text
    answer = browser.post(f"/maintenance/{scope}/{number}", data=NEW_LENS)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/maintenance/{scope}/{number}",
    )
    [window] = running(house)
    assert (window.scope, window.subject_id, window.reason) == (scope, number, "new lens")
    assert window.ends_at == house.clock() + timedelta(hours=2)
    assert window.owner_id == house.people[Role.ENGINEER]
    with reading(house.parts.database) as tx:
        promised = find(tx, Kind.MAINTENANCE, "maintenance", window.id)
    assert promised is not None
    assert promised.due_at == window.ends_at
    assert "End it now" in browser.get(f"/maintenance/{scope}/{number}").text


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"half_hours": "4", "reason": " "}, "reason"),
        ({"half_hours": "17", "reason": "new lens"}, "start-hours"),
        ({"half_hours": "", "reason": "new lens"}, "start-hours"),
        ({"half_hours": "9" * 30, "reason": "new lens"}, "start-hours"),
    ],
)
def test_what_is_refused_stands_beside_its_field(
    house: House, system: int, form: dict[str, str], field: str
) -> None:
    assert system
    answer = house.enter(Role.ENGINEER).post("/maintenance/device/1", data=form)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert f'value="{form["reason"]}"' in answer.text
    assert running(house) == []


def test_the_dispatcher_names_who_is_responsible(house: House, system: int) -> None:
    assert system
    who = house.people[Role.ENGINEER]
    house.enter(Role.DISPATCHER).post("/maintenance/device/1", data={**NEW_LENS, "owner": str(who)})
    assert [window.owner_id for window in running(house)] == [who]
    stranger = {**NEW_LENS, "owner": str(house.people[Role.HEAD])}
    house.enter(Role.ENGINEER).post("/maintenance/device/2", data=stranger)
    assert running(house)[-1].owner_id == who  # an engineer answers for himself


def test_twice_begun_is_told(house: House, system: int) -> None:
    assert system
    browser = house.enter(Role.ENGINEER)
    browser.post("/maintenance/device/1", data=NEW_LENS)
    answer = browser.post("/maintenance/device/1", data=NEW_LENS)
    assert answer.status_code == 409
    assert "is running there already" in answer.text


def test_another_end_and_the_end(house: House, system: int) -> None:
    assert system
    browser = house.enter(Role.ENGINEER)
    browser.post("/maintenance/device/1", data=NEW_LENS)
    [window] = running(house)
    address = f"/maintenance/windows/{window.id}"
    house.clock.passes(hours=1)
    assert browser.post(f"{address}/prolong", data={"half_hours": "x"}).status_code == 422
    browser.post(f"{address}/prolong", data={"half_hours": "16"})
    assert [one.ends_at for one in running(house)] == [house.clock() + timedelta(hours=8)]
    for _ in range(2):  # the second of two clicks
        assert browser.post(f"{address}/end").status_code == 303
    assert running(house) == []
    assert browser.post(f"{address}/prolong", data={"half_hours": "2"}).status_code == 409
    assert "new lens" in browser.get("/maintenance?state=over").text


def test_everybody_sees_until_when(house: House) -> None:
    with transaction(house.parts.database) as tx:
        a_window(tx, house, an_order(tx, house))
        a_fault(tx, house, code="TAMPER")
    for role, address in (
        (Role.SALES, "/"),
        (Role.SALES, "/maintenance"),
        (Role.CUSTOMER, "/sites/1"),
        (Role.CUSTOMER, "/devices/1"),
        (Role.ENGINEER, "/maintenance/device/1"),
    ):
        html = house.enter(role).get(address).text
        assert 'data-due="2026-06-15T02:02:03+00:00"' in html, address
    assert "In maintenance" in house.enter(Role.ENGINEER).get("/devices/1").text


def test_what_waits_for_its_end_is_named_and_is_not_on_the_board(house: House) -> None:
    with transaction(house.parts.database) as tx:
        a_window(tx, house, an_order(tx, house))
        held = a_fault(tx, house, code="TAMPER")
    browser = house.enter(Role.HEAD)
    assert "1 fault: if it is still there at the end" in browser.get("/maintenance/device/1").text
    board = browser.get("/").text
    assert "1 fault waits for its end" in board
    assert f"/devices/{held.device_id}" not in re.sub(
        r'id="in-maintenance".*?</details>', "", board
    )
    history = browser.get("/devices/1").text
    assert "during maintenance" in history


def test_a_site_with_faults_in_maintenance_is_not_said_to_be_well(house: House) -> None:
    browser = house.enter(Role.ENGINEER)
    with transaction(house.parts.database) as tx:
        some_devices(tx, SiteId(1), 2)
    browser.post("/maintenance/site/1", data=NEW_LENS)
    assert "All 2 devices are well" in browser.get("/sites/1").text
    with transaction(house.parts.database) as tx:
        a_fault(tx, house, device=DeviceId(1), code="TAMPER")
    assert "1 of 2 devices has a fault, in maintenance" in browser.get("/sites/1").text
    assert "In maintenance" in browser.get("/sites").text


def test_the_whole_site_holds_its_devices_too(house: House, system: int) -> None:
    assert system
    browser = house.enter(Role.ENGINEER)
    browser.post("/maintenance/site/1", data=NEW_LENS)
    assert "The whole site is in maintenance" in browser.get("/maintenance/device/1").text
    assert "The whole site is in maintenance" in browser.get(f"/maintenance/system/{system}").text


def test_what_is_out_of_use_is_not_worked_on(house: House, system: int) -> None:
    browser = house.enter(Role.ENGINEER)
    with transaction(house.parts.database) as tx:
        system_rows.change(tx, system, {"archived_at": house.clock()})  # type: ignore[arg-type]
    assert browser.get(f"/maintenance/system/{system}").status_code == 404
    for address in ("/maintenance/device/99", "/maintenance/room/1", "/maintenance/device/x"):
        assert browser.get(address).status_code == 404
    assert browser.post("/maintenance/windows/99/end").status_code == 404
