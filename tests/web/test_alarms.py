"""Security events: listed for those whose site it is, taken away on record (C12, trap 16)."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest

from rules.alarm_words import WORDS, word_of
from rules.alarms import Sort, Turn
from rules.contact_id import EVENTS as NUMBERS
from rules.model import Role, SiteId
from rules.sia import EVENTS as PAIRS
from storage import alarms
from storage.alarms import Account, SecurityEvent
from storage.db import transaction
from tests.storage.assets import a_site
from tests.web.conftest import START, House
from wiring.dc09 import AccountSettings, Dc09Settings

BURGLARY = SecurityEvent(
    at=START,
    occurred_at=START - timedelta(seconds=3),
    site_id=SiteId(1),
    account="5501",
    event="130",
    sort=Sort.SECURITY,
    turn=Turn.NEW,
    partition="01",
    number="012",
    text="=BACK DOOR",
)


def record(house: House, *events: SecurityEvent) -> None:
    with transaction(house.parts.database) as tx:
        alarms.record(tx, events)


@pytest.fixture
def two_sites(house: House) -> House:
    with transaction(house.parts.database) as tx:
        other = a_site(tx, "S-9", "C9")
    theirs = replace(BURGLARY, site_id=other, account="9901", text="VAULT")
    record(house, BURGLARY, theirs, replace(BURGLARY, event="TA", sort=Sort.TAMPER, text="BOX"))
    return house


def test_events_stand_newest_first_with_their_words(two_sites: House) -> None:
    html = two_sites.enter(Role.DISPATCHER).get("/alarms").text
    for piece in ("Burglary", ">130<", "Tamper", "BACK DOOR", "host 5501, zone or user 012"):
        assert piece in html
    assert html.index("BOX") < html.index("VAULT") < html.index("BACK DOOR")


def test_a_customer_sees_their_own_site_only(two_sites: House) -> None:
    browser = two_sites.enter(Role.CUSTOMER)
    html = browser.get("/alarms").text
    assert "BACK DOOR" in html
    assert "VAULT" not in html
    assert "VAULT" not in browser.get("/alarms.csv").text
    assert "VAULT" not in browser.get("/alarms?site=S-9").text


def test_the_filter_narrows_and_says_when_nothing_matches(two_sites: House) -> None:
    browser = two_sites.enter(Role.HEAD)
    assert "VAULT" not in browser.get("/alarms?site=S-1").text
    tampers = browser.get("/alarms?sort=tamper").text
    assert "BOX" in tampers
    assert "BACK DOOR" not in tampers
    assert "Nothing matches" in browser.get("/alarms?site=nowhere").text
    assert browser.get("/alarms?sort=bogus&before=x&site=%00").status_code == 200


def test_the_list_goes_on_by_cursor(house: House) -> None:
    record(house, *(replace(BURGLARY, text=f"DOOR {number}") for number in range(60)))
    browser = house.enter(Role.HEAD)
    first = browser.get("/alarms").text
    assert first.count("<tr data-row") == 50
    assert "60 events" in first
    assert browser.get("/alarms?before=11").text.count("<tr data-row") == 10


def test_the_file_holds_every_line_and_nothing_that_runs(two_sites: House) -> None:
    browser = two_sites.enter(Role.HEAD)
    answer = browser.get("/alarms.csv?site=S-1")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["event"] for row in rows] == ["TA", "130"]
    assert rows[1]["text"] == "'=BACK DOOR"
    assert rows[1]["meaning"] == "Burglary"
    assert "took the list of security events" in browser.get("/journal?kind=looks").text


def test_an_empty_list_says_what_would_stand_there(house: House) -> None:
    assert "No security event yet" in house.enter(Role.HEAD).get("/alarms").text
    assert "还没有安防事件" in house.enter(Role.HEAD, "zh").get("/alarms").text


def test_hosts_are_shown_with_what_is_out_of_order(house: House) -> None:
    given = Dc09Settings(
        account=(
            AccountSettings.model_validate({"account": "5501", "site": "S-1", "category": "SP3"}),
            AccountSettings.model_validate({"account": "5502", "site": "S-1"}),
            AccountSettings.model_validate({"account": "5503", "site": "NOWHERE"}),
        )
    )
    settings = house.parts.settings.model_copy(update={"dc09": given})
    house.app.state.parts = replace(house.parts, settings=settings)
    why = "the message is not encrypted"
    known = Account(account="5501", heard_at=START, taken=1234, wrong_length=2, refused=1)
    with transaction(house.parts.database) as tx:
        alarms.put(tx, [replace(known, refused_at=START, refused_why=why)])
    browser = house.enter(Role.ENGINEER)
    assert "/alarms/hosts" in browser.get("/alarms").text
    html = browser.get("/alarms/hosts").text
    told = ("1,234", "2 of a wrong length", "1 refused", why, "SP3", "30 min", "Never", "1 d 1 h")
    for piece in told:
        assert piece in html
    assert "5503" not in html  # of no site: the doctor tells the administrator
    assert "报文没有加密" in house.enter(Role.ENGINEER, "zh").get("/alarms/hosts").text
    assert browser.get("/alarms/hosts?after=5501").text.count("<tr data-row") == 1


def test_without_hosts_it_says_how_to_set_one_up(house: House) -> None:
    browser = house.enter(Role.HEAD)
    assert "[[dc09.account]]" in browser.get("/alarms/hosts").text
    assert "/alarms/hosts" not in browser.get("/alarms").text


def test_every_event_that_is_recorded_has_a_word() -> None:
    recorded = [str(number) for number, one in NUMBERS.items() if one.recorded]
    recorded += [pair for pair, one in PAIRS.items() if one.recorded]
    assert {word_of(event) for event in recorded} <= WORDS
    assert word_of("130") == word_of("BA") == "burglary"
    assert word_of("383") == word_of("TA") == "tamper"
