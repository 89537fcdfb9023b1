"""On call in figures: every number is a link to as many lines, and leaves as a file on record."""

import re
from datetime import timedelta

import pytest

from operations import work_orders as order_desk
from rules.model import DeviceId, Role
from storage import journal
from storage.db import reading, transaction
from storage.tables.night import notices
from tests.web.conftest import START, House, an_order

MONTH = f"{START:%Y-%m}"


@pytest.fixture
def called(house: House) -> House:
    """Three emergencies of which one was answered at once, one late and one never; all rang."""
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
    head = called.enter(Role.HEAD)
    page = head.get(f"/figures/on-call?month={MONTH}").text
    links = re.findall(r'href="(/figures/on-call/(?:orders|pages)\?[^"]+)">([\d,]+)</a>', page)
    assert len(links) >= 7
    for address, figure in links:
        listed = head.get(address.replace("&amp;", "&")).text
        assert listed.count("<tr data-row") == int(figure), address


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
    for address in ("orders", "orders?which=x", "pages?which=called", "orders.csv?which="):
        assert head.get(f"/figures/on-call/{address}").status_code == 404, address
    for month in ("soon", "0001-01", "9999-12", "2026-13"):
        assert head.get(f"/figures/on-call?month={month}").status_code == 200, month


def test_a_drill_and_what_never_went_out_are_no_pages(called: House) -> None:
    with transaction(called.parts.database) as tx:
        tx.execute(notices.update().values(kind="drill"))
    page = called.enter(Role.HEAD).get("/figures/on-call/pages?which=all").text
    assert "Nothing in this list" in page


def test_a_list_leaves_as_a_file_and_that_is_on_record(called: House) -> None:
    head = called.enter(Role.HEAD)
    orders = head.get("/figures/on-call/orders.csv?which=called").text.strip().splitlines()
    assert len(orders) == 4
    assert orders[0].lstrip("\ufeff").startswith("order,site,code,severity")
    pages = head.get("/figures/on-call/pages.csv?which=all").text.strip().splitlines()
    assert len(pages) == 1 + 3
    with reading(called.parts.database) as tx:
        verbs = [one.verb for one in journal.after(tx, 0, START, limit=500)]
    assert {"oncall_orders_exported", "oncall_pages_exported"} <= set(verbs)


def test_a_colleague_does_not_read_who_was_not_reached(called: House) -> None:
    assert called.enter(Role.ENGINEER).get("/figures/on-call").status_code == 403
