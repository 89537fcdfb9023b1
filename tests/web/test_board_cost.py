"""The board in a storm (D05): it asks as much of the database as on a calm day, and shows a page.

Statements and rows are counted, never seconds.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event, insert, select, update

from operations import passwords
from rules.model import ClockSource, DeviceId, Role, Severity, SiteId, Zone
from storage import devices as device_rows
from storage import sessions as session_rows
from storage.db import Database, Tx, reading, transaction
from storage.tables.night import work_orders
from storage.tables.watch import faults
from tests.storage.assets import a_site, some_devices
from tests.web.conftest import START, House
from web.pages.board import ROWS

HTMX = {"HX-Request": "true"}
MOST = 40  # statements, those for the login among them
SITES, EACH = 4, 25


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    asked: list[str] = []

    def heard(_: Any, __: Any, statement: str, *___: Any) -> None:
        asked.append(statement)

    event.listen(database.reader, "before_cursor_execute", heard)
    try:
        yield asked
    finally:
        event.remove(database.reader, "before_cursor_execute", heard)


def breaks(tx: Tx, devices: list[tuple[DeviceId, SiteId]], orders: int) -> None:
    """The first have an order of their own, the others are explained by the first of them."""
    fault = {"code": "TAMPER", "point": "", "why": "event", "evidence": {}, "opened_at": START}
    fault |= {"severity": Severity.MAJOR, "source": ClockSource.MONITOR}
    made = insert(faults).returning(faults.c.id, sort_by_parameter_order=True)
    roots = [{**fault, "device_id": device, "site_id": site} for device, site in devices[:orders]]
    ids = list(tx.scalars(made, roots))
    order = {
        "severity": Severity.MAJOR,
        "opened_at": START,
        "clock_started_at": START,
        "clock_source": ClockSource.MONITOR,
        "zone": Zone.RING1,
        "on_site_hours": 2,
        "on_site_rule": "A03",
        "on_site_by": START + timedelta(hours=2),
    }
    rows = [
        {
            **order,
            "number": f"2026-{number:05d}",
            "root_fault_id": number,
            "site_id": root["site_id"],
        }
        for number, root in zip(ids, roots, strict=True)
    ]
    tx.execute(insert(work_orders), rows)
    running = select(work_orders.c.id).where(work_orders.c.root_fault_id == faults.c.id)
    tx.execute(
        update(faults).where(faults.c.id.in_(ids)).values(order_id=running.scalar_subquery())
    )
    behind = [
        {**fault, "device_id": device, "site_id": site, "explained_by": ids[0]}
        for device, site in devices[orders:]
    ]
    if behind:
        tx.execute(insert(faults), behind)


def fleet(tx: Tx) -> list[tuple[DeviceId, SiteId]]:
    for number in range(SITES):
        some_devices(tx, a_site(tx, f"W{number}"), EACH)
    return [(one.id, one.site_id) for one in device_rows.all_devices(tx)]


def test_a_board_of_a_storm_asks_no_more_than_one_of_a_single_order(house: House) -> None:
    database = house.parts.database
    browser = house.enter(Role.DISPATCHER)
    with transaction(database) as tx:
        devices = fleet(tx)
        breaks(tx, devices[:2], 1)
    browser.get("/", headers=HTMX)
    with counted(database) as few:
        browser.get("/", headers=HTMX)
    with transaction(database) as tx:
        breaks(tx, devices[2:], ROWS + 15)
    with counted(database) as many:
        html = browser.get("/", headers=HTMX).text
    assert len(many) == len(few) <= MOST
    assert html.count("data-row") == ROWS
    assert str(ROWS + 16) in html


def impatient(database: Database) -> None:
    """Nobody waits ten seconds for a lock in a test."""
    words = "PRAGMA busy_timeout=20" if database.sqlite else "SET LOCAL lock_timeout = '20ms'"
    event.listen(database.writer, "begin", lambda tx: tx.exec_driver_sql(words), insert=True)


def test_a_page_is_shown_while_others_write(house: House) -> None:
    """Once a minute it is noted that somebody is here: after the page, and not if it cannot be."""
    browser = house.enter(Role.DISPATCHER)
    token = passwords.token_hash(browser.cookies["ringwatch"])
    impatient(house.parts.database)
    later = START + timedelta(minutes=2)
    house.clock.passes(minutes=2)
    with transaction(house.parts.database) as tx:
        session_rows.seen(tx, token, START + timedelta(seconds=1))  # holds the row, or SQLite
        assert browser.get("/").status_code == 200
    assert seen_at(house, token) == START + timedelta(seconds=1)
    assert browser.get("/").status_code == 200
    assert seen_at(house, token) == later
    with transaction(house.parts.database) as tx:
        session_rows.seen(tx, token, START)  # noted late, by an answer that took an hour
    assert seen_at(house, token) == later


def seen_at(house: House, token: str) -> datetime:
    with reading(house.parts.database) as tx:
        known = session_rows.find(tx, token)
    assert known is not None
    return known.seen_at
