"""The first run without the demo: from the token in the log to the first device."""

import pytest

from operations import setup as setup_desk
from rules.model import Role, Zone
from storage import company
from storage import people as people_rows
from storage import sites as site_rows
from storage.db import reading, transaction
from storage.discovered import Heard, heard
from tests.web.conftest import START, House


@pytest.fixture
def token(empty_house: House) -> str:
    with transaction(empty_house.parts.database) as tx:
        return setup_desk.create_token(tx, empty_house.clock())


def form(token: str, **changed: str) -> dict[str, str]:
    return {
        "token": token,
        "company": "安信智能",
        "timezone": "Asia/Shanghai",
        "city_hours": "5",
        "name": "陈涛",
        "login": "Chen.Tao",
        "email": "chen@example.com",
        "password": "vier gute worte hier",
        "again": "vier gute worte hier",
        "customer": "某银行",
        "site_code": "BANK-01",
        "site_name": "春熙路支行",
        "zone": "city",
        "on_site_hours": "",
        **changed,
    }


def test_everything_leads_to_the_set_up_until_it_is_done(empty_house: House) -> None:
    browser = empty_house.browser()
    for address in ("/", "/rota", "/login"):
        assert browser.get(address).headers["location"] == "/setup"
    assert "Set up Ringwatch" in browser.get("/setup?token=abc").text


def test_the_company_is_founded_in_one_step(empty_house: House, token: str) -> None:
    browser = empty_house.browser()
    answer = browser.post("/setup", data=form(token))
    assert answer.headers["location"] == "/setup/device"
    with reading(empty_house.parts.database) as tx:
        assert company.fact(tx, "name") == "安信智能"
        assert company.fact(tx, "city_hours") == 5
        site = site_rows.by_code(tx, "BANK-01")
        [chen] = people_rows.all_staff(tx)
    assert site is not None
    assert (site.zone, site.on_site_hours) == (Zone.CITY, 5)
    assert chen.roles == {Role.ADMIN, Role.HEAD}
    waiting = browser.get("/setup/device")
    assert "Waiting for the first device" in waiting.text
    assert "ringwatch/v1/BANK-01/camera-1/health" in waiting.text


@pytest.mark.parametrize(
    ("zone", "hours", "rule"),
    [
        ("ring1", "2", "table"),
        ("ring1", "", "table"),
        ("ring1", "1.5", "shortened"),
        ("city", "5", "table"),
        ("remote", "24", "contract"),
    ],
)
def test_the_first_site_knows_by_which_rule_it_has_its_hours(
    empty_house: House, token: str, zone: str, hours: str, rule: str
) -> None:
    """A03, A18: only who has the table's hours follows the table when it changes."""
    more = {"zone": zone, "on_site_hours": hours}
    empty_house.browser().post("/setup", data=form(token, **more))
    with reading(empty_house.parts.database) as tx:
        site = site_rows.by_code(tx, "BANK-01")
    assert site is not None
    assert site.on_site_rule == f"zones.rule.{rule}"


def test_the_first_device_appears_while_the_page_waits(empty_house: House, token: str) -> None:
    browser = empty_house.browser()
    browser.post("/setup", data=form(token))
    with transaction(empty_house.parts.database) as tx:
        one = Heard(site="BANK-01", device="cam-1", at=START, messages=1, topic="t", sample="{}")
        heard(tx, [one], keep=10)
    seen = browser.get("/setup/device/seen", headers={"HX-Request": "true"}).text
    assert "cam-1 at BANK-01 was heard" in seen
    assert "/discovered/enrol?site=BANK-01&amp;device=cam-1" in seen


def test_the_set_up_is_gone_when_it_is_done(empty_house: House, token: str) -> None:
    assert empty_house.browser().post("/setup", data=form(token)).status_code == 303
    assert empty_house.browser().get("/setup").status_code == 404
    assert empty_house.browser().post("/setup", data=form(token)).status_code == 404


def test_a_wrong_used_or_old_token_founds_nothing(empty_house: House, token: str) -> None:
    wrong = empty_house.browser().post("/setup", data=form("not-the-token"))
    assert wrong.status_code == 422
    assert "not valid" in wrong.text
    empty_house.clock.passes(hours=25)
    assert empty_house.browser().post("/setup", data=form(token)).status_code == 422
    with reading(empty_house.parts.database) as tx:
        assert setup_desk.needed(tx)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"company": " "}, "cannot stay empty"),
        ({"timezone": "Mars/Olympus"}, "No such time zone"),
        ({"city_hours": "soon", "zone": "ring1"}, "Hours as a figure"),
        ({"city_hours": "", "zone": "city"}, "name no hours"),
        ({"zone": "remote"}, "name no hours"),
        ({"zone": "ring1", "on_site_hours": "3"}, "at most 2 hours"),
        ({"on_site_hours": "-1"}, "Hours as a figure"),
        ({"on_site_hours": "nan"}, "Hours as a figure"),
        ({"login": "two words"}, "Without spaces"),
        ({"email": "nobody"}, "Not a mail address"),
        ({"site_code": "a/b"}, "Letters, digits"),
        ({"password": "short", "again": "short"}, "at least 10"),
        ({"again": "something else"}, "do not match"),
    ],
)
def test_mistakes_stand_beside_their_field_and_nothing_typed_is_lost(
    empty_house: House, token: str, changed: dict[str, str], said: str
) -> None:
    answer = empty_house.browser().post("/setup", data=form(token, **changed))
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="某银行"' in answer.text
    assert "vier gute worte" not in answer.text, "passwords are typed anew"
    with reading(empty_house.parts.database) as tx:
        assert setup_desk.needed(tx)


def test_two_who_found_at_once_found_one_company(empty_house: House, token: str) -> None:
    with transaction(empty_house.parts.database) as tx:
        other = setup_desk.create_token(tx, empty_house.clock())
    assert empty_house.browser().post("/setup", data=form(token)).status_code == 303
    assert empty_house.browser().post("/setup", data=form(other)).status_code == 404
