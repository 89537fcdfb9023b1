"""The house keeps its shape: arrows, names, sizes. A planted mistake must be caught."""

import ast
import importlib.metadata
import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = (
    "rules",
    "words",
    "storage",
    "operations",
    "notify",
    "reports",
    "wiring",
    "collector",
    "scheduler",
    "web",
    "ringwatch",
)
LINES_OF_A_FILE, LINES_OF_A_FUNCTION = 300, 50
BAD_NAMES = {"utils", "helpers", "common", "base", "manager", "service"}
PLANTED = {
    "storage/planted.py": "import web.main\n",
    "collector/planted.py": "import scheduler\n",
    "rules/planted.py": "import storage\n",
    "operations/planted.py": "import sqlalchemy\n",
    "web/planted.py": "import paho.mqtt.client\n",
    "words/planted.py": "import rules\n",
    "notify/planted.py": "import fastapi\n",
    "wiring/planted.py": "import apscheduler\n",
    "scheduler/planted.py": "import collector\n",
}


def sources() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from (ROOT / folder).rglob("*.py")


def contracts(where: Path) -> subprocess.CompletedProcess[str]:
    lint = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [lint, "--no-cache"], cwd=where, capture_output=True, text=True, check=False
    )


def test_the_arrows_hold() -> None:
    done = contracts(ROOT)
    assert done.returncode == 0, done.stdout


def test_a_planted_import_is_caught(tmp_path: Path) -> None:
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            target = tmp_path / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, words in PLANTED.items():
        (tmp_path / name).write_text(words)
    done = contracts(tmp_path)
    assert done.returncode != 0
    for name in PLANTED:
        assert name.removesuffix(".py").replace("/", ".") in done.stdout, name


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_folder_name_is_ours(folder: str) -> None:
    found = importlib.util.find_spec(folder)
    assert found is not None
    assert found.origin == str(ROOT / folder / "__init__.py")


def test_no_locked_package_ships_one_of_our_folders() -> None:
    taken = {
        (file.parts[0].removesuffix(".py"), package.metadata["Name"])
        for package in importlib.metadata.distributions()
        for file in package.files or ()
        if file.parts[0].removesuffix(".py") in FOLDERS
    }
    assert {pair for pair in taken if pair[1] != "ringwatch"} == set()


def test_files_are_short() -> None:
    long = [
        (str(path.relative_to(ROOT)), lines)
        for path in sources()
        if (lines := len(path.read_text("utf-8").splitlines())) > LINES_OF_A_FILE
        and "migrations/versions" not in str(path)
    ]
    assert long == []


def test_functions_are_short() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in sources()
        if "migrations/versions" not in str(path)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LINES_OF_A_FUNCTION
    ]
    assert long == []


def test_no_name_that_says_nothing() -> None:
    named = {path.stem for path in sources()} | {path.parent.name for path in sources()}
    assert named & BAD_NAMES == set()


def test_every_folder_is_a_package() -> None:
    missing = {path.parent for path in sources() if not (path.parent / "__init__.py").exists()}
    assert missing == set()


def test_the_stream_is_the_only_async_function() -> None:
    found = {
        str(path.relative_to(ROOT))
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.AsyncFunctionDef)
    }
    assert {name for name in found if not name.startswith("web/")} == set()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_locks_name_no_host(name: str) -> None:
    words = (ROOT / name).read_text("utf-8")
    assert not re.search(r"https?://|--index-url|--find-links|@ file:", words)
    pinned = [line for line in words.splitlines() if re.match(r"[a-z]", line)]
    assert pinned
    assert all("==" in line for line in pinned)
    assert words.count("--hash=sha256:") >= len(pinned)


def test_nothing_names_a_path_of_somebodys_machine() -> None:
    ours = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False
    ).stdout.split(b"\0")
    private = re.compile(rb"/(?:home|work|Users)/[a-z]")
    found = [
        name.decode()
        for name in ours
        if name
        and (ROOT / name.decode()).is_file()
        and b"/static/vendor" not in name
        and private.search((ROOT / name.decode()).read_bytes())
        and not name.startswith(b"tests/architecture/")
    ]
    assert found == []
