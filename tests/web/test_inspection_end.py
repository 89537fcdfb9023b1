"""A09, B04, B11: how a sheet ends: closed, signed, doubted, decided, issued."""

import io
from datetime import timedelta

from PIL import Image

from rules.inspections import Decision, Result, Stand
from rules.model import Role
from tests.web import inspected
from tests.web.conftest import House
from tests.web.inspected import HTMX, a_signature, say, told_in


def test_the_rest_is_closed_with_one_reason_and_the_sheet_finished(house: House) -> None:
    walk = inspected.begun(house)
    browser = house.enter(Role.ENGINEER)
    say(browser, walk.at("V-0"), "normal")
    early = browser.post(f"{walk.address}/finish", data={"text": "fine"}, headers=HTMX)
    assert early.status_code == 422
    assert "points have no result yet" in early.text
    silent = browser.post(f"{walk.address}/rest", data={"text": " "}, headers=HTMX)
    assert 'id="rest-error"' in silent.text
    browser.post(f"{walk.address}/rest", data={"text": "store closed"})
    assert walk.point("V-1").result is Result.NOT_CHECKED
    browser.post(f"{walk.address}/finish", data={"text": "come again Monday"})
    assert walk.stands() is Stand.TO_SIGN
    assert walk.sheet.inspection.remarks == "come again Monday"
    twice = browser.post(f"{walk.address}/finish", data={"text": "x"}, headers=HTMX)
    assert twice.status_code == 422
    assert walk.sheet.inspection.remarks == "come again Monday"


def test_the_customer_signs_on_the_glass(house: House) -> None:
    walk = inspected.begun(house)
    browser = house.enter(Role.ENGINEER)
    assert browser.get(f"{walk.address}/sign").headers["location"] == walk.address
    walk.finished()
    assert "data-glass" in browser.get(f"{walk.address}/sign").text
    drawn = a_signature()
    nameless = browser.post(f"{walk.address}/sign", data={"signer_name": " ", "drawn": drawn})
    assert nameless.status_code == 422
    assert 'id="signer_name-error"' in nameless.text
    assert drawn in nameless.text
    blank = browser.post(f"{walk.address}/sign", data={"signer_name": "刘强", "drawn": ""})
    assert "Nothing is signed yet" in blank.text
    assert 'value="刘强"' in blank.text
    for _ in range(2):
        signed = browser.post(f"{walk.address}/sign", data={"signer_name": "刘强", "drawn": drawn})
        assert signed.headers["location"] == walk.address
    assert walk.sheet.inspection.signer_name == "刘强"
    picture = browser.get(f"{walk.address}/signature")
    assert picture.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(picture.content)).mode == "L"
    lines = [one for one in told_in(house) if one.verb == "inspection_handed_over"]
    assert [one.person_id for one in lines] == [house.people[Role.ENGINEER]]


def test_nobody_there_to_sign_needs_a_reason(house: House) -> None:
    walk = inspected.begun(house)
    walk.finished()
    browser = house.enter(Role.ENGINEER)
    assert "Say why" in browser.post(f"{walk.address}/unsigned", data={"reason": ""}).text
    browser.post(f"{walk.address}/unsigned", data={"reason": "manager away"})
    assert walk.stands() is Stand.TO_ISSUE


def test_what_contradicts_the_device_waits_for_the_head(house: House) -> None:
    """B11: nothing is issued before each contradiction is decided, with a reason, by the head."""
    walk = inspected.begun(house)
    inspected.is_offline(house, "V-1", since=timedelta(hours=5))
    walk.signed()
    assert walk.stands() is Stand.TO_DECIDE
    head, engineer = house.enter(Role.HEAD), house.enter(Role.ENGINEER)
    page = head.get(walk.address).text
    assert "Said to be normal; the device reported" in page
    assert "Issue the report" not in page
    assert head.post(f"{walk.address}/issue", headers=HTMX).status_code == 422
    where = f"{walk.at('V-1')}/decide"
    assert engineer.post(where, data={"decision": "stands", "reason": "x"}).status_code == 403
    assert 'id="decision-' in head.post(where, data={"reason": "x"}, headers=HTMX).text
    silent = head.post(where, data={"decision": "stands", "reason": ""}, headers=HTMX)
    assert "Say why" in silent.text
    false = head.post(where, data={"decision": "corrected", "reason": "again"}, headers=HTMX)
    assert "Nobody has looked at the point again" in false.text
    assert 'value="corrected" checked' in false.text
    head.post(where, data={"decision": "false", "reason": "nobody was there"}, headers=HTMX)
    assert walk.point("V-1").decision is Decision.FALSE
    assert "Issue the report" in head.get(walk.address).text
    assert engineer.post(f"{walk.address}/issue").status_code == 403
    for _ in range(2):
        head.post(f"{walk.address}/issue")
    assert walk.stands() is Stand.ISSUED
    assert [one.verb for one in told_in(house)].count("inspection_issued") == 1


def test_looked_at_again_it_is_corrected(house: House) -> None:
    walk = inspected.begun(house)
    inspected.is_offline(house, "V-1", since=timedelta(hours=5))
    walk.finished()
    browser = house.enter(Role.ENGINEER)
    assert "Look at it again" in browser.get(walk.address).text
    house.clock.passes(minutes=5)
    online = walk.item("V-1", "online")
    page = browser.get(walk.at("V-1")).text
    assert "look at this point again" in page
    say(browser, walk.at("V-1"), f"abnormal-{online.id}", note_abnormal="no link")
    assert browser.get(walk.at("V-0")).text.count('class="item-say') == 0
    head = house.enter(Role.HEAD)
    form = {"decision": "corrected", "reason": "seen again"}
    head.post(f"{walk.at('V-1')}/decide", data=form, headers=HTMX)
    assert walk.point("V-1").decision is Decision.CORRECTED


def test_who_does_it_is_named_by_those_who_send_people(house: House) -> None:
    walk = inspected.planned(house)
    head, engineer = house.enter(Role.HEAD), house.enter(Role.ENGINEER)
    me = house.people[Role.ENGINEER]
    assert engineer.post(f"{walk.address}/assign", data={"person": me}).status_code == 403
    head.post(f"{walk.address}/assign", data={"person": me})
    assert walk.sheet.inspection.assignee_id == me
    unknown = head.post(f"{walk.address}/assign", data={"person": 9999}, headers=HTMX)
    assert "There is no such person" in unknown.text
    head.post(f"{walk.address}/assign", data={"person": ""})
    assert walk.sheet.inspection.assignee_id is None
