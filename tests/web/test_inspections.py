"""A09, B04, B11: the month on the phone, from the plan to the issue, whatever fingers do."""

import base64
import io
import re
from datetime import timedelta

import pytest
from PIL import Image, ImageDraw
from starlette.testclient import TestClient

from rules.inspections import Decision, Result, Stand
from rules.model import Role
from storage import journal
from storage import people as people_rows
from storage import work_orders as order_rows
from storage.db import reading, transaction
from tests.storage.assets import a_site
from tests.web import inspected
from tests.web.conftest import START, House
from web.inspecting import fingerprint

HTMX = {"HX-Request": "true"}


def a_photo(shade: int = 90, kind: str = "JPEG") -> bytes:
    """A phone's photo, held upright, with the place it was taken in it."""
    image = Image.effect_noise((1600, 1200), shade).convert("RGB")
    notes = Image.Exif()
    notes[0x0112] = 6
    notes[0x010F] = "SECRETPHONE"
    into = io.BytesIO()
    image.save(into, kind, exif=notes)
    return into.getvalue()


def a_signature() -> str:
    glass = Image.new("RGB", (900, 400), (255, 255, 255))
    ImageDraw.Draw(glass).line([(100, 300), (400, 80), (700, 260)], fill=(0, 0, 0), width=5)
    into = io.BytesIO()
    glass.save(into, "PNG")
    return "data:image/png;base64," + base64.b64encode(into.getvalue()).decode()


def say(browser: TestClient, address: str, word: str, **form: object) -> str:
    answer = browser.post(address, data={"say": word, **form}, headers=HTMX)
    assert answer.status_code in {200, 422, 409}, answer.status_code
    return answer.text


# --- the list


def test_the_list_answers_how_many_and_how_far(house: House) -> None:
    inspected.begun(house, "V").everything()
    inspected.planned(house, "W")
    page = house.enter(Role.HEAD).get("/inspections").text
    assert "2 inspections, 0 issued." in page
    assert re.search(r"13 of 13|\d+ of \d+", page)
    assert "not begun" in page
    assert house.enter(Role.HEAD).get("/inspections?period=2026-07").text.count("data-row") == 2
    empty = house.enter(Role.HEAD).get("/inspections?period=2031-01").text
    assert "No inspections in 2031-01" in empty
    for nonsense in ("2026-13", "x", "２０２６-０６", "0000-00"):
        assert house.enter(Role.HEAD).get(f"/inspections?period={nonsense}").status_code == 200


def test_its_tabs_and_words_narrow_it(house: House) -> None:
    begun = inspected.begun(house, "V")
    inspected.planned(house, "W")
    browser = house.enter(Role.HEAD)
    page = browser.get("/inspections?stand=in_work").text
    assert f'id="n{begun.id}"' in page
    assert page.count("data-row") == 1
    assert browser.get("/inspections?q=W").text.count("data-row") == 1
    assert "Nothing matches" in browser.get("/inspections?q=nowhere").text
    assert browser.get("/inspections?stand=late").text.count("data-row") == 0
    house.clock.passes(days=20)
    browser = house.enter(Role.HEAD)
    assert browser.get("/inspections?period=2026-06&stand=late").text.count("data-row") == 2
    assert (
        house.enter(Role.ENGINEER).get("/inspections?mine=1&period=2026-06").text.count("data-row")
        == 1
    )


def test_a_customer_sees_what_is_issued_and_nothing_of_ours(house: House) -> None:
    """D04, C12: no doubts, no names of ours, no sheet before its time; never another's."""
    walk = inspected.begun(house)
    browser = house.enter(Role.CUSTOMER)
    walk.signed()
    assert "data-row" not in browser.get("/inspections").text
    assert browser.get(walk.address).status_code == 404
    assert browser.get(f"{walk.address}/signature").status_code == 404
    house.enter(Role.HEAD).post(f"{walk.address}/issue")
    issued = browser.get("/inspections").text
    assert "data-row" in issued
    assert "Due" not in issued  # what is issued is owed by nobody any more
    page = browser.get(walk.address).text
    assert "points normal" in page
    assert "王5" not in page
    assert "Begun" not in page
    with transaction(house.parts.database) as tx:
        other = a_site(tx, "S-2", "C2")
        people_rows.set_sites(tx, house.people[Role.CUSTOMER], [other])
    assert browser.get(walk.address).status_code == 404
    assert "data-row" not in browser.get("/inspections").text


# --- walking


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
    verbs = [one.verb for one in _journal(house)]
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


# --- photos


def test_a_photo_is_stored_small_upright_and_bare(house: House) -> None:
    """A09, C12: nothing the phone wrote stays in it."""
    walk = inspected.begun(house)
    browser = house.enter(Role.ENGINEER)
    raw = a_photo()
    assert b"SECRETPHONE" in raw
    sent = browser.post(
        f"{walk.at('V-0')}/photos", files={"photo": ("IMG.jpg", raw, "image/jpeg")}, headers=HTMX
    )
    (photo,) = walk.point("V-0").photos
    assert f'src="/photos/{photo.id}?small=1"' in sent.text
    answer = browser.get(f"/photos/{photo.id}")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert b"SECRETPHONE" not in answer.content
    image = Image.open(io.BytesIO(answer.content))
    assert image.size == (960, 1280)
    again = browser.get(f"/photos/{photo.id}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert len(browser.get(f"/photos/{photo.id}?small=1").content) < len(answer.content) / 4


def test_a_photo_is_for_whoever_may_see_the_inspection(house: House) -> None:
    walk = inspected.begun(house)
    engineer = house.enter(Role.ENGINEER)
    where = f"{walk.at('V-0')}/photos"
    engineer.post(where, files={"photo": ("a.jpg", a_photo(), "image/jpeg")})
    (photo,) = walk.point("V-0").photos
    customer = house.enter(Role.CUSTOMER)
    assert customer.get(f"/photos/{photo.id}").status_code == 404
    assert house.browser().get(f"/photos/{photo.id}").status_code == 303
    assert customer.post(where, files={"photo": ("a.jpg", a_photo(), "")}).status_code == 403
    walk.issued()
    assert customer.get(f"/photos/{photo.id}").status_code == 200


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "No photo arrived"),
        (b"hello", "not a whole picture"),
        (a_photo()[:9000], "not a whole picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a whole picture"),
    ],
)
def test_what_is_no_photo_is_refused_beside_the_camera(
    house: House, content: bytes, said: str
) -> None:
    walk = inspected.begun(house)
    sent = house.enter(Role.ENGINEER).post(
        f"{walk.at('V-0')}/photos", files={"photo": ("a.jpg", content, "image/jpeg")}, headers=HTMX
    )
    assert sent.status_code == 422
    assert said in sent.text
    assert 'id="photo-error"' in sent.text
    assert walk.point("V-0").photos == ()


def test_a_photo_too_many_bytes_is_told_at_the_door(house: House) -> None:
    walk = inspected.begun(house)
    big = {"photo": ("a.jpg", bytes(18 * 1024 * 1024), "image/jpeg")}
    assert house.enter(Role.ENGINEER).post(f"{walk.at('V-0')}/photos", files=big).status_code == 413
    large = {"photo": ("a.jpg", bytes(16 * 1024 * 1024 + 1), "image/jpeg")}
    answer = house.enter(Role.ENGINEER).post(f"{walk.at('V-0')}/photos", files=large, headers=HTMX)
    assert "larger than 16 MiB" in answer.text


def test_a_photo_is_taken_away_once(house: House) -> None:
    walk = inspected.begun(house)
    browser = house.enter(Role.ENGINEER)
    where = f"{walk.at('V-0')}/photos"
    browser.post(where, files={"photo": ("a.jpg", a_photo(), "image/jpeg")})
    (photo,) = walk.point("V-0").photos
    for _ in range(2):
        assert browser.post(f"{where}/{photo.id}/remove", headers=HTMX).status_code == 200
    assert walk.point("V-0").photos == ()
    assert [one.verb for one in _journal(house)].count("inspection_photo_removed") == 1


# --- the end


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
    lines = [one for one in _journal(house) if one.verb == "inspection_handed_over"]
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
    assert [one.verb for one in _journal(house)].count("inspection_issued") == 1


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


def _journal(house: House) -> list[journal.Entry]:
    with reading(house.parts.database) as tx:
        return journal.after(tx, 0, START - timedelta(days=400), limit=1000)
