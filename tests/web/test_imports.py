"""A whole list from a file: previewed line by line, kept only by the yes to exactly that."""

import json
import re
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from rules.model import PersonId, Role, SiteId
from storage import customers as customer_rows
from storage import devices as device_rows
from storage import journal, waiting
from storage import people as people_rows
from storage.db import reading, transaction
from tests.storage.assets import some_devices
from tests.web.conftest import START, House
from tests.web.test_records import typed

DEVICES = "site,code,type,name\nS-1,d0,camera,大厅\nS-1,new,switch,交换机\n"


def ring(name: str, width: float) -> dict[str, object]:
    """A square of Chengdu."""
    x, y = 104 + width, 30 + width
    corners = [[104, 30], [x, 30], [x, y], [104, y], [104, 30]]
    area = {"type": "Polygon", "coordinates": [corners]}
    return {"type": "Feature", "properties": {"name": name}, "geometry": area}


RINGS = json.dumps(
    {
        "type": "FeatureCollection",
        "crs": "WGS-84",
        "features": [ring("ring1", 0.1), ring("ring2", 0.2), ring("ring3", 0.3)],
    }
)


@pytest.fixture
def admin(house: House) -> TestClient:
    with transaction(house.parts.database) as tx:
        some_devices(tx, SiteId(1), 2)
    return house.enter(Role.ADMIN)


def upload(browser: TestClient, kind: str, text: str | bytes) -> tuple[int, str]:
    data = text if isinstance(text, bytes) else text.encode()
    files = {"file": ("list.csv", data, "text/csv")}
    answer = browser.post("/import", data={"kind": kind}, files=files)
    return answer.status_code, answer.text


def yes(html: str) -> dict[str, str]:
    """What the button "Apply" would send."""
    return {
        name: found.group(1)
        for name in ("kind", "token", "digest")
        if (found := re.search(f'name="{name}" value="([^"]*)"', html))
    }


def devices(house: House) -> dict[str, str]:
    with reading(house.parts.database) as tx:
        return {one.code: one.name for one in device_rows.of_site(tx, SiteId(1))}


def test_a_preview_shows_each_change_and_keeps_nothing_until_it_is_applied(
    house: House, admin: TestClient
) -> None:
    status, html = upload(admin, "devices", DEVICES)
    assert status == 200
    assert "1 new" in html
    assert "1 changed" in html
    assert '<del translate="no">d0</del> → <ins translate="no">大厅</ins>' in html
    assert devices(house) == {"d0": "d0", "d1": "d1"}
    kept = admin.post("/import/apply", data=yes(html))
    assert "Kept." in kept.text
    assert devices(house) == {"d0": "大厅", "d1": "d1", "new": "交换机"}
    with reading(house.parts.database) as tx:
        verbs = {one.verb: one.person_id for one in journal.after(tx, 0, START)}
    assert verbs["imported"] == verbs["record_changed"] == house.people[Role.ADMIN]
    again = admin.post("/import/apply", data=yes(html))
    assert again.status_code == 422
    assert "applied already" in again.text


def test_every_error_is_shown_with_line_column_value_and_what_is_accepted(
    house: House, admin: TestClient
) -> None:
    text = "site,code,type,ip\nS-1,a b,camera,\nS-9,x,camera,\nS-1,y,kamera,10.0.0\n"
    status, html = upload(admin, "devices", text)
    assert status == 422
    assert "4 errors" in html
    for said in (
        "a b",
        "S-9",
        "kamera",
        "10.0.0",
        "no IP address",
        "one of: camera",
        "add the site",
    ):
        assert said in html, said
    assert yes(html) == {}
    assert len(devices(house)) == 2


def test_what_moved_since_the_preview_is_previewed_again(house: House, admin: TestClient) -> None:
    _, html = upload(admin, "devices", DEVICES)
    other = house.enter(Role.HEAD)
    page = other.get("/manage/devices/1").text
    other.post("/manage/devices/1", data=typed(page, name="换了"))
    moved = admin.post("/import/apply", data=yes(html))
    assert moved.status_code == 409
    assert '<del translate="no">换了</del>' in moved.text
    assert devices(house)["d0"] == "换了"
    assert "Kept." in admin.post("/import/apply", data=yes(moved.text)).text
    assert devices(house)["d0"] == "大厅"


def test_a_preview_is_one_persons_and_lasts_an_hour(house: House, admin: TestClient) -> None:
    _, html = upload(admin, "devices", DEVICES)
    other = house.enter(Role.HEAD)
    assert other.post("/import/apply", data=yes(html)).status_code == 422
    house.clock.passes(minutes=61)
    fresh = house.enter(Role.ADMIN)
    assert fresh.post("/import/apply", data=yes(html)).status_code == 422
    assert len(devices(house)) == 2


def test_the_same_file_again_has_nothing_to_do(admin: TestClient) -> None:
    admin.post("/import/apply", data=yes(upload(admin, "devices", DEVICES)[1]))
    status, html = upload(admin, "devices", DEVICES)
    assert status == 200
    assert "nothing to do" in html
    assert yes(html) == {}


def test_rings_are_proven_and_taken_in(house: House, admin: TestClient) -> None:
    """A03: the map draws them from then on."""
    assert upload(admin, "rings", "{}")[0] == 422
    status, html = upload(admin, "rings", RINGS)
    assert status == 200
    assert admin.get("/map/rings").json()["features"] == []
    assert "Kept." in admin.post("/import/apply", data=yes(html)).text
    drawn = [one["properties"]["zone"] for one in admin.get("/map/rings").json()["features"]]
    assert drawn == ["ring3", "ring2", "ring1"]
    inside = admin.get("/map/place?lon=104.05&lat=30.05&crs=wgs84").text
    assert "Inside ring 1: on site within 2 h." in inside
    page = admin.get("/manage/sites/1").text
    where = {"lon": "104.15", "lat": "30.15", "crs": "wgs84", "zone": "auto"}
    assert admin.post("/manage/sites/1", data=typed(page, **where)).status_code == 303
    assert "Inside ring 2" in admin.get("/sites/1").text
    del house


def test_personal_data_of_a_file_are_not_shown_in_its_preview(
    house: House, admin: TestClient
) -> None:
    """C12."""
    text = "code,name,roles,phone\nP-5,王五,engineer,+8613911112222\nx,吴,engineer,12\n"
    _, html = upload(admin, "people", text)
    assert "+8613911112222" not in html
    _, html = upload(admin, "people", text.rpartition("x,")[0])
    assert "+8613911112222" not in html
    admin.post("/import/apply", data=yes(html))
    with reading(house.parts.database) as tx:
        person = people_rows.by_code(tx, "P-5")
    assert person is not None
    assert person.phone == "+8613911112222"


@pytest.mark.parametrize("data", [b"", b"\x00\x01", b"code,name\nC9", b"\xff\xfe" * 900])
def test_no_file_makes_it_stumble(house: House, admin: TestClient, data: bytes) -> None:
    assert upload(admin, "customers", data)[0] == 422
    assert upload(admin, "rings", data)[0] == 422
    with reading(house.parts.database) as tx:
        assert len(customer_rows.all_customers(tx)) == 1


def test_who_keeps_no_such_list_brings_none(house: House) -> None:
    assert upload(house.enter(Role.SALES), "people", "code\n")[0] == 403
    assert upload(house.enter(Role.DISPATCHER), "customers", "code\n")[0] == 403
    assert upload(house.enter(Role.DISPATCHER), "devices", DEVICES)[0] == 200
    assert upload(house.enter(Role.ADMIN), "nothing", DEVICES)[0] == 404
    with transaction(house.parts.database) as tx:
        people_rows.change(tx, house.people[Role.DISPATCHER], {"all_sites": False})
    assert upload(house.enter(Role.DISPATCHER), "devices", DEVICES)[0] == 403


def test_files_that_wait_are_private_and_swept(house: House) -> None:
    folder, me = house.parts.settings.data / "waiting", PersonId(1)
    token = waiting.keep(folder, me, b"x", START)
    assert [path.stat().st_mode & 0o777 for path in folder.iterdir()] == [0o600]
    assert waiting.read(folder, me, token, START) == b"x"
    assert waiting.read(folder, PersonId(2), token, START) is None
    waiting.keep(folder, me, b"y", START + timedelta(hours=2))
    assert waiting.read(folder, me, token, START) is None
    for n in range(60):
        waiting.keep(folder, me, b"z", START + timedelta(hours=2, seconds=n))
    assert len(list(folder.iterdir())) <= waiting.MOST_WAITING
