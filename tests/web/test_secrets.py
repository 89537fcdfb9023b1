"""What must never stand in a log: passwords, tokens, links, and what people are called."""

import logging

import pytest
from fastapi import APIRouter
from sqlalchemy.exc import IntegrityError
from starlette.testclient import TestClient

from operations import passwords
from rules.model import Role
from storage import people as people_rows
from storage.db import transaction
from tests.web.conftest import ORIGIN, PASSWORD, House
from web.main import build
from wiring.logs import Line

LINK = "k3yOfAPager-abcdefghijklmnopqrstuvwxyz"


def told(caplog: pytest.LogCaptureFixture) -> str:
    """As it would be written, traces included; the browser's own log is not ours."""
    line = Line("web", as_json=False, secrets=[])
    ours = [one for one in caplog.records if not one.name.startswith("http")]
    return "\n".join(line.format(record) for record in ours)


@pytest.fixture(autouse=True)
def _all_of_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


def test_a_password_is_in_no_log_right_or_wrong(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    browser = house.browser()
    for tried in ("not the password", PASSWORD):
        browser.post("/login", data={"name": "engineer", "password": tried})
    browser.get("/")
    said = told(caplog)
    assert "not the password" not in said
    assert PASSWORD not in said
    assert browser.cookies["ringwatch"] not in said


@pytest.mark.parametrize("key", ["/l/", "/a/", "/ics/"])
def test_a_personal_link_that_fails_is_not_told_whole(
    house: House, caplog: pytest.LogCaptureFixture, key: str
) -> None:
    broken = APIRouter()

    @broken.get(f"{key}{{token}}/boom")
    def boom(token: str) -> None:
        raise RuntimeError(str(len(token)))

    house.app = build(house.parts)
    house.app.include_router(broken)
    client = TestClient(house.app, headers=ORIGIN, raise_server_exceptions=False)
    assert client.get(f"{key}{LINK}/boom").status_code == 500
    said = told(caplog)
    assert "an answer could not be made" in said
    assert f"{key}***" in said
    assert LINK not in said


def test_what_the_database_refused_is_told_without_names(house: House) -> None:
    """An error of the driver ends in logs and rejects: statement yes, values no."""
    row = {"code": "P-1", "name": "王秘密", "roles": [Role.HEAD], "all_sites": True}
    row |= {"phone": "+8613900001111", "channels": [], "language": "xx"}
    with pytest.raises(IntegrityError) as refused, transaction(house.parts.database) as tx:
        people_rows.add(tx, [row])
    assert "王秘密" not in str(refused.value).split("DETAIL")[0]
    assert "+8613900001111" not in str(refused.value).split("DETAIL")[0]
    assert "INSERT INTO people" in str(refused.value)


def test_only_hashes_are_kept(house: House) -> None:
    browser = house.enter(Role.HEAD)
    token = browser.cookies["ringwatch"]
    with transaction(house.parts.database) as tx:
        kept = str(tx.exec_driver_sql("SELECT * FROM sessions").all())
        kept += str(tx.exec_driver_sql("SELECT * FROM logins").all())
    assert token not in kept
    assert passwords.token_hash(token) in kept
    assert PASSWORD not in kept
    assert "$argon2id$" in kept
