"""What every test may ask for: a database of either engine, a broker, a free port."""

import contextlib
import gc
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from sqlalchemy import event, literal, select, text, union_all

from storage.db import Database, connect
from storage.migrate import migrate
from storage.tables import metadata, telemetry_metadata
from tests import examples, servers
from tests.mailbox import Mailbox, opened

NOT_RUN = "not run: "
CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
TESTS = Path(__file__).parent
TURNS = {"collector", "notify", "operations", "ringwatch", "scheduler", "stories", "web"}
_ON_BOTH = {
    f"test_{name}.py"
    for name in (
        "intake", "interpreter", "database_down", "listener",  # the collector's own
        "kill", "allowances",  # a sender's; a hundred kills on both are the soak's
        "together", "mass_cost", "a_night",  # locks, counted statements, the first story
        "tick", "plan", "shipping",  # promises kept, planned once, shipped once
    )
}  # fmt: skip
_SERVER = pytest.StashKey[servers.PostgresServer]()
_BEFORE_ALL = datetime(2026, 1, 1, tzinfo=UTC)


examples.register()


def needs(what: str) -> None:
    """Say that this machine lacks `what`: listed at the end of the run, a failure in CI."""
    if CI:
        pytest.fail(f"{what} is missing, and CI runs everything: make deps")
    pytest.skip(f"{NOT_RUN}{what} is missing (make deps)")


# One PostgreSQL for a run, even with several workers: the controller owns it.


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--every-engine",
        action="store_true",
        help="run each test of the pages and of the devices on both engines",
    )


def pytest_configure() -> None:
    gc.disable()  # until all is loaded: it leaves no garbage


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Most take their turn: each test on one engine, three on SQLite and the fourth on PostgreSQL.

    What differs between engines is tested on both in `tests/storage`, `keeping`,
    and where transactions are cut short, race, or are counted.
    """
    if config.getoption("--every-engine"):
        return
    left_out = [item for item in items if _takes_turns(item.path) and not _its_turn(item)]
    gone = set(map(id, left_out))
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if id(item) not in gone]


def _takes_turns(path: Path) -> bool:
    return path.relative_to(TESTS).parts[0] in TURNS and path.name not in _ON_BOTH


def _only_one(item: pytest.Item) -> bool:
    """Whether the test itself names its engine."""
    named = (mark.args[0] for mark in item.iter_markers("parametrize"))
    return "engine" in named


def _its_turn(item: pytest.Item) -> bool:
    engine = item.callspec.params.get("engine") if hasattr(item, "callspec") else None
    if engine is None or _only_one(item):
        return True
    name = item.nodeid.replace(engine, "")
    turn = "sqlite" if crc32(name.encode()) % 4 else "postgresql"
    return bool(engine == turn)


def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist where the one server is."""
    node.workerinput["postgres"] = _server_url(node.config)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _SERVER in config.stash:
        config.stash[_SERVER].stop()


def _server_url(config: pytest.Config) -> str:
    given = os.environ.get("RINGWATCH_TEST_POSTGRES_URL")
    if given:
        return given
    if hasattr(config, "workerinput"):
        return str(config.workerinput["postgres"])
    if _SERVER not in config.stash:
        tools = servers.postgresql_tools()
        if tools is None:
            return ""
        config.stash[_SERVER] = servers.PostgresServer(tools)
    return config.stash[_SERVER].url


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> str:
    """The address of a PostgreSQL on which databases may be made and dropped."""
    url = _server_url(pytestconfig)
    if not url:
        needs("PostgreSQL")
    return url


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    main = connect(f"sqlite:///{folder}/ringwatch.db")
    telemetry = connect(f"sqlite:///{folder}/telemetry.db")
    migrate(main, telemetry, _BEFORE_ALL)
    main.close()
    telemetry.close()
    return folder


@pytest.fixture(scope="session")
def _postgres_database(postgres_server: str) -> Iterator[str]:
    with servers.fresh_database(postgres_server) as url:
        database = connect(url)
        migrate(database, database, _BEFORE_ALL)
        database.close()
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a migrated database without data; for tests that start processes."""
    if engine == "sqlite":
        template: Path = request.getfixturevalue("_sqlite_template")
        for name in ("ringwatch.db", "telemetry.db"):
            shutil.copy(template / name, tmp_path / name)
        return f"sqlite:///{tmp_path}/ringwatch.db"
    url: str = request.getfixturevalue("_postgres_database")
    _empty(url)
    return url


def _empty(url: str) -> None:
    tables = [*metadata.tables.values(), *telemetry_metadata.tables.values()]
    database = connect(url)
    with database.writer.begin() as tx:
        asked = (select(literal(one.name)).where(select(one).exists()) for one in tables)
        dirty = list(tx.scalars(union_all(*asked)))
        if dirty:  # TRUNCATE makes new files for every table that follows; a few rows do not
            tx.execute(text("SET LOCAL session_replication_role = replica"))
            for name in dirty:
                tx.execute(text(f'DELETE FROM "{name}"'))  # noqa: S608 - a name of ours
            tx.execute(text("SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence"))
    database.close()


def _without_syncing(database: Database) -> Database:
    """No test cuts the power: a killed process loses nothing without it, and a disk is slow."""
    if database.sqlite:
        for engine in (database.writer, database.reader):
            event.listen(engine, "connect", _sync_off)
    return database


def _sync_off(connection: Any, _: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database without data, once on each engine."""
    opened = _without_syncing(connect(database_url))
    with contextlib.closing(opened):
        yield opened


@pytest.fixture
def telemetry(database: Database, database_url: str) -> Iterator[Database]:
    """Where readings go: a file of its own on SQLite, the same database on PostgreSQL."""
    if not database.sqlite:
        yield database
        return
    with contextlib.closing(
        _without_syncing(connect(database_url.replace("/ringwatch.db", "/telemetry.db")))
    ) as opened:
        yield opened


@pytest.fixture
def free_port() -> Callable[[], int]:
    return servers.free_port


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[servers.Mosquitto]:
    """A running broker of this test's own; `kill()` and `start()` as often as you like."""
    if not shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin"):
        needs("Mosquitto")
    broker = servers.Mosquitto(folder=tmp_path / "mosquitto", port=servers.free_port())
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def chromium() -> str:
    """The browser's path."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        needs("Chromium")
    return str(found)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What this machine could not run is said last, where it is read."""
    skipped = terminalreporter.stats.get("skipped", [])
    missing = [report for report in skipped if NOT_RUN in str(report.longrepr)]
    if missing:
        terminalreporter.section("not run on this machine")
        for report in missing:
            reason = str(report.longrepr[2]).split(NOT_RUN, 1)[1]
            terminalreporter.line(f"{report.nodeid}: {reason}")


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with opened(Mailbox()) as box:
        yield box
