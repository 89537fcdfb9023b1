"""A18 in the browser: figures with who, why, from when; remarks on the rules."""

import re

import pytest

from rules import figures
from rules.model import Role
from storage import policy as policy_rows
from storage.db import reading, transaction
from storage.tables.company import sites
from tests.web.conftest import House
from web.figures import GROUPS
from words import has

RING1 = "/policy/zone_hours.ring1"


def form(value: str, why: str = "agreed with the customers", **more: str) -> dict[str, str]:
    return {"value": value, "why": why, **more}


def test_a_change_counts_for_this_process_at_once(house: House) -> None:
    answer = house.enter(Role.HEAD).post(RING1, data=form("1.5"))
    assert answer.headers["location"] == RING1
    assert house.parts.policy.zone_hours.ring1 == 1.5
    html = house.enter(Role.SALES).get(RING1).text
    for piece in ("1.5 h", "agreed with the customers", "王2", "Changed here", "Holds now"):
        assert piece in html
    assert 'name="why"' not in html  # who may only look has no form


def test_a_later_change_counts_from_its_instant_by_the_companys_clocks(house: House) -> None:
    """It is 09:02:03 in Shanghai; from noon on, and not before."""
    browser = house.enter(Role.ADMIN)
    browser.post(RING1, data=form("1", when="later", at="2026-06-15T12:00"))
    assert house.parts.policy.zone_hours.ring1 == 2
    html = browser.get("/policy").text
    assert "One change is still to come" in html
    house.clock.passes(hours=2, minutes=57, seconds=56)
    assert house.parts.policy.zone_hours.ring1 == 2
    house.clock.passes(seconds=1)
    assert house.parts.policy.zone_hours.ring1 == 1


def test_a_coming_change_is_withdrawn_with_a_button(house: House) -> None:
    browser = house.enter(Role.ADMIN)
    browser.post(RING1, data=form("1", when="later", at="2026-06-16T12:00"))
    html = browser.get(RING1).text
    [address] = re.findall(r'action="(/policy/changes/\d+/withdraw)"', html)
    assert browser.post(address).status_code == 303
    house.clock.passes(days=2)
    assert house.parts.policy.zone_hours.ring1 == 2
    assert "Withdrawn" in house.enter(Role.ADMIN).get(RING1).text


def test_a_figure_is_given_back_to_the_settings(house: House) -> None:
    browser = house.enter(Role.ADMIN)
    browser.post(RING1, data=form("1"))
    seen = re.findall(r'name="seen" value="(\d+)"', browser.get(RING1).text)[0]
    answer = browser.post(RING1, data=form("", back="yes", seen=seen))
    assert answer.status_code == 303
    assert house.parts.policy.zone_hours.ring1 == 2
    assert "as the settings say" in browser.get(RING1).text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (form("soon"), "A figure from 0 to 8784"),
        (form("1", why=""), "A reason of 3"),
        (form("1", when="later", at="2020-01-01T00:00"), "three years ahead"),
        (form("1", when="later", at="then"), "three years ahead"),
    ],
)
def test_a_mistake_stands_beside_its_field_and_what_was_typed_is_kept(
    house: House, sent: dict[str, str], said: str
) -> None:
    answer = house.enter(Role.ADMIN).post(RING1, data=sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'name="value" type="text" value="{sent["value"]}"' in answer.text
    assert f">{sent['why']}</textarea>" in answer.text
    with reading(house.parts.database) as tx:
        assert policy_rows.everything(tx) == []


def test_two_forms_open_at_once(house: House) -> None:
    browser = house.enter(Role.ADMIN)
    browser.post(RING1, data=form("1.5", seen="0"))
    answer = house.enter(Role.HEAD).post(RING1, data=form("1", seen="0"))
    assert answer.status_code == 422
    assert "Somebody changed this figure" in answer.text


def test_figures_are_found_by_word_and_by_what_was_changed(house: House) -> None:
    browser = house.enter(Role.HEAD)
    browser.post("/policy/limits.TEMP_HIGH.raise_at", data=form("48"))
    html = browser.get("/policy?changed=1").text
    assert "48 °C" in html
    assert "instead of 50 °C" in html
    assert "zone_hours.ring1" not in html
    assert "ladder.again_s" in browser.get("/policy?q=Called+again").text
    assert "No figure matches" in browser.get("/policy?q=nowhere").text


def test_every_figure_has_a_name_a_group_and_a_page(house: House) -> None:
    """Also one that is added tomorrow: in both languages."""
    browser = house.enter(Role.ADMIN, "zh")
    for figure in figures.every():
        key = f"figure.limit.{figure.last}" if figure.code else f"figure.{figure.name}"
        assert has(key), figure.name
        assert figure.group in GROUPS, figure.name
    for figure in figures.every()[::7]:
        assert browser.get(f"/policy/{figure.name}").status_code == 200, figure.name
    assert browser.get("/policy/no.such.figure").status_code == 404


def test_the_figures_of_common_causes_stand_together_and_are_changed(house: House) -> None:
    browser = house.enter(Role.HEAD)
    html = browser.get("/policy?group=common_causes").text
    for piece in ("One cause for many", "Share of a site", "20 %", "5 min", "Sites at once"):
        assert piece in html, piece
    browser.post("/policy/common_causes.share_pct", data=form("12.5 %"))
    assert house.parts.policy.common_causes.share_pct == 12.5


def test_a_remark_is_written_by_anybody_and_reviewed_by_the_head_once(house: House) -> None:
    """A18: problems in applying the rules are recorded and reviewed."""
    sales = house.enter(Role.SALES)
    assert sales.post("/remarks", data={"clause": "A03", "text": " "}).status_code == 422
    sales.post("/remarks", data={"clause": "A03", "text": "2 h is too short at 8 in the morning"})
    html = house.enter(Role.SALES).get("/remarks").text
    assert "too short" in html
    assert "/review" not in html
    head = house.enter(Role.HEAD)
    assert head.post("/remarks/1/review", data={"outcome": ""}).status_code == 422
    head.post("/remarks/1/review", data={"outcome": "kept: the contract says so"})
    house.enter(Role.ADMIN).post("/remarks/1/review", data={"outcome": "changed my mind"})
    html = sales.get("/remarks?state=reviewed").text
    assert "kept: the contract says so" in html
    assert "changed my mind" not in html
    assert "Nothing to review" in sales.get("/remarks").text


def test_a_remark_begins_with_the_figure_it_is_about(house: House) -> None:
    html = house.enter(Role.ENGINEER).get("/remarks?about=zone_hours.ring2").text
    assert 'value="Time to be on site: Between rings 1 and 2"' in html


def test_pages_show_the_hours_a_site_has_now(house: House) -> None:
    """A03: whoever looks at a site is told what the next order will be given."""
    with transaction(house.parts.database) as tx:
        tx.execute(sites.update().values(on_site_rule="zones.rule.table"))
    browser = house.enter(Role.HEAD)
    browser.post(RING1, data=form("1.5"))
    for address in ("/sites", "/sites/1"):
        assert "1.5 h" in browser.get(address).text, address
