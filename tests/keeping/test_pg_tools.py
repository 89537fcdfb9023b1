"""PostgreSQL's tools: found where Debian keeps them, missing ones named, no password shown."""

from pathlib import Path

import pytest

from ringwatch import pg_tools
from ringwatch.folder import StartError
from storage.backup import for_tools


def test_the_newest_of_debian_is_taken_when_the_path_has_none(tmp_path: Path) -> None:
    for version in ("9", "15", "17"):
        program = tmp_path / version / "bin" / "pg_dump"
        program.parent.mkdir(parents=True)
        program.touch(mode=0o755)
    found = pg_tools.find("pg_dump", debian=tmp_path, path=str(tmp_path))
    assert found == str(tmp_path / "17/bin/pg_dump")


def test_none_at_all_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="apt install postgresql-client"):
        pg_tools.find("pg_dump", debian=tmp_path, path=str(tmp_path))


def test_the_password_is_not_on_the_command_line() -> None:
    shown, password = for_tools("postgresql://u:h%40sh@host:5433/name?sslmode=require")
    assert password == "h@sh"
    assert shown == "postgresql://u@host:5433/name?sslmode=require"
