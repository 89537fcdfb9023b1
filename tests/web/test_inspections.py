"""A09, B11: a sheet on the phone, point by point, whatever fingers do."""

from datetime import timedelta

import pytest

from rules.inspections import Result
from rules.model import Role
from storage import work_orders as order_rows
from storage.db import reading
from tests.web import inspected
from tests.web.conftest import House
from tests.web.inspected import HTMX, say, told_in
from web.inspecting import fingerprint


def test_it_begins_at_the_first_point_and_leads_from_one_to_the_next(house: House) -> None:
    walk = inspected.planned(house)
    browser = house.enter(Role.ENGINEER)
    assert "Begin the inspection" in browser.get(walk.address).text
    begun = browser.post(f"{walk.address}/start")
    assert begun.headers["location"] == f"{walk.address}/next"
    first = browser.get(f"{walk.address}/next").headers["location"]
    assert first == walk.at("V-0")
    page = say(browser, first, "normal")
    assert f'data-address="{walk.at("V-1")}"' in page
    assert walk.point("V-0").result is Result.NORMAL
    plain = browser.post(walk.at("V-1"), data={"say": "normal"})
    assert plain.status_code == 303
    assert plain.headers["location"] == walk.at("V-2")


def test_abnormal_says_what_and_leads_to_its_order(house: House) -> None:
    walk = inspected.begun(house)
    browser = house.enter(Role.ENGINEER)
    item = walk.item("V-0", "housing")
    address = walk.at("V-0")
    refused = say(browser, address, f"abnormal-{item.id}")
    assert "Say what is wrong" in refused
    assert 'id="note-abnormal-error"' in refused
    assert walk.point("V-0").items[0].result is None
    page = say(browser, address, f"abnormal-{item.id}", note_abnormal="Gehäuse gerissen")
    said = walk.item("V-0", "housing")
    assert (said.result, said.note) == (Result.ABNORMAL, "Gehäuse gerissen")
    assert f'href="/orders/{said.order_id}"' in page
    with reading(house.parts.database) as tx:
        assert [one.id for one in order_rows.all_open(tx)] == [said.order_id]
    assert said.order_id
    assert browser.get(f"/orders/{said.order_id}").status_code == 200


def test_not_checked_needs_its_reason_and_keeps_what_was_typed(house: House) -> None:
    walk = inspected.begun(house)
    browser = house.enter(Role.ENGINEER)
    refused = browser.post(
        walk.at("V-0"), data={"say": "not_checked", "note_not_checked": " "}, headers=HTMX
    )
    assert refused.status_code == 422
    assert 'data-panel="not_checked" aria-labelledby="panel-not_checked"><' in refused.text
    assert not walk.point("V-0").touched
    say(browser, walk.at("V-0"), "not_checked", note_not_checked="机房上锁")
    point = walk.point("V-0")
    assert {(one.result, one.note) for one in point.items} == {(Result.NOT_CHECKED, "机房上锁")}


@pytest.mark.parametrize(
    ("typed", "kept", "said"),
    [
        ("12.6", 12.6, ""),
        ("12,6", 12.6, ""),
        (" 12 ", 12.0, ""),
        ("9.5", None, "outside its limits"),
        ("abc", None, "Give a number in V"),
        ("nan", None, "Give a number in V"),
        ("1e400", None, "Give a number in V"),
    ],
)
def test_a_measured_value_is_held_against_its_limits(
    house: House, typed: str, kept: float | None, said: str
) -> None:
    walk = inspected.begun(house)
    browser = house.enter(Role.ENGINEER)
    volts = walk.item("V-0", "supply_v")
    page = say(browser, walk.at("V-0"), "normal", of=volts.id, value=typed)
    now = walk.item("V-0", "supply_v")
    assert now.value == kept
    if said:
        assert said in page
        assert f'id="wrong-{volts.id}"' in page
        assert f'value="{typed}"' in page
        assert not walk.point("V-0").touched
    else:
        assert walk.point("V-0").result is Result.NORMAL


def test_a_value_outside_goes_in_with_the_abnormal_item(house: House) -> None:
    walk = inspected.begun(house)
    browser = house.enter(Role.ENGINEER)
    volts = walk.item("V-0", "supply_v")
    form = {"of": volts.id, "value": "9.5", "item_abnormal": volts.id}
    say(browser, walk.at("V-0"), "abnormal", note_abnormal="too low", **form)
    now = walk.item("V-0", "supply_v")
    assert (now.result, now.value) == (Result.ABNORMAL, 9.5)


def test_the_same_tap_twice_is_one_answer(house: House) -> None:
    """The second half of a double tap, or a form sent again after the link broke."""
    walk = inspected.begun(house)
    browser = house.enter(Role.ENGINEER)
    point = walk.point("V-0")
    seen = fingerprint(point)
    housing = walk.item("V-0", "housing")
    form = {"seen": seen, "note_abnormal": "gerissen"}
    for _ in range(3):
        page = say(browser, walk.at("V-0"), f"abnormal-{housing.id}", **form)
        assert "Somebody else" not in page
    with reading(house.parts.database) as tx:
        assert len(order_rows.all_open(tx)) == 1
    seen = fingerprint(walk.point("V-0"))
    for _ in range(2):
        page = say(browser, walk.at("V-0"), "normal", seen=seen)
        assert f'data-address="{walk.at("V-1")}"' in page
    assert not walk.point("V-1").touched
    verbs = [one.verb for one in told_in(house)]
    assert verbs.count("inspection_found") == 1


def test_a_stale_page_changes_nothing_and_says_so(house: House) -> None:
    walk = inspected.begun(house)
    mine, other = house.enter(Role.ENGINEER), house.enter(Role.SUPERVISOR)
    housing = walk.item("V-0", "housing")
    seen = fingerprint(walk.point("V-0"))
    say(other, walk.at("V-0"), f"abnormal-{housing.id}", note_abnormal="gerissen")
    stale = mine.post(walk.at("V-0"), data={"say": "normal", "seen": seen}, headers=HTMX)
    assert stale.status_code == 409
    assert "Somebody else has answered this point" in stale.text
    assert walk.item("V-0", "view").result is None


def test_what_is_not_of_the_point_is_not_there(house: House) -> None:
    walk, foreign = inspected.begun(house, "V"), inspected.begun(house, "W")
    browser = house.enter(Role.ENGINEER)
    point = foreign.point("W-0")
    assert browser.get(f"{walk.address}/points/{point.id}").status_code == 404
    assert (
        browser.post(f"{walk.address}/points/{point.id}", data={"say": "normal"}).status_code == 404
    )
    item = foreign.point("W-0").items[0]
    assert browser.post(walk.at("V-0"), data={"say": f"normal-{item.id}"}).status_code == 404
    assert browser.post(walk.at("V-0"), data={"say": "wonderful"}).status_code == 404
    assert browser.get("/inspections/99999").status_code == 404
    assert browser.get("/photos/99999").status_code == 404
    assert not foreign.point("W-0").touched


def test_beside_the_point_stands_what_the_device_itself_reported(house: House) -> None:
    """B11: the chip is read before the answer is given."""
    walk = inspected.begun(house)
    inspected.is_offline(house, "V-1", since=timedelta(hours=30), until=timedelta(hours=29))
    browser = house.enter(Role.ENGINEER)
    page = browser.get(walk.at("V-1")).text
    assert "Offline 1 time this month, 1 h, last on 2026-06-14 Sun" in page
    assert "Well all month by its own report" in browser.get(walk.at("V-0")).text
    assert "设备本月离线 1 次" in house.enter(Role.ENGINEER, "zh").get(walk.at("V-1")).text
