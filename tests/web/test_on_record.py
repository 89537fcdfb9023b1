"""C12: whoever changes something through the web is on record, whichever way it was done."""

from dataclasses import replace
from datetime import timedelta

import pytest

from operations import alerts as alert_desk
from operations import setup as setup_desk
from rules.model import Role, WorkOrder
from storage import journal
from storage.db import reading, transaction
from storage.discovered import Heard, heard
from storage.journal import Entry
from tests.web import inspected
from tests.web.changes import DONE
from tests.web.conftest import START, House, an_order
from tests.web.inspected import a_photo, a_signature
from tests.web.test_access import routes
from tests.web.test_setup import form

UNRECORDED = {
    *(("POST", path) for path in ("/language", "/theme")),  # a cookie of the browser, not ours
    ("POST", "/login/mail"),  # asked by nobody we know; the ledger tells what was mailed
    ("POST", "/verify"),  # compares a file and forgets it
    ("POST", "/verify/{public_id}"),
    ("POST", "/templates/{telling}/{language}/preview"),  # shown, and forgotten
    ("POST", "/hooks/from/{hook}"),  # a maker tells of a letter; a key pressed: test_hooks.py
    ("POST", "/hooks/from/{hook}/{secret}"),
    ("POST", "/hooks/in/{name}"),  # a program, for a person: test_inbound.py reads the journal
    ("POST", "/login/again"),  # whoever was in by half was never in
}
# One sheet's way: a test of its own below.
WALKED = {
    "/inspections/{inspection_id}/{step}": "inspection_started",
    "/inspections/{inspection_id}/sign": "inspection_handed_over",
    "/inspections/{inspection_id}/unsigned": "inspection_unsigned",
    "/inspections/{inspection_id}/points/{point_id}": "inspection_answered",
    "/inspections/{inspection_id}/points/{point_id}/decide": "inspection_decided",
    "/inspections/{inspection_id}/points/{point_id}/photos": "inspection_photo_added",
    "/inspections/{inspection_id}/points/{point_id}/photos/{photo_id}/remove": (
        "inspection_photo_removed"
    ),
}
BY_FORM = {  # a line and its stamp, a file and its preview: test_records.py, test_imports.py
    *(f"/manage/{{kind}}/{what}" for what in ("new", "{number}")),
    *(f"/manage/{{kind}}/{{number}}/{what}" for what in ("archive", "restore")),
    *("/import", "/import/apply"),
    "/devices/{device_id}/swap",  # test_swaps.py
    "/devices/{device_id}/configuration",  # test_configurations.py
    "/maintenance/{scope}/{number}/plan",  # test_planned_maintenance.py
    "/maintenance/planned/{planned_id}/cancel",
    *(f"/duty/swaps/{what}" for what in ("offer", "{swap_id}/accept")),  # test_rota_swaps.py
    *(f"/duty/swaps/{{swap_id}}/{what}" for what in ("decline", "withdraw")),
    *("/duty/notes/write", "/duty/notes/{note_id}/read"),  # test_handovers.py
    *("/duty/calendar/issue", "/duty/calendar/revoke"),  # test_feeds.py
    "/duty/calendar/revoke/{person_id}",  # test_feeds.py
    *(  # test_occasions.py
        "/occasions/new",
        "/occasions/{occasion_id}",
        "/occasions/{occasion_id}/archive",
        "/occasions/{occasion_id}/guards",
        "/occasions/{occasion_id}/guards/{guard_id}/stand-down",
        "/occasions/{occasion_id}/duty",
        "/occasions/{occasion_id}/duty/{override_id}/drop",
        "/occasions/{occasion_id}/items",
        "/occasions/{occasion_id}/items/{item_id}/{verb}",
    ),
}
FIRST_RUN = {"/setup"}  # in a house without people: its own test below
WITH_A_CODE = {  # of a phone: test_second_factor.py
    "/login/code",
    *(f"/account/second-factor/{what}" for what in ("confirm", "spare", "off")),
}


@pytest.fixture
def order(house: House) -> WorkOrder:
    """Beside it: an alert of our own, and a stranger that speaks."""
    with transaction(house.parts.database) as tx:
        alert_desk.raise_alert(tx, "MON_NOTIFY_FAILED", "mail", {}, house.parts.policy, START)
        one = Heard(site="S-1", device="cam", at=START, messages=1, topic="t", sample="{}")
        two = replace(one, dialect="axis", guess={"type": "camera"})
        heard(tx, [one, two], keep=10)
        return an_order(tx, house)


def newest(house: House) -> list[Entry]:
    with reading(house.parts.database) as tx:
        return journal.after(tx, 0, START - timedelta(days=1), limit=1000)


def test_every_route_that_changes_something_is_asked_here() -> None:
    changing = {(method, path) for method, path in routes() if method not in {"GET", "HEAD"}}
    assert {
        path for _, path in changing - UNRECORDED
    } == DONE.keys() | WALKED.keys() | FIRST_RUN | WITH_A_CODE | BY_FORM


@pytest.mark.parametrize("route", DONE)
def test_each_leaves_a_line_with_who_did_it(house: House, order: WorkOrder, route: str) -> None:
    role, data, address, verb = DONE[route]
    where = address(house, order)
    by_link = {"/login", "/l/{token}", "/l/list/{token}", "/a/{token}"}
    browser = house.browser() if route in by_link else house.enter(role)
    before = len(newest(house))
    answer = browser.post(where, data=data)
    assert answer.status_code in {200, 303}, answer.text
    said = [entry for entry in newest(house)[before:] if entry.verb == verb]
    assert [entry.person_id for entry in said] == [house.people[role]]


def test_each_step_of_an_inspection_leaves_a_line_with_who_took_it(house: House) -> None:
    """From the first point to the head's decision; the customer's signature is handed over."""
    walk = inspected.planned(house)
    engineer, head = house.enter(Role.ENGINEER), house.enter(Role.HEAD)
    engineer.post(f"{walk.address}/start")
    engineer.post(walk.at("V-0"), data={"say": "normal"})
    photos = f"{walk.at('V-0')}/photos"
    engineer.post(photos, files={"photo": ("a.jpg", a_photo(), "image/jpeg")})
    engineer.post(f"{photos}/{walk.point('V-0').photos[0].id}/remove")
    inspected.is_offline(house, "V-1", since=timedelta(hours=5))
    walk.finished()
    engineer.post(f"{walk.address}/unsigned", data={"reason": "nobody there"})
    engineer.post(f"{walk.address}/sign", data={"signer_name": "Liu", "drawn": a_signature()})
    head.post(f"{walk.at('V-1')}/decide", data={"decision": "false", "reason": "not there"})
    engineer_did = [one for one in newest(house) if one.verb in set(WALKED.values())]
    who = {one.verb: one.person_id for one in engineer_did}
    me, leading = house.people[Role.ENGINEER], house.people[Role.HEAD]
    assert who == {
        verb: leading if verb == "inspection_decided" else me for verb in WALKED.values()
    }


def test_the_founding_is_the_first_line(empty_house: House) -> None:
    with transaction(empty_house.parts.database) as tx:
        token = setup_desk.create_token(tx, empty_house.clock())
    empty_house.browser().post("/setup", data=form(token))
    assert "founded" in {entry.verb for entry in newest(empty_house)}


def test_a_wrong_password_or_link_is_nobodys_line(house: House) -> None:
    """Tries are counted by the throttle; the journal tells what was done."""
    browser = house.browser()
    browser.post("/login", data={"name": "engineer", "password": "wrong"})
    browser.post("/l/nonsense", data={"verb": "acknowledge"})
    assert [entry.verb for entry in newest(house) if entry.verb != "login_given"] == []
