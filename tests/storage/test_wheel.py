"""The wheel alone can migrate: revisions and words are in it, tests are not."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MIGRATE = """
import sys
from datetime import UTC, datetime
from storage.db import connect
from storage.migrate import migrate
import storage, words
assert storage.__file__.startswith(sys.argv[1]), storage.__file__
pair = connect(f"sqlite:///{sys.argv[2]}/a.db"), connect(f"sqlite:///{sys.argv[2]}/t.db")
assert [step.before.should_be_at for step in migrate(*pair, datetime(2026, 1, 1, tzinfo=UTC))]
print(words.say("zh", "house.demo.ready", url="x"))
"""


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as it would be installed, built from a copy of what git would keep."""
    source, made = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    known = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(known, cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).is_file():
            target = source / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
    (source / "README.md").touch()
    build = "from setuptools.build_meta import build_wheel; import sys; build_wheel(sys.argv[1])"
    subprocess.run(
        [sys.executable, "-c", build, str(made)], cwd=source, check=True, capture_output=True
    )
    (wheel,) = made.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(made / "site")
    return made / "site"


def test_the_wheel_migrates_by_itself(unpacked: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MIGRATE, str(unpacked), str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Ringwatch" in done.stdout


def test_tests_and_benchmarks_are_not_in_it(unpacked: Path) -> None:
    shipped = {path.name for path in unpacked.iterdir()}
    assert shipped & {"tests", "benchmarks", "docs", "deploy"} == set()
    assert {"rules", "storage", "web", "ringwatch"} <= shipped


def test_every_file_that_is_read_at_run_time_is_in_it(unpacked: Path) -> None:
    kinds = {".toml", ".html", ".csv", ".geojson", ".css", ".js", ".mako", ".typ"}
    wanted = {
        path.relative_to(ROOT)
        for folder in ("words", "web", "storage", "reports", "ringwatch")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in kinds
    }
    assert {path for path in wanted if not (unpacked / path).exists()} == set()
