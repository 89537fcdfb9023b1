"""On call in figures: every number is a link to as many lines, and leaves as a file on record."""

import csv
import re
from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest

from operations import work_orders as order_desk
from rules.duty import Shift
from rules.model import DeviceId, Layer, Role
from storage import duty as duty_rows
from storage import journal
from storage.db import reading, transaction
from storage.tables.night import notices
from tests.web.conftest import START, House, an_order

MONTH = f"{START:%Y-%m}"
FIGURE = re.compile(r"^[+−]?[\d:,.]+(?:\s?%)?$")
EXPLAINED = {"p", "h1", "h2", "th", "dt", "nav", "script", "title", "time"}  # no figures: words


class Numbers(HTMLParser):
    """The numbers in the tiles and tables of a page, and where each leads ("" for nowhere)."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append((tag, dict(attrs).get("href") or ""))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self.open]
        inside = {"dd", "td"} & set(tags) and not EXPLAINED & set(tags)
        if inside and FIGURE.match(shown := " ".join(data.split())):
            leads = next((href for tag, href in self.open if tag == "a"), "")
            self.found.append((shown, leads))


def a_shift(house: House, role: Role, starts_at: datetime, ends_at: datetime) -> Shift:
    who = house.people[role]
    return Shift(layer=Layer.FIRST, person_id=who, starts_at=starts_at, ends_at=ends_at)


@pytest.fixture
def called(house: House) -> House:
    """Three emergencies of which one was answered at once, one late and one never; all rang.

    Two stood on the rota of which one had only a night.
    """
    night = START.replace(hour=14, minute=0, second=0, microsecond=0)
    with transaction(house.parts.database) as tx:
        duty_rows.rewrite(
            tx,
            [],
            [
                a_shift(house, Role.ENGINEER, night - timedelta(days=9), night),
                a_shift(house, Role.HEAD, night, night + timedelta(hours=10.5)),
            ],
        )
    for device, minutes in ((1, 2), (2, 20), (3, None)):
        with transaction(house.parts.database) as tx:
            order = an_order(tx, house, device=DeviceId(device) if device > 1 else None)
        if minutes is not None:
            with transaction(house.parts.database) as tx:
                at = START + timedelta(minutes=minutes)
                order_desk.acknowledge(tx, order.id, house.people[Role.ENGINEER], at)
    with transaction(house.parts.database) as tx:
        tx.execute(notices.update().values(state="sent"))
    house.clock.passes(hours=1)
    return house


def test_a_month_without_calls_says_so(house: House) -> None:
    page = house.enter(Role.HEAD).get("/figures/on-call").text
    assert "Nobody was called this month" in page


def test_each_number_opens_a_list_of_as_many_lines(called: House) -> None:
    """No number stands there bare; what is counted is counted again in its list."""
    head = called.enter(Role.HEAD)
    page = Numbers()
    page.feed(head.get(f"/figures/on-call?month={MONTH}").text)
    assert len(page.found) > 30
    assert [shown for shown, leads in page.found if not leads.startswith("/figures/on-call")] == []
    for shown, leads in set(page.found):
        if leads == f"/figures/on-call?month={shown}":
            continue
        listed = head.get(leads).text.count("<tr data-row")
        if "/shifts?" in leads:
            assert (listed == 0) == (shown == "0"), leads
        elif shown.isdecimal():
            assert listed == int(shown), leads
        else:
            assert listed > 0, leads


def test_the_running_month_goes_on_by_itself(called: House) -> None:
    """What is asked for again is the same numbers, as they are then, and nothing around them."""
    head = called.enter(Role.HEAD)
    page = head.get("/figures/on-call").text
    assert 'hx-get="/figures/on-call"' in page
    again = head.get("/figures/on-call", headers={"HX-Request": "true"}).text
    assert again.lstrip().startswith('<div id="oncall" hx-get')
    whole, part = Numbers(), Numbers()
    whole.feed(page)
    part.feed(again)
    assert part.found == whole.found
    assert '<div id="oncall">' in head.get("/figures/on-call?month=2026-01").text


def test_a_share_and_an_average_are_made_of_their_list(called: House) -> None:
    head = called.enter(Role.HEAD)
    listed = head.get(f"/figures/on-call/orders?month={MONTH}&which=emergency").text
    assert listed.count("<tr data-row") == 3  # two answered, one past its time
    answered = head.get(f"/figures/on-call/orders?month={MONTH}&which=answered").text
    assert answered.count("<tr data-row") == 2


def test_what_somebody_bears_of_the_rota_is_the_sum_of_the_shifts_listed(called: House) -> None:
    head = called.enter(Role.HEAD)
    page = Numbers()
    page.feed(head.get(f"/figures/on-call?month={MONTH}").text)
    parts = [
        (shown, leads) for shown, leads in page.found if "/shifts?" in leads and "person=" in leads
    ]
    assert len(parts) >= 8
    for shown, leads in parts:
        measure = re.search(r"which=(\w+)", leads)
        assert measure
        file = head.get(leads.replace("/shifts?", "/shifts.csv?")).text.lstrip("\ufeff")
        rows = list(csv.DictReader(file.splitlines()))
        total = sum(float(row[measure[1]]) for row in rows)
        assert total == pytest.approx(float(shown.replace(",", "")), abs=0.051), leads


def test_it_says_who_was_too_late(called: House) -> None:
    page = called.enter(Role.HEAD).get("/figures/on-call").text
    assert ">33.3 %" in page.replace("\u00a0", " ").replace(
        "\u202f", " "
    )  # one of three within five minutes
    listed = called.enter(Role.HEAD).get("/figures/on-call/orders?which=too_late").text
    assert listed.count("<tr data-row") == 1
    assert "not answered" in listed


def test_a_list_that_is_none_is_not_there(called: House) -> None:
    head = called.enter(Role.HEAD)
    wrong = ("orders", "orders?which=x", "pages?which=called", "orders.csv?which=", "shifts")
    for address in (*wrong, "shifts?which=all", "shifts.csv?which=x"):
        assert head.get(f"/figures/on-call/{address}").status_code == 404, address
    for month in ("soon", "0001-01", "9999-12", "2026-13"):
        assert head.get(f"/figures/on-call?month={month}").status_code == 200, month


def test_a_drill_and_what_never_went_out_are_no_pages(called: House) -> None:
    with transaction(called.parts.database) as tx:
        tx.execute(notices.update().values(kind="drill"))
    page = called.enter(Role.HEAD).get("/figures/on-call/pages?which=all").text
    assert "Nothing in this list" in page
    with transaction(called.parts.database) as tx:
        tx.execute(notices.update().values(kind="page", state="silenced"))
    for which in ("all", "undelivered", "unanswered"):
        page = called.enter(Role.HEAD).get(f"/figures/on-call/pages?which={which}").text
        assert "Nothing in this list" in page, which


def test_whom_no_provider_reached_is_counted_as_not_reached(called: House) -> None:
    """B24: answered by another in two minutes, but this phone never rang."""
    head = called.enter(Role.HEAD)
    before = head.get("/figures/on-call/pages?which=unanswered").text.count("<tr data-row")
    with transaction(called.parts.database) as tx:
        tx.execute(notices.update().values(state="dead"))
    listed = head.get("/figures/on-call/pages?which=unanswered").text
    assert listed.count("<tr data-row") == 3 > before
    assert "not answered within 5 min or not delivered at all" in " ".join(
        head.get("/figures/on-call").text.replace("\u00a0", " ").split()
    )


def test_a_list_leaves_as_a_file_and_that_is_on_record(called: House) -> None:
    head = called.enter(Role.HEAD)
    orders = head.get("/figures/on-call/orders.csv?which=called").text.strip().splitlines()
    assert len(orders) == 4
    assert orders[0].lstrip("\ufeff").startswith("order,site,code,severity")
    pages = head.get("/figures/on-call/pages.csv?which=all").text.strip().splitlines()
    assert len(pages) == 1 + 3
    assert len(head.get("/figures/on-call/shifts.csv?which=hours").text.splitlines()) > 1
    assert head.get("/figures/on-call/months.csv").text.strip().endswith(f"{MONTH},3,33.3333,,3")
    with reading(called.parts.database) as tx:
        verbs = [one.verb for one in journal.after(tx, 0, START, limit=500)]
    lists = ("orders", "pages", "shifts", "months")
    assert {f"oncall_{each}_exported" for each in lists} <= set(verbs)


def test_a_colleague_does_not_read_who_was_not_reached(called: House) -> None:
    assert called.enter(Role.ENGINEER).get("/figures/on-call").status_code == 403
