"""A page that cannot be shown says what happened and what to do, in the reader's language."""

from pathlib import Path

import pytest
from fastapi import APIRouter
from starlette.testclient import TestClient

from rules.model import Role
from storage.db import ConflictError, connect
from tests.web.conftest import HOST, ORIGIN, START, House
from web.main import build
from wiring.in_force import Figures
from wiring.parts import Parts
from wiring.settings import Settings

HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize(
    ("language", "said"), [("en", "There is nothing at this address"), ("zh", "这个地址没有内容")]
)
def test_an_address_nobody_serves(house: House, language: str, said: str) -> None:
    answer = house.enter(Role.HEAD, language).get("/nothing-here")
    assert answer.status_code == 404
    assert said in answer.text
    assert "王2" in answer.text, "the frame knows who is logged in"


def test_a_stranger_is_told_the_same(house: House) -> None:
    assert house.browser().get("/nothing-here").status_code == 404


def test_a_number_that_is_none_is_an_address_of_nothing(house: House) -> None:
    assert house.enter(Role.HEAD).get("/rejects/abc").status_code == 404
    assert house.enter(Role.HEAD).get("/rejects/999").status_code == 404
    assert house.enter(Role.HEAD).get("/rejects/99999999999999999999999").status_code == 404


def test_what_is_not_open_says_who_can_open_it(house: House) -> None:
    answer = house.enter(Role.SALES).get("/rejects")
    assert answer.status_code == 403
    assert "Your role does not include this" in answer.text


def test_a_wrong_method_is_explained(house: House) -> None:
    assert house.enter(Role.HEAD).get("/logout").status_code == 405


def test_htmx_gets_a_note_for_the_page_that_is_there(house: House) -> None:
    answer = house.enter(Role.SALES).get("/rejects", headers=HTMX)
    assert answer.status_code == 403
    assert answer.headers["hx-retarget"] == "#note"
    assert "<html" not in answer.text
    assert "not open to you" in answer.text


@pytest.fixture
def broken(house: House) -> TestClient:
    """The same house with a page that fails in the ways pages fail."""
    router = APIRouter()

    @router.get("/boom")
    def boom() -> None:
        raise RuntimeError("a secret detail")

    @router.get("/conflict")
    def conflict() -> None:
        raise ConflictError("busy")

    house.app = build(house.parts)
    house.app.include_router(router)
    client = TestClient(house.app, headers=ORIGIN, raise_server_exceptions=False)
    client.cookies.set("language", "en", domain=HOST)
    return client


def test_our_own_mistake_shows_no_detail(broken: TestClient) -> None:
    answer = broken.get("/boom")
    assert answer.status_code == 500
    assert "We made a mistake" in answer.text
    assert "secret detail" not in answer.text
    assert answer.headers["content-security-policy"]


def test_a_conflict_asks_to_try_again(broken: TestClient) -> None:
    answer = broken.get("/conflict")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.db", "postgresql://127.0.0.1:1/none"])
def test_a_dead_database_is_told_to_people_and_machines(tmp_path: Path, url: str) -> None:
    database, settings = connect(url), Settings(data=tmp_path)
    parts = Parts(
        settings=settings,
        database=database,
        telemetry=database,
        figures=Figures(settings.policy),
        clock=lambda: START,
    )
    client = TestClient(build(parts), headers=ORIGIN, raise_server_exceptions=False)
    client.cookies.set("language", "en", domain=HOST)
    page = client.get("/login")
    assert page.status_code == 503
    assert "database cannot be reached" in page.text
    assert "ringwatch doctor" in page.text
    health = client.get("/healthz")
    assert health.status_code == 503
    assert health.json() == {"ok": False, "parts": {"database": "failing"}}
    database.close()
