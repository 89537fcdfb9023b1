"""The traps of two engines, each met here once: what one forgives, the other must not hide."""

import multiprocessing
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from storage.db import (
    POOL_SIZE,
    ConflictError,
    Database,
    DatabaseDownError,
    connect,
    insert_into,
    reading,
    savepoint,
    transaction,
)
from storage.tables.company import company, contracts, customers, devices, sites
from storage.tables.night import counters, deadlines
from storage.tables.watch import conditions, faults

NOW = datetime(2026, 6, 15, 1, 2, 3, 456789, tzinfo=UTC)
TIMES = 60


def add_one(url: str) -> None:
    """Read, then write, in one transaction: what the driver's default mode loses."""
    database = connect(url)
    for _ in range(TIMES):
        while True:
            try:
                with transaction(database) as tx:
                    row = select(counters.c.value).where(counters.c.name == "n")
                    value = tx.scalar(row if database.sqlite else row.with_for_update())
                    assert value is not None
                    tx.execute(update(counters).values(value=value + 1))
                break
            except ConflictError:
                continue
    database.close()


def test_no_update_is_lost_between_processes(database: Database, database_url: str) -> None:
    with transaction(database) as tx:
        tx.execute(insert(counters).values(name="n", value=0))
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=add_one, args=(database_url,)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    with reading(database) as tx:
        assert tx.scalar(select(counters.c.value)) == 3 * TIMES


def test_a_naive_instant_is_refused(database: Database) -> None:
    naive = NOW.replace(tzinfo=None)
    with transaction(database) as tx, pytest.raises(StatementError, match="naive"):
        tx.execute(insert(company).values(name="x", value=1, changed_at=naive))


def test_an_instant_comes_back_as_it_was_in_utc(database: Database) -> None:
    in_chengdu = NOW.astimezone(timezone(timedelta(hours=8)))
    with transaction(database) as tx:
        tx.execute(insert(company).values(name="x", value=1, changed_at=in_chengdu))
        back = tx.scalar(select(company.c.changed_at))
        later = NOW + timedelta(microseconds=1)
        found = tx.scalar(select(company.c.name).where(company.c.changed_at < later))
    assert back == NOW
    assert back is not None
    assert back.utcoffset() == timedelta(0)
    assert found == "x"


def a_device(database: Database) -> int:
    with transaction(database) as tx:
        customer = tx.execute(
            insert(customers).values(code="C1").returning(customers.c.id)
        ).scalar_one()
        row = {"code": "S1", "customer_id": customer, "zone": "ring1", "on_site_hours": 2}
        site = tx.execute(insert(sites).values(**row).returning(sites.c.id)).scalar_one()
        row = {"code": "d1", "site_id": site, "type": "camera", "enrolled_at": NOW}
        made = tx.execute(insert(devices).values(**row).returning(devices.c.id))
        return int(made.scalar_one())


def open_fault(database: Database, device: int, point: str = "", **more: object) -> None:
    with transaction(database) as tx:
        site = tx.scalar(select(sites.c.id))
        row = {"device_id": device, "site_id": site, "code": "TAMPER", "point": point}
        tx.execute(insert(faults).values(**row, evidence={}, opened_at=NOW, **more))


def test_the_partial_unique_index_is_partial(database: Database) -> None:
    """One open fault of a kind; any number of cleared ones."""
    device = a_device(database)
    open_fault(database, device, cleared_at=NOW)
    open_fault(database, device, cleared_at=NOW)
    open_fault(database, device)
    open_fault(database, device, point="ch-2")
    with pytest.raises(IntegrityError):
        open_fault(database, device)


def test_a_point_is_never_null(database: Database) -> None:
    """A unique index over a nullable column would accept the same fault twice."""
    device = a_device(database)
    with pytest.raises(IntegrityError):
        open_fault(database, device, point=None)  # type: ignore[arg-type]


def test_references_hold(database: Database) -> None:
    with pytest.raises(IntegrityError):
        open_fault(database, device=999_999)


def test_the_database_repeats_the_rules(database: Database) -> None:
    with pytest.raises(IntegrityError), transaction(database) as tx:
        tx.execute(insert(customers).values(code="C1", language="fr"))
    day = NOW.date()
    with transaction(database) as tx:
        tx.execute(insert(customers).values(code="C2"))
        customer = tx.scalar(select(customers.c.id).where(customers.c.code == "C2"))
    backwards = {"starts_on": day, "ends_on": day - timedelta(days=1), "tier": "basic"}
    with pytest.raises(IntegrityError), transaction(database) as tx:
        tx.execute(insert(contracts).values(number="1", customer_id=customer, **backwards))


def test_as_many_threads_as_places(database: Database) -> None:
    """All of them at once hold a connection; none waits for a place in the pool."""
    together, seen = threading.Barrier(POOL_SIZE, timeout=120), list[int]()

    def one() -> None:
        with reading(database) as tx:
            together.wait()
            seen.append(int(tx.scalar(text("SELECT 1")) or 0))

    threads = [threading.Thread(target=one) for _ in range(POOL_SIZE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == POOL_SIZE


def test_a_failed_savepoint_leaves_the_rest(database: Database) -> None:
    with transaction(database) as tx:
        tx.execute(insert(counters).values(name="before", value=1))
        with pytest.raises(IntegrityError), savepoint(tx):
            tx.execute(insert(counters).values(name="before", value=2))
        tx.execute(insert(counters).values(name="after", value=3))
    with reading(database) as tx:
        found = tx.scalars(select(counters.c.name).order_by(counters.c.name)).all()
    assert found == ["after", "before"]


def test_asking_twice_is_free(database: Database) -> None:
    row = {"kind": "ladder", "subject_kind": "order", "subject_id": 1}
    row |= {"due_at": NOW, "promised_at": NOW}
    with transaction(database) as tx:
        for _ in range(2):
            tx.execute(insert_into(tx, deadlines).values(**row).on_conflict_do_nothing())
        assert len(tx.execute(select(deadlines)).all()) == 1


def test_an_upsert_of_many_rows(database: Database) -> None:
    rows = [
        {"device_id": number, "code": "X", "point": "", "true_since": NOW, "evidence": {"n": 1}}
        for number in range(500)
    ]
    with transaction(database) as tx:
        statement = insert_into(tx, conditions)
        statement = statement.on_conflict_do_update(
            index_elements=["device_id", "code", "point"],
            set_={"true_since": statement.excluded.true_since},
        )
        tx.execute(statement, rows)
        later = NOW + timedelta(1)
        tx.execute(statement, [row | {"true_since": later} for row in rows])
        times = tx.scalars(select(conditions.c.true_since).distinct()).all()
    assert times == [later]


def test_a_page_reads_while_somebody_writes(database: Database) -> None:
    with transaction(database) as tx:
        tx.execute(insert(counters).values(name="n", value=1))
        with reading(database) as page:
            assert page.scalar(select(counters.c.value)) is None


def test_a_database_that_is_gone_says_so_by_its_name(tmp_path: Path) -> None:
    gone = connect(f"sqlite:///{tmp_path}/no/such/folder/x.db")
    with pytest.raises(DatabaseDownError), transaction(gone):
        pass
    gone.close()
    nobody = connect("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(DatabaseDownError), transaction(nobody):
        pass
    nobody.close()


def test_a_damaged_file_is_a_dead_database(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"this is no database, only words" * 100)
    damaged = connect(f"sqlite:///{tmp_path}/x.db")
    with pytest.raises(DatabaseDownError), transaction(damaged) as tx:
        tx.scalar(text("SELECT count(*) FROM sqlite_master"))
    damaged.close()


def test_sqlite_is_safe_by_its_settings(tmp_path: Path) -> None:
    database = connect(f"sqlite:///{tmp_path}/x.db")
    with transaction(database) as tx:
        found = {
            name: tx.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
        version = str(tx.scalar(text("SELECT sqlite_version()")))
    database.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    assert tuple(map(int, version.split("."))) >= (3, 51, 3)


def test_what_is_given_back_after_the_end_is_closed(database_url: str) -> None:
    """A page that was still being made when the process stopped leaves no connection behind."""
    database = connect(database_url)
    late = database.reader.connect()
    raw = late.connection.driver_connection
    assert raw
    database.close()
    late.close()
    if not database.sqlite:
        assert raw.closed
