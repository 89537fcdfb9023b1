"""A backup made while rows keep coming, put back where nothing was: nothing torn, no secret."""

import io
import json
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rules.documents import Draft, Kind, Language
from rules.model import CustomerId, SiteId
from storage import documents as document_rows
from storage.db import Database, connect, transaction
from storage.files import Files
from tests import servers, started
from tests.keeping.office import (
    counts,
    customers_keep_coming,
    environment_for,
    has_a_site,
    ringwatch,
    set_up,
    taken_in,
    whole,
)

NOW = datetime(2026, 6, 15, tzinfo=UTC)
TOML = """
[[channel]]
name = "mail"
providers = ["smtps://mail.example.com:465/?from=a@example.com&password_file={folder}/smtp"]

[policy.zone_hours]
city = 6
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return filled(tmp_path / "var")


def filled(folder: Path) -> Path:
    """A data folder as it looks after a while: settings, a picture, secrets, passing things."""
    for inside in ("broker", "health", "photos/2026"):
        (folder / inside).mkdir(parents=True)
    (folder / "ringwatch.toml").write_text(TOML.format(folder=folder), "utf-8")
    (folder / "smtp").write_text("hush-smtp")
    (folder / "sign.pem").write_text("-----BEGIN PRIVATE KEY-----\nhush-key\n")
    (folder / "broker/account.json").write_text('{"password": "hush-broker"}')
    (folder / "health/web.json").write_text("{}")
    (folder / "photos/2026/门.jpg").write_bytes(bytes(range(256)) * 99)
    return folder


@pytest.fixture
def empty_database(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path}/elsewhere/ringwatch.db"
        return
    with servers.fresh_database(request.getfixturevalue("postgres_server")) as url:
        yield url


def telemetry_of(url: str, main: Database) -> Database:
    sqlite = url.startswith("sqlite")
    return connect(url.replace("/ringwatch.db", "/telemetry.db")) if sqlite else main


def test_what_was_saved_under_load_comes_back_whole(
    database: Database,
    telemetry: Database,
    database_url: str,
    data: Path,
    empty_database: str,
    tmp_path: Path,
) -> None:
    set_up(database, telemetry)
    report = a_report(database, data)
    archive = tmp_path / "kept" / "night.tar.gz"
    with customers_keep_coming(database):
        before = len(taken_in(database)) // 2
        made = ringwatch(environment_for(data, database_url), "backup", archive)
    assert made.returncode == 0, made.stderr
    assert archive.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in archive.parent.iterdir()] == [archive.name]

    fresh = restored(archive, empty_database, tmp_path)
    with closing(connect(empty_database)) as main:
        readings = telemetry_of(empty_database, main)
        assert whole(taken_in(main)) >= before
        assert has_a_site(main)
        now, then = counts(main, readings), counts(database, telemetry)
        readings.close()
    issued = tmp_path / "new/files" / report[:2] / report
    assert ringwatch(fresh, "verify", issued).returncode == 0
    then.pop("customers")
    assert {name: now[name] for name in then} == then
    refused_again(fresh, environment_for(tmp_path / "new2", empty_database), archive)


def a_report(database: Database, data: Path) -> str:
    """One in the archive of documents; returns its name in the store."""
    file = Files(data / "files").put(b"%PDF-1.7 a report")
    draft = Draft(
        kind=Kind.INSPECTION,
        subject_id=1,
        language=Language.ZH,
        number="MI-202606-1",
        public_id="public",
        site_id=SiteId(1),
        customer_id=CustomerId(1),
        period="2026-06",
        title="月度巡检报告",
        file=file,
        content_hash="0" * 64,
        size=17,
        pages=1,
        certificate="f" * 64,
    )
    with transaction(database) as tx:
        document_rows.add(tx, draft, NOW)
    return file


def restored(archive: Path, empty_database: str, tmp_path: Path) -> dict[str, str]:
    """Into a new folder: the files are there, and the program works with it."""
    (tmp_path / "elsewhere").mkdir()
    fresh = environment_for(tmp_path / "new", empty_database)
    back = ringwatch(fresh, "restore", archive)
    assert back.returncode == 0, back.stderr
    for name in ("smtp", "sign.pem"):  # where it was, and where it belongs now
        assert f"/{name}, as {tmp_path / 'new' / name}\n" in back.stdout
    assert f"RINGWATCH_DATA={tmp_path / 'new'}" in back.stdout
    assert ringwatch(fresh, "migrate").returncode == 0
    assert (tmp_path / "new/photos/2026/门.jpg").read_bytes() == bytes(range(256)) * 99
    assert "city = 6" in (tmp_path / "new/ringwatch.toml").read_text()
    return fresh


def refused_again(fresh: dict[str, str], other: dict[str, str], archive: Path) -> None:
    """Neither into the folder nor into the database that hold something now."""
    for environment in (fresh, other):
        done = ringwatch(environment, "restore", archive)
        assert done.returncode == 2
        assert "not empty" in done.stderr


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory, _sqlite_template: Path) -> Path:
    """The folder of a SQLite company, its archive beside it; once, for the tests that read it."""
    data = filled(tmp_path_factory.mktemp("untouched") / "var")
    shutil.copytree(_sqlite_template, data, dirs_exist_ok=True)
    words = ("backup", str(data.with_name("one.tar.gz")))
    done = started.from_nothing("ringwatch", *words, environment=environment_for(data))
    assert done.returncode == 0, done.stderr
    assert f"{data}/smtp" in done.stdout
    assert f"{data}/sign.pem" in done.stdout
    return data


@pytest.fixture
def archive(untouched: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(untouched.with_name("one.tar.gz"), tmp_path))


def test_no_secret_is_in_it_and_each_is_named(archive: Path, untouched: Path) -> None:
    data = untouched
    with tarfile.open(archive) as tar:
        bodies = {one.name: tar.extractfile(one).read() for one in tar if one.isreg()}  # type: ignore[union-attr]
    assert not any(b"hush" in body for body in bodies.values())
    manifest = json.loads(next(iter(bodies.values())))
    assert manifest["left_out"] == [f"{data}/sign.pem", f"{data}/smtp"]
    assert set(manifest["files"]) == set(bodies) - {"manifest.json"}
    assert "health/web.json" not in " ".join(bodies)


def test_a_backup_never_takes_the_place_of_another(archive: Path, data: Path) -> None:
    was = archive.read_bytes()
    done = ringwatch(environment_for(data), "backup", archive)
    assert done.returncode == 2
    assert "exists already" in done.stderr
    assert archive.read_bytes() == was


def spoilt(archive: Path, *, drop: str = "", change: str = "", add: str = "") -> Path:
    """The archive again, one file missing, changed or added."""
    target = archive.with_name("spoilt.tar.gz")
    with tarfile.open(archive) as old, tarfile.open(target, "w:gz") as new:
        for member in old:
            body = old.extractfile(member).read()  # type: ignore[union-attr]
            if member.name == change:
                body = bytes([body[0] ^ 1]) + body[1:]
            if member.name != drop:
                new.addfile(member, io.BytesIO(body))
        if add:
            info = tarfile.TarInfo(add)
            info.size = 1
            new.addfile(info, io.BytesIO(b"x"))
    return target


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"change": "files/photos/2026/门.jpg"}, "not what was saved"),
        ({"drop": "databases/telemetry.db"}, "telemetry.db is missing"),
        ({"add": "../../outside"}, "does not name"),
        ({"drop": "manifest.json"}, "not a backup"),
    ],
)
def test_a_spoilt_archive_is_refused_and_nothing_is_kept_of_it(
    archive: Path, tmp_path: Path, how: dict[str, str], words: str
) -> None:
    done = ringwatch(environment_for(tmp_path / "new"), "restore", spoilt(archive, **how))
    assert done.returncode == 2
    assert words in done.stderr
    assert list((tmp_path / "new").iterdir()) == []
    assert not (tmp_path / "outside").exists()


def test_half_an_archive_is_refused(archive: Path, tmp_path: Path) -> None:
    half = tmp_path / "half.tar.gz"
    half.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    done = ringwatch(environment_for(tmp_path / "new"), "restore", half)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert list((tmp_path / "new").iterdir()) == []


def test_another_engine_is_refused_with_the_way_out(
    archive: Path, tmp_path: Path, postgres_server: str
) -> None:
    done = ringwatch(environment_for(tmp_path / "new", postgres_server), "restore", archive)
    assert done.returncode == 2
    assert "ringwatch copy" in done.stderr
