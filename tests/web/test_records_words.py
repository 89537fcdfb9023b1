"""The lists in the pseudo-language: also what is said of mistakes, conflicts and files."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

import web
from rules.model import Role, SiteId
from storage import systems as system_rows
from storage.db import transaction
from tests.web.conftest import House
from tests.web.test_pseudo import Ear
from tests.web.test_records import typed

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

GOOD = b"site,code,type,via\nS-1,q,camera,\n"
BAD = b"site,code,type,ip\nS-9,q,kamera,\nS-1,a b,camera,1\n"


@pytest.fixture
def admin(house: House) -> TestClient:
    return house.enter(Role.ADMIN, "xx")


def bare(html: str) -> list[str]:
    ear = Ear()
    ear.feed(html)
    return ear.bare


def upload(browser: TestClient, kind: str, data: bytes) -> str:
    return browser.post("/import", data={"kind": kind}, files={"file": ("a.csv", data)}).text


def test_mistakes_and_conflicts_are_said_in_the_readers_language(admin: TestClient) -> None:
    page = admin.get("/manage/sites/1").text
    mistaken = admin.post("/manage/sites/1", data=typed(page, on_site_hours="900", lon="x"))
    assert (mistaken.status_code, bare(mistaken.text)) == (422, [])
    late = admin.post("/manage/sites/1", data={**typed(page, name="新"), "stamp": "old"})
    assert (late.status_code, bare(late.text)) == (409, [])


def test_the_archive_is_said_in_the_readers_language(admin: TestClient) -> None:
    assert admin.post("/manage/customers/1/archive").status_code == 303
    for path in ("/manage/customers/1", "/manage/sites/1", "/manage/sites?archived=1", "/sites/1"):
        assert bare(admin.get(path).text) == [], path
    refused = admin.post("/manage/sites/1/restore")
    assert (refused.status_code, bare(refused.text)) == (409, [])


@pytest.mark.parametrize(
    ("kind", "data"), [("devices", GOOD), ("devices", BAD), ("rings", b"{}"), ("people", b"")]
)
def test_previews_are_said_in_the_readers_language(
    admin: TestClient, kind: str, data: bytes
) -> None:
    assert bare(upload(admin, kind, data)) == []


def test_kinds_of_systems_are_said_and_a_word_of_ones_own_stays(house: House) -> None:
    with transaction(house.parts.database) as tx:
        for kind in ("video", "intrusion", "greenhouse"):
            row = {"site_id": SiteId(1), "code": kind[:3], "name": "甲", "kind": kind}
            system_rows.add(tx, [row])
    listed = house.enter(Role.ADMIN, "zh").get("/manage/systems").text
    for word in ("视频监控", "入侵报警", '<span class="code" translate="no">greenhouse<'):
        assert word in listed
    assert "video" not in listed


def test_the_buttons_of_the_map_are_named_in_the_readers_language(house: House) -> None:
    drawn = house.enter(Role.ADMIN, "zh").get("/manage/sites/1").text
    assert 'data-zoom-in="放大" data-zoom-out="缩小"' in drawn
    script = (Path(web.__file__).parent / "static" / "map.js").read_text(encoding="utf-8")
    assert "zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut" in script
