"""Strangers that say what they are: one click, all at once, or by way of a file."""

import csv
import io
from typing import Any

from rules.model import Link, Role
from storage import devices as device_rows
from storage import journal
from storage.db import reading, transaction
from storage.discovered import Heard, heard
from storage.views import discovered as discovered_view
from tests.web.conftest import START, House
from tests.web.test_imports import upload, yes

GATEWAY = {"type": "gateway", "name": "Coordinator", "model": "SLZB-06"}
DOOR = {"type": "sensor", "name": "金库/门磁", "via": "0x01", "interval_s": 90.0}


def _speaks(house: House, device: str, guess: dict[str, Any], *, site: str = "S-1") -> None:
    one = Heard(
        site=site,
        dialect="zigbee2mqtt",
        device=device,
        at=START,
        messages=1,
        topic="t",
        sample="{}",
        guess=guess,
    )
    with transaction(house.parts.database) as tx:
        heard(tx, [one], keep=100)


def test_one_click_enrols_it_as_what_it_says_it_is(house: House) -> None:
    _speaks(house, "0x02", DOOR)
    browser = house.enter(Role.DISPATCHER)
    assert "金库/门磁" in browser.get("/discovered").text
    form = {"site": "S-1", "dialect": "zigbee2mqtt", "device": "0x02", "as_guessed": "yes"}
    assert browser.post("/discovered/enrol", data=form).status_code == 303
    with reading(house.parts.database) as tx:
        device = device_rows.by_code(tx, "S-1", "0x02")
        assert device
        assert device.spoken_name == ("S-1", "zigbee2mqtt", "0x02")
        assert (device.name, device.type, device.reporting_interval_s) == (
            "金库/门磁",
            "sensor",
            90,
        )
        assert discovered_view.count(tx) == 0


def test_all_of_a_source_at_once_with_the_gateway_before_what_hangs_on_it(house: House) -> None:
    _speaks(house, "0x00", DOOR)  # by its id it would come first
    _speaks(house, "0x01", GATEWAY)
    _speaks(house, "0x03", {"model": "says no type"})
    _speaks(house, "0x04", GATEWAY, site="HOTEL")
    browser = house.enter(Role.HEAD)
    assert "Enrol 2 devices as they say" in browser.get("/discovered").text
    form = {"site": "S-1", "dialect": "zigbee2mqtt"}
    browser.post("/discovered/enrol-all", data=form)
    with reading(house.parts.database) as tx:
        door = device_rows.by_code(tx, "S-1", "0x00")
        gateway = device_rows.by_code(tx, "S-1", "0x01")
        left = {one.device for one in discovered_view.listed(tx, ignored=False, limit=9).rows}
        told = [one.verb for one in journal.after(tx, 0, START)]
    assert door
    assert gateway
    assert door.links == {Link.VIA: gateway.id}
    assert left == {"0x03", "0x04"}
    assert told.count("enrolled") == 2


def test_those_that_are_heard_through_each_other_are_enrolled_all_the_same(house: House) -> None:
    _speaks(house, "a", {"type": "sensor", "via": "b"})
    _speaks(house, "b", {"type": "sensor", "via": "a"})
    form = {"site": "S-1", "dialect": "zigbee2mqtt"}
    house.enter(Role.HEAD).post("/discovered/enrol-all", data=form)
    with reading(house.parts.database) as tx:
        assert device_rows.by_code(tx, "S-1", "a")
        assert device_rows.by_code(tx, "S-1", "b")


def test_an_id_that_cannot_be_a_code_gets_one_and_keeps_its_name(house: House) -> None:
    _speaks(house, "garage/door 2", {})
    browser = house.enter(Role.HEAD)
    asked = {"site": "S-1", "dialect": "zigbee2mqtt", "device": "garage/door 2"}
    assert 'value="garage-door-2"' in browser.get("/discovered/enrol", params=asked).text
    wrong = asked | {"name": "Tür", "code": "garage/door", "type": "sensor"}
    answer = browser.post("/discovered/enrol", data=wrong)
    assert answer.status_code == 422
    assert "A code is 1 to 64 letters" in answer.text
    assert 'value="Tür"' in answer.text
    browser.post("/discovered/enrol", data=wrong | {"code": "garage-door-2"})
    with reading(house.parts.database) as tx:
        device = device_rows.by_code(tx, "S-1", "garage-door-2")
    assert device
    assert device.spoken_name == ("S-1", "zigbee2mqtt", "garage/door 2")


def test_a_file_of_strangers_comes_back_as_devices(house: House) -> None:
    _speaks(house, "garage/door 2", DOOR)
    browser = house.enter(Role.ADMIN)
    taken = browser.get("/discovered.csv")
    rows = list(csv.DictReader(io.StringIO(taken.content.decode("utf-8-sig"))))
    assert rows[0]["dialect_id"] == "garage/door 2"
    assert rows[0]["code"] == "garage-door-2"
    status, shown = upload(browser, "devices", taken.content.decode("utf-8-sig"))
    assert status == 200, shown
    assert "Kept." in browser.post("/import/apply", data=yes(shown)).text
    with reading(house.parts.database) as tx:
        device = device_rows.by_code(tx, "S-1", "garage-door-2")
        assert discovered_view.count(tx) == 0
    assert device
    assert device.spoken_name == ("S-1", "zigbee2mqtt", "garage/door 2")
