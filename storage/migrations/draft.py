"""`python -m storage.migrations.draft main "Add a column"`: write the next revision down.

Alembic compares the tables in `storage/tables` with a database migrated so far. `--baseline`
writes revision 0001 anew, which is right only as long as nothing has been released.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import Script

from storage import migrate
from storage.db import connect

_TREES = {tree.name: tree for tree in (migrate.MAIN, migrate.TELEMETRY)}


def draft(tree: migrate.Tree, words: str, *, baseline: bool) -> Path:
    folder = Path(__file__).parent / "versions" / tree.name
    old = sorted(folder.glob("[0-9]*.py"))
    if baseline:
        for path in old:
            path.unlink()
    number = "0001" if baseline else f"{len(old) + 1:04}"
    with tempfile.TemporaryDirectory() as scratch:
        database = connect(f"sqlite:///{scratch}/draft.db")
        with database.writer.connect() as connection:
            config = tree.config(connection)
            config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
            command.upgrade(config, "head")
            script = command.revision(config, words, autogenerate=True, rev_id=number)
        database.close()
    assert isinstance(script, Script), "one tree, one revision"  # noqa: S101
    path = Path(script.path)
    _tidy(path)
    return path


def _tidy(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = (line for line in lines if not line.lstrip().startswith("# ###"))
    path.write_text("".join(kept), encoding="utf-8")
    for step in (["format", "--quiet"], ["check", "--fix", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *step, str(path)], check=True)  # noqa: S603 - our own file


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tree", choices=sorted(_TREES))
    parser.add_argument("words", help="what the revision does, imperative")
    parser.add_argument("--baseline", action="store_true", help="rewrite 0001")
    given = parser.parse_args()
    draft(_TREES[given.tree], given.words, baseline=given.baseline)


if __name__ == "__main__":
    main()
