"""The lists in the pseudo-language: also what is said of mistakes, conflicts and files."""

import pytest
from starlette.testclient import TestClient

from rules.model import Role
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
