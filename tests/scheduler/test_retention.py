"""What is kept how long (`[retention]`): exactly what is old enough goes, in small steps."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, func, insert, select, update

from operations import work_orders as order_desk
from rules.model import NoticeId, Severity
from rules.policy import Policy
from scheduler import retention
from scheduler.upkeep import upkeep
from storage import faults as fault_rows
from storage import journal, ledger, links, reply_tokens
from storage import receipts as receipt_rows
from storage import replies as reply_rows
from storage.db import Database, reading, transaction
from storage.journal import Entry
from storage.receipts import Receipt
from storage.replies import Reply
from storage.tables.night import journal as journal_table
from storage.tables.night import notice_attempts, notices, personal_links
from storage.tables.oncall import answers_received, receipts
from storage.tables.oncall import reply_tokens as token_table
from storage.tables.telemetry import hourly
from storage.tables.watch import faults
from tests import company as companies
from tests.company import LI, Company
from wiring import shown
from wiring.outside import RetentionSettings
from wiring.problems import SettingsError
from wiring.settings import load

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
POLICY = Policy()
ALWAYS = RetentionSettings(**dict.fromkeys(RetentionSettings.model_fields, 0))
DAY = timedelta(days=1)


def kept_for(**days: int) -> RetentionSettings:
    return ALWAYS.model_copy(update=days)


def count(database: Database, table: Table) -> int:
    with reading(database) as tx:
        return tx.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def firm(database: Database) -> Company:
    with transaction(database) as tx:
        return companies.found(tx, devices=4)


def over(database: Database, firm: Company, number: int, days: float, **more: Any) -> int:
    """A minor fault of that device, over for so many days."""
    with transaction(database) as tx:
        fault = companies.opens(tx, firm, number, POLICY, NOW - 2 * DAY, Severity.MINOR)
        fault_rows.change(tx, fault.id, cleared_at=NOW - days * DAY, clear_why="test", **more)
    return fault.id


def test_old_faults_go_but_none_that_anything_points_to(database: Database, firm: Company) -> None:
    old, young = over(database, firm, 0, 401), over(database, firm, 0, 399)
    cause = over(database, firm, 1, 500)
    child = over(database, firm, 2, 400 - 1, explained_by=cause)
    with transaction(database) as tx:
        order = companies.breaks(tx, firm, 3, POLICY, NOW - 500 * DAY)
        order_desk.cancel(tx, order.id, firm.id_of(LI), NOW - 499 * DAY, "a drill")
        fault_rows.change(tx, order.root_fault_id, cleared_at=NOW - 499 * DAY, clear_why="test")
    story = len(_story(database, order.id))
    with transaction(database) as tx:
        still_open = companies.opens(tx, firm, 0, POLICY, NOW - 600 * DAY, Severity.MINOR)
    for _ in range(2):
        retention.forget(database, database, kept_for(faults=400, journal=400), NOW)
    with reading(database) as tx:
        of_cameras = faults.c.code == "CAM_VIDEO_LOSS"  # not what is opened because they repeat
        left = set(tx.scalars(select(faults.c.id).where(of_cameras)))
    assert left == {young, cause, child, order.root_fault_id, still_open.id}
    assert old not in left
    assert len(_story(database, order.id)) == story


def _story(database: Database, order_id: Any) -> list[Entry]:
    with reading(database) as tx:
        return journal.of_order(tx, order_id)


def test_the_journal_goes_in_steps(database: Database) -> None:
    entries = [
        Entry(at=NOW - (2000 - n) * DAY, actor="system", verb="enrolled") for n in range(1700)
    ]
    with transaction(database) as tx:
        before = tx.scalar(select(func.count()).select_from(journal_table)) or 0
        journal.write_all(tx, entries)
        told = Entry(at=NOW - 2000 * DAY, actor="system", verb="enrolled", record="inspections/7")
        journal.write(tx, told)
    gone = retention.forget(database, database, kept_for(journal=400), NOW)
    assert gone["journal"] == 1600  # more than one step, and nothing of an inspection
    assert count(database, journal_table) == before + 1 + 1700 - 1600


def put_notice(database: Database, number: int, **more: Any) -> int:
    row = {"key": f"k{number}", "kind": "page", "rank": 1, "person_id": 1, "channel": "mail"}
    row |= {"target": "x", "facts": {}, "state": "sent", "created_at": NOW, "not_before": NOW}
    with transaction(database) as tx:
        made = tx.execute(insert(notices).values(row | more).returning(notices.c.id)).scalar_one()
        tx.execute(
            insert(notice_attempts).values(
                notice_id=made, lease=1, at=more["done_at"] or NOW, provider="p", result="sent"
            )
        )
    return int(made)


def test_notices_go_with_their_attempts_when_they_are_done(
    database: Database, firm: Company
) -> None:
    assert firm.people
    old = put_notice(database, 1, done_at=NOW - 401 * DAY)
    young = put_notice(database, 2, done_at=NOW - 399 * DAY)
    waits = put_notice(database, 3, done_at=None, state="failed", created_at=NOW - 500 * DAY)
    event = put_notice(database, 4, done_at=NOW - 31 * DAY, kind="event")
    retention.forget(database, database, kept_for(notices=400, events=30), NOW)
    with reading(database) as tx:
        left = set(tx.scalars(select(notices.c.id)))
        tried = set(tx.scalars(select(notice_attempts.c.notice_id)))
    assert left == tried == {young, waits}
    assert not {old, event} & left


def test_what_was_told_and_answered_goes_with_its_notice(database: Database, firm: Company) -> None:
    old, young = (
        put_notice(database, number, done_at=NOW - days * DAY)
        for number, days in ((1, 401), (2, 399))
    )
    with transaction(database) as tx:
        for number in (old, young):
            letter = NoticeId(number)
            attempt = ledger.attempts_of(tx, [letter])[letter][0]
            told = Receipt(
                notice_id=letter, attempt_id=attempt.id, at=NOW, status="delivered", words=""
            )
            receipt_rows.put(tx, told)
            reply_tokens.expect(tx, str(number), letter, NOW, NOW + DAY)
            heard = Reply(key=str(number), way="mail", verb="take", notice_id=letter)
            reply_rows.put(tx, heard, NOW)
        tx.execute(  # it travelled in the letter of the old one
            update(notice_attempts)
            .where(notice_attempts.c.notice_id == young)
            .values(carried_by=old)
        )
    assert firm.people
    retention.forget(database, database, kept_for(notices=400), NOW)
    for table in (receipts, token_table, answers_received):
        with reading(database) as tx:
            assert list(tx.scalars(select(table.c.notice_id))) == [young]
    retention.forget(database, database, kept_for(attempts=400), NOW + 500 * DAY)
    assert (count(database, notice_attempts), count(database, receipts)) == (0, 0)


def test_links_and_attempts_have_their_own_spans(
    database: Database, telemetry: Database, firm: Company
) -> None:
    with transaction(database) as tx:
        for days in (40, 1):
            given = NOW - timedelta(days=days)
            links.create(tx, firm.id_of(LI), "order", 1, None, given, given + DAY)
    put_notice(database, 1, done_at=NOW - 401 * DAY)
    upkeep(database, telemetry, POLICY, NOW)  # with the defaults
    assert count(database, personal_links) == 1
    assert count(database, notice_attempts) == 0
    assert count(database, notices) == 1


def test_hourly_figures_go_device_by_device_within_a_day(
    telemetry: Database, database: Database
) -> None:
    now_h = int(NOW.timestamp()) // 3600
    rows = [
        {"device_id": device, "metric": "battery_pct", "hour": now_h - 24 * days, "samples": 1}
        | {"low": 1.0, "high": 1.0, "total": 1.0}
        for device in (1, 33, 800)
        for days in (399, 401)
    ]
    with transaction(telemetry) as tx:
        tx.execute(insert(hourly), rows)
    gone = [
        retention.forget(database, telemetry, kept_for(hourly=400), NOW + timedelta(hours=n))
        for n in range(24)
    ]
    assert sum(one["hourly"] for one in gone) == 3
    assert max(one["hourly"] for one in gone) <= 2
    assert count(telemetry, hourly) == 3


def test_always_is_always(database: Database, telemetry: Database, firm: Company) -> None:
    over(database, firm, 0, 5000)
    put_notice(database, 1, done_at=NOW - 5000 * DAY)
    assert not any(retention.forget(database, telemetry, ALWAYS, NOW).values())


@pytest.mark.parametrize(
    ("line", "fits"),
    [
        ("journal = 0", True),
        ("journal = 400", True),
        ("journal = 399", False),
        ("journal = -1", False),
        ('journal = "400"', False),
        ("links = 1.5", False),
        ("events = 7", True),
        ("events = 6", False),
        ("orders = 400", False),  # never forgotten
    ],
)
def test_only_a_span_that_leaves_a_years_reports_is_taken(
    tmp_path: Path, line: str, *, fits: bool
) -> None:
    (tmp_path / "ringwatch.toml").write_text(f"[retention]\n{line}\n", encoding="utf-8")
    environment = {"RINGWATCH_DATA": str(tmp_path)}
    if fits:
        said = "\n".join(shown.lines(load(environment)))
        name, _, days = line.partition(" = ")
        assert f"retention.{name}" in said
        assert (f"{days} days" if days != "0" else "always") in said
        return
    with pytest.raises(SettingsError, match="retention"):
        load(environment)
