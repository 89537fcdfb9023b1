"""`ringwatch token`: printed once, listed without its secret, revoked by its number."""

from pathlib import Path

from tests.ringwatch.test_cli import environment, migrated, ringwatch

__all__ = ["environment", "migrated"]
PEOPLE = "code,name,roles,sites,language\nP1,Wang,dispatcher,*,en\n"


def test_a_token_is_given_listed_and_revoked(migrated: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE, encoding="utf-8")
    loaded = ringwatch(migrated, "import", "people", str(file))
    assert loaded.returncode == 0, loaded.stderr + loaded.stdout
    given = ("token", "create", "--person", "P1", "--name", "erp", "--scope", "faults:read")
    done = ringwatch(migrated, *given)
    assert done.returncode == 0, done.stderr
    secret = done.stdout.splitlines()[-1]
    assert secret.startswith("rw_")
    listed = ringwatch(migrated, "token", "list").stdout
    assert "P1  faults:read" in listed
    assert secret not in listed
    ended = ringwatch(migrated, "token", "revoke", "1")
    assert ended.returncode == 0, ended.stderr
    assert "revoked" in ringwatch(migrated, "token", "list").stdout
    again = ringwatch(migrated, "token", "revoke", "1")
    assert again.returncode == 2
    assert "Traceback" not in again.stderr


def test_what_cannot_be_given_is_said(migrated: dict[str, str]) -> None:
    nobody = ringwatch(migrated, "token", "create", "--person", "P9", "--name", "erp")
    assert nobody.returncode == 2
    assert "'P9'" in nobody.stderr
    for days in ("0", "-1", "731", "nan", "1e300"):
        long = ("token", "create", "--person", "P9", "--name", "x", "--days", days)
        done = ringwatch(migrated, *long)
        assert done.returncode == 2, days
        assert "Traceback" not in done.stderr, days
