"""A dead database is said by its name, and nothing is taken: the broker will repeat it."""

from pathlib import Path

import pytest

from collector.intake import Intake
from collector.message import Message
from rules.policy import Policy
from storage.db import Database, DatabaseDownError, connect, transaction
from storage.migrate import migrate
from tests import servers
from tests.collector.field import DAWN
from wiring.in_force import Figures
from wiring.parts import Parts
from wiring.settings import load


def parts_of(database: Database, telemetry: Database, folder: Path) -> Parts:
    return Parts(
        settings=load({}, data=folder),
        database=database,
        telemetry=telemetry,
        figures=Figures(Policy()),
        clock=lambda: DAWN,
    )


def test_a_dead_postgresql_is_said_and_nothing_is_taken(
    postgres_server: str, tmp_path: Path
) -> None:
    with servers.fresh_database(postgres_server) as url:
        database = connect(url)
        migrate(database, database, DAWN)
        intake = Intake(parts_of(database, database, tmp_path))
        intake.start(DAWN)
        intake.take([Message("ringwatch/v1/S1/d/health", b"{}", 1)], DAWN)
    with pytest.raises(DatabaseDownError):
        intake.take([Message("ringwatch/v1/S1/d/health", b"{}", 2)], DAWN)
    assert intake.totals["messages"] == 1
    database.close()


def test_a_damaged_sqlite_file_is_said_and_nothing_is_taken(tmp_path: Path) -> None:
    database = connect(f"sqlite:///{tmp_path}/ringwatch.db")
    telemetry = connect(f"sqlite:///{tmp_path}/telemetry.db")
    migrate(database, telemetry, DAWN)
    intake = Intake(parts_of(database, telemetry, tmp_path))
    intake.start(DAWN)
    with transaction(database) as tx:
        tx.exec_driver_sql("CREATE TABLE bulk AS SELECT 1 AS n")
    database.close()  # folds the WAL into the file
    (tmp_path / "ringwatch.db").write_bytes(b"not a database at all" * 1000)
    with pytest.raises(DatabaseDownError):
        intake.take([Message("ringwatch/v1/S1/d/health", b"{}", 2)], DAWN)
    assert intake.totals["messages"] == 0
    database.close()
    telemetry.close()
