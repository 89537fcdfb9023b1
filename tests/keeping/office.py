"""A company at work: rows that keep coming while something else happens, and its commands."""

import os
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, insert, select

from storage.db import Database, reading, transaction
from storage.tables import metadata, telemetry_metadata
from storage.tables.company import customers, sites
from storage.tables.telemetry import hot
from tests import started
from tests.company import found
from tests.waiting import until

ROOT = Path(__file__).parents[2]


def environment_for(data: Path, database_url: str | None = None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RINGWATCH_")}
    kept |= {"RINGWATCH_DATA": str(data), "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    return kept | ({"RINGWATCH_DATABASE_URL": database_url} if database_url else {})


def ringwatch(
    environment: Mapping[str, str], *words: str | Path
) -> subprocess.CompletedProcess[str]:
    return started.run("ringwatch", *map(str, words), environment=environment)


def set_up(database: Database, telemetry: Database) -> None:
    """Rows of many kinds: people, a site, devices, a rota; and readings."""
    with transaction(database) as tx:
        found(tx, devices=3)
    with transaction(telemetry) as tx:
        rows = [{"shard": 0, "at_ms": number, "lines": "[1, {}]"} for number in range(500)]
        tx.execute(insert(hot), rows)


@contextmanager
def customers_keep_coming(database: Database) -> Iterator[None]:
    """One transaction after the other, each with two rows that belong together."""
    stop, taken = threading.Event(), threading.Event()
    failed: list[Exception] = []

    def _work() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            try:
                with transaction(database) as tx:
                    for half in ("a", "b"):
                        row = {"code": f"K{number}{half}", "name": "天府" * 50, "language": "zh"}
                        tx.execute(insert(customers), row)
            except Exception as error:  # noqa: BLE001 - told to the test
                failed.append(error)
                return
            taken.set()

    worker = threading.Thread(target=_work)
    worker.start()
    try:
        until(taken.is_set)
        yield
    finally:
        stop.set()
        worker.join()
    assert not failed, failed


def taken_in(database: Database) -> set[str]:
    with reading(database) as tx:
        found_codes = tx.scalars(select(customers.c.code).where(customers.c.code.like("K%")))
        return set(found_codes)


def whole(codes: set[str]) -> int:
    """How many pairs there are; none torn, none left out in between."""
    number = len(codes) // 2
    assert codes == {f"K{one}{half}" for one in range(1, number + 1) for half in ("a", "b")}
    return number


def counts(database: Database, telemetry: Database) -> dict[str, int]:
    found_rows = {}
    for where, tables in ((database, metadata), (telemetry, telemetry_metadata)):
        with reading(where) as tx:
            for name, table in tables.tables.items():
                found_rows[name] = tx.scalar(select(func.count()).select_from(table)) or 0
    return found_rows


def has_a_site(database: Database) -> bool:
    with reading(database) as tx:
        return tx.scalar(select(sites.c.code)) == "S1"
