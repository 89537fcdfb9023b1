"""One search over everything: what a viewer may see, and nothing besides."""

import re

import pytest
from starlette.testclient import TestClient

from rules.model import Role, SiteId
from storage import customers as customer_rows
from storage import devices as device_rows
from storage.db import transaction
from tests.storage.assets import a_site, some_devices
from tests.web.conftest import House, an_order


@pytest.fixture
def busy(house: House) -> House:
    with transaction(house.parts.database) as tx:
        an_order(tx, house)
        other = a_site(tx, "S-2", customer="C2")
        some_devices(tx, other, 1)
        mine = device_rows.of_site(tx, SiteId(1))[0]
        device_rows.change(tx, mine.id, {"name": "南门枪机", "ip": "10.1.1.21"})
        owner = customer_rows.by_code(tx, "C1")
        assert owner is not None
        customer_rows.change(tx, owner.id, {"name": "锦江商场"})
    return house


def hits(browser: TestClient, words: str) -> set[str]:
    html = browser.get("/search", params={"q": words}).text
    return set(re.findall(r'data-hit href="([^"]+)"', html))


def test_each_kind_is_found_by_what_people_call_it(busy: House) -> None:
    admin = busy.enter(Role.ADMIN)
    assert hits(admin, "南门") == {"/devices/1"}
    assert hits(admin, "10.1.1.21") == {"/devices/1"}
    assert {"/manage/customers/1", "/sites/1"} <= hits(admin, "锦江")
    assert "/orders/1" in hits(admin, "2026-0")
    assert f"/manage/people/{busy.people[Role.HEAD]}" in hits(admin, "王2")
    assert hits(admin, "S-1 nowhere") == set()


def test_a_customer_finds_their_own_and_nothing_of_ours(busy: House) -> None:
    """C12: sites say where, roles say what."""
    customer = busy.enter(Role.CUSTOMER)
    assert "/sites/1" in hits(customer, "S-")
    assert "/sites/2" not in hits(customer, "S-")
    assert hits(customer, "锦江") == {"/sites/1"}
    assert hits(customer, "王2") == set()
    assert hits(customer, "C2") == set()
    assert "/devices/4" not in hits(customer, "d0")


@pytest.mark.parametrize("role", [Role.ENGINEER, Role.DISPATCHER, Role.SALES])
def test_people_are_found_by_who_keeps_them_alone(busy: House, role: Role) -> None:
    assert not any("/people/" in hit for hit in hits(busy.enter(role), "王"))


@pytest.mark.parametrize("words", ["", " ", "a", "%", "_", "'", "x" * 500, "\x00a", "🙂", "%%"])
def test_no_words_make_it_stumble(busy: House, words: str) -> None:
    admin = busy.enter(Role.ADMIN)
    answer = admin.get("/search", params={"q": words})
    assert answer.status_code == 200
    assert "data-hit" not in answer.text


def test_the_dialog_gets_the_hits_alone(busy: House) -> None:
    admin = busy.enter(Role.ADMIN)
    answer = admin.get("/search?q=S-1", headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert 'data-hit href="/sites/1"' in answer.text
