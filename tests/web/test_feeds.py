"""One's duty in one's own calendar: the address, what is in it, and that it ends when revoked."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from operations import rota as rota_desk
from rules.duty import Span
from rules.model import Layer, Role
from storage import calendar_feeds as feed_rows
from storage import journal
from storage import people as people_rows
from storage.db import reading, transaction
from storage.tables.rota import calendar_feeds
from tests.web.conftest import START, House
from tests.web.events import an_event


@pytest.fixture
def rota(house: House) -> House:
    """The engineer stands first for a day, guards an event, and has something to prepare."""
    by = house.people[Role.HEAD]
    with transaction(house.parts.database) as tx:
        span = Span(starts_at=START, ends_at=START + timedelta(days=1))
        later = Span(starts_at=span.ends_at, ends_at=START + timedelta(days=2))
        me = house.people[Role.ENGINEER]
        rota_desk.override(tx, Layer.FIRST, me, span, by=by, now=START)
        rota_desk.override(tx, Layer.FIRST, by, later, by=by, now=START)
        an_event(tx, house)
    return house


def issued(house: House, role: Role = Role.ENGINEER) -> str:
    html = house.enter(role).post("/duty/calendar/issue").text
    found = re.search(r"/ics/[\w-]+\.ics", html)
    assert found is not None
    return found[0]


def read(house: House, address: str) -> Calendar:
    answer = house.browser().get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    assert isinstance(calendar, Calendar)
    return calendar


def test_the_page_shows_the_shift_that_runs(rota: House) -> None:
    rota.clock.passes(hours=1)
    html = rota.enter(Role.ENGINEER).get("/duty/calendar").text
    assert "2026-06-15" in html.partition('<ul class="prep-rows">')[2].partition("</ul>")[0]


def test_it_holds_ones_own_shifts_guards_and_events(rota: House) -> None:
    calendar = read(rota, issued(rota))
    events = {str(one["uid"]).partition("-")[0]: one for one in calendar.walk("VEVENT")}
    assert set(events) == {"duty", "guard", "item", "occasion"}
    duty = events["duty"]
    assert duty.decoded("dtstart") == START
    assert duty.decoded("dtend") == START + timedelta(days=1)
    assert duty.decoded("dtstart").tzname() == "UTC"
    assert str(duty["summary"]) == "值班 · 一线"
    assert "S-1" in str(events["guard"]["location"])
    assert not calendar.walk("VTIMEZONE")


def test_nobody_elses_name_number_or_duty_is_in_it(rota: House) -> None:
    body = rota.browser().get(issued(rota)).text
    with reading(rota.parts.database) as tx:
        others = [one for one in people_rows.everyone(tx) if one.code != "P-5"]
    for person in others:
        assert person.name not in body
    assert "13800000000" not in body
    assert body.count("UID:duty-") == 1


def test_the_same_duty_is_the_same_file_and_is_not_sent_twice(rota: House) -> None:
    address, browser = issued(rota), rota.browser()
    first = browser.get(address)
    rota.clock.passes(hours=1)
    second = browser.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (second.status_code, second.content) == (304, b"")
    by, me = rota.people[Role.HEAD], rota.people[Role.ENGINEER]
    with transaction(rota.parts.database) as tx:
        span = Span(starts_at=START + timedelta(days=3), ends_at=START + timedelta(days=4))
        rota_desk.override(tx, Layer.SECOND, me, span, by=by, now=rota.clock())
    third = browser.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert third.status_code == 200
    assert first.headers["etag"] != third.headers["etag"]
    uids = [set(re.findall(r"UID:\S+", one.text)) for one in (first, third)]
    assert uids[0] < uids[1]


def test_a_new_address_closes_the_old_one_and_revoking_closes_all(rota: House) -> None:
    old = issued(rota)
    new = issued(rota)
    assert rota.browser().get(old).status_code == 404
    assert rota.browser().get(new).status_code == 200
    assert rota.enter(Role.ENGINEER).post("/duty/calendar/revoke").status_code == 303
    assert rota.browser().get(new).status_code == 404
    with reading(rota.parts.database) as tx:
        verbs = [one.verb for one in journal.after(tx, 0, START - timedelta(days=1))]
    assert verbs.count("feed_issued") == 2
    assert verbs.count("feed_revoked") == 1


def test_whoever_has_left_is_told_nothing_more(rota: House) -> None:
    address = issued(rota)
    with transaction(rota.parts.database) as tx:
        people_rows.leave(tx, rota.people[Role.ENGINEER], START)
    assert rota.browser().get(address).status_code == 404


def test_the_head_ends_the_calendar_of_another_and_leaving_ends_it_too(rota: House) -> None:
    engineer, head = rota.people[Role.ENGINEER], rota.enter(Role.HEAD)
    first, path = issued(rota), f"/duty/calendar/revoke/{engineer}"
    assert path in head.get("/duty/calendar").text
    assert head.post(path).status_code == 303
    assert rota.browser().get(first).status_code == 404
    assert path not in head.get("/duty/calendar").text
    assert head.post("/duty/calendar/revoke/4711").status_code == 404
    second, admin = issued(rota, Role.SALES), rota.enter(Role.ADMIN)
    for verb in ("archive", "restore"):
        done = admin.post(f"/manage/people/{rota.people[Role.SALES]}/{verb}")
        assert done.status_code == 303
    assert rota.browser().get(second).status_code == 404
    with reading(rota.parts.database) as tx:
        told = journal.after(tx, 0, START - timedelta(days=1))
        ended = [one.person_id for one in told if one.verb == "feed_ended"]
    assert ended == [rota.people[Role.HEAD], rota.people[Role.ADMIN]]


def test_the_address_is_shown_once_and_kept_as_a_hash(rota: House) -> None:
    address = issued(rota)
    token = address.removeprefix("/ics/").removesuffix(".ics")
    assert token not in rota.enter(Role.ENGINEER).get("/duty/calendar").text
    with reading(rota.parts.database) as tx:
        [row] = tx.execute(calendar_feeds.select()).mappings()
    assert token not in map(str, row.values())


def test_the_page_says_when_it_was_read_last(rota: House) -> None:
    address, page = issued(rota), rota.enter(Role.ENGINEER)
    assert "Not yet" in page.get("/duty/calendar").text
    read(rota, address)
    assert "Not yet" not in page.get("/duty/calendar").text
    with reading(rota.parts.database) as tx:
        feed = feed_rows.of_person(tx, rota.people[Role.ENGINEER])
    assert feed is not None
    assert feed.last_read_at == datetime(2026, 6, 15, 1, 2, 3, tzinfo=UTC)
