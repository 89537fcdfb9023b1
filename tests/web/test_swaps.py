"""E08: another unit at the same point in one step; history, label and orders stay."""

import re
from datetime import date

import pytest

from operations import stickers as sticker_desk
from rules.assets import Device
from rules.model import DeviceId, Role, SiteId
from rules.swaps import OF_THE_UNIT, Unit
from storage import devices as device_rows
from storage import faults as fault_rows
from storage import journal, revision, units
from storage import stickers as sticker_rows
from storage.db import reading, transaction
from tests.web.conftest import START, House, an_order

OLD = {
    "model": "DS-2CD2T47",
    "serial": "E1",
    "mac": "44:19:b6:00:00:01",
    "supplier": "Hik",
    "dialect": "axis",
    "dialect_id": "ACCC8E000001",
    "installed_on": date(2020, 1, 1),
    "warranty_end": date(2022, 1, 1),
}
NEW = {
    "model": "DS-2CD2T47",
    "serial": "E2",
    "mac": "44-19-B6-00-00-02",
    "installed": "2026-06-15",
    "warranty_end": "2028-06-15",
    "dialect": "axis",
    "dialect_id": "ACCC8E000002",
}


@pytest.fixture
def camera(house: House) -> Device:
    """With an order and a label; two neighbours."""
    with transaction(house.parts.database) as tx:
        an_order(tx, house)
        camera = device_rows.of_site(tx, SiteId(1))[0]
        device_rows.change(tx, camera.id, OLD)
        by = house.people[Role.ADMIN]
        sticker_desk.make(tx, SiteId(1), [camera.id], revoke_old=False, by=by, now=START)
    return again(house, camera.id)


def again(house: House, device_id: DeviceId) -> Device:
    with reading(house.parts.database) as tx:
        found = device_rows.get(tx, device_id)
    assert found is not None
    return found


def kept(house: House, camera: Device) -> list[Unit]:
    with reading(house.parts.database) as tx:
        return units.of_device(tx, camera.id)


def sends(house: House, camera: Device, **cells: str) -> tuple[int, str]:
    """The form as it is drawn, with these cells typed into it."""
    browser = house.enter(Role.ENGINEER)
    html = browser.get(f"/devices/{camera.id}/swap").text
    stamp = re.findall(r'name="stamp" value="(\w+)"', html)[0]
    fields = {name: cells.pop(name, "") for name in OF_THE_UNIT}
    was = {f"was.{name}": "" for name in OF_THE_UNIT}
    form = {"reason": "lightning", "whereabouts": "repair", "stamp": stamp, **fields, **was}
    answer = browser.post(f"/devices/{camera.id}/swap", data={**form, **cells})
    return answer.status_code, answer.text


def test_the_new_unit_takes_its_place_in_one_step(house: House, camera: Device) -> None:
    with reading(house.parts.database) as tx:
        before = revision.current(tx)
    assert sends(house, camera, **NEW)[0] == 303
    new = again(house, camera.id)
    assert (new.code, new.name, new.links, new.ip) == (
        *(camera.code, camera.name, camera.links, camera.ip),
    )
    assert (new.serial, new.mac, new.dialect_id) == ("E2", "44:19:b6:00:00:02", "ACCC8E000002")
    assert (new.installed_on, new.warranty_end) == (date(2026, 6, 15), date(2028, 6, 15))
    assert new.supplier == ""  # said nothing of: nobody knows it of the new one
    [old] = kept(house, camera)
    assert (old.serial, old.dialect_id, old.warranty_end) == (
        *("E1", "ACCC8E000001", date(2022, 1, 1)),
    )
    assert (old.reason, old.whereabouts, old.removed_at) == ("lightning", "repair", START)
    with reading(house.parts.database) as tx:
        assert revision.current(tx) > before  # the collector knows it by its new name
        assert [one.device_id for one in sticker_rows.of_site(tx, SiteId(1))] == [camera.id]
        assert fault_rows.open_of_device(tx, camera.id)[0].order_id
        verbs = {one.verb: one.person_id for one in journal.after(tx, 0, START, limit=100)}
    assert verbs["device_swapped"] == verbs["record_changed"] == house.people[Role.ENGINEER]
    page = house.enter(Role.ENGINEER).get(f"/devices/{camera.id}/swap").text
    assert "E1" in page
    assert "E2" in page


def test_what_is_likely_the_same_is_there_already(house: House, camera: Device) -> None:
    html = house.enter(Role.ENGINEER).get(f"/devices/{camera.id}/swap").text
    assert 'name="model" type="text" value="DS-2CD2T47"' in html
    assert 'name="serial" type="text" value=""' in html
    assert 'name="installed" type="date" value="2026-06-15"' in html


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({**NEW, "reason": " "}, "reason"),
        ({**NEW, "whereabouts": "lost"}, "whereabouts"),
        ({**NEW, "mac": "no mac"}, "mac"),
        ({**NEW, "warranty_end": "soon"}, "warranty_end"),
        ({**NEW, "serial": "E1", "mac": ""}, "serial"),
        ({**NEW, "serial": "", "mac": ""}, "serial"),
        ({**NEW, "serial": "E9"}, "serial"),
        ({**NEW, "mac": "44:19:b6:00:00:09"}, "mac"),
    ],
)
def test_what_is_refused_changes_nothing(
    house: House, camera: Device, cells: dict[str, str], field: str
) -> None:
    """A neighbour has serial E9 and a MAC of its own."""
    with transaction(house.parts.database) as tx:
        neighbour = device_rows.of_site(tx, SiteId(1))[1]
        device_rows.change(tx, neighbour.id, {"serial": "E9", "mac": "44:19:b6:00:00:09"})
    status, html = sends(house, camera, **cells)
    assert status == 422
    assert "field-error" in html
    assert re.search(rf'id="{field}"[^>]*', html)
    assert again(house, camera.id) == camera
    assert kept(house, camera) == []


def test_a_number_of_a_device_out_of_use_is_free_again(house: House, camera: Device) -> None:
    with transaction(house.parts.database) as tx:
        neighbour = device_rows.of_site(tx, SiteId(1))[1]
        device_rows.change(tx, neighbour.id, {"serial": "E2", "archived_at": START})
    assert sends(house, camera, **NEW)[0] == 303


def test_the_first_unit_may_come_back_from_repair(house: House, camera: Device) -> None:
    assert sends(house, camera, **NEW)[0] == 303
    assert sends(house, camera, **{**NEW, "serial": "E1", "mac": "44:19:b6:00:00:01"})[0] == 303
    assert [one.serial for one in kept(house, camera)] == ["E2", "E1"]
    html = house.enter(Role.ENGINEER).get(f"/devices/{camera.id}/swap").text
    assert "Units that stood here before" in html


def test_who_was_slower_looks_once_more(house: House, camera: Device) -> None:
    status, html = sends(house, camera, **NEW, stamp="0" * 16)
    assert status == 422
    assert "Somebody changed this device meanwhile" in html
    assert again(house, camera.id) == camera


def test_what_is_out_of_use_has_no_unit(house: House, camera: Device) -> None:
    with transaction(house.parts.database) as tx:
        device_rows.change(tx, camera.id, {"archived_at": START})
    browser = house.enter(Role.ENGINEER)
    for ask in (browser.get, browser.post):
        assert ask(f"/devices/{camera.id}/swap").status_code == 404
