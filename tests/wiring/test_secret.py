"""The installation's secret: made once, ours alone, left out of backups; and who needs more."""

import threading
from pathlib import Path

import pytest

from operations.seals import Seal
from rules.model import Role
from wiring import secret, shown
from wiring.problems import SettingsError
from wiring.settings import Settings, load, secret_files


def test_it_is_made_once_however_many_ask_at_once(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    sealed: list[str] = []
    begin = threading.Barrier(8)

    def ask() -> None:
        begin.wait()
        sealed.append(secret.seal(settings).close("words", "here"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    seal = secret.seal(settings)
    assert [seal.open(one, "here") for one in sealed] == ["words"] * 8
    assert len(set(sealed)) == 8
    assert [path.name for path in tmp_path.iterdir()] == ["installation.secret"]
    assert secret.file_of(settings).stat().st_mode & 0o777 == 0o600


def test_a_backup_is_told_to_leave_it_out(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    assert secret_files(settings) == []
    secret.seal(settings)
    assert secret_files(settings) == [secret.file_of(settings)]


def test_one_s_own_file_counts_and_a_short_one_does_not(tmp_path: Path) -> None:
    file = tmp_path / "given"
    file.write_text("a secret of the company, long enough\n", encoding="utf-8")
    settings = Settings(data=tmp_path, secret_file=file)
    sealed = secret.seal(settings).close("words", "here")
    assert not (tmp_path / "installation.secret").exists()
    assert Seal(b"a secret of the company, long enough").open(sealed, "here") == "words"
    file.write_text("short\n", encoding="utf-8")
    with pytest.raises(ValueError, match="less than 16 bytes"):
        secret.seal(settings)


@pytest.mark.parametrize("broken", ["", "not base64!", "AAAA", "ö" * 40])
def test_what_nobody_sealed_opens_nothing(broken: str) -> None:
    assert Seal(b"sixteen bytes and more").open(broken, "here") is None


def test_roles_that_need_a_second_factor_from_environment_and_file(tmp_path: Path) -> None:
    name = "RINGWATCH_SECOND_FACTOR_ROLES"
    found = load({"RINGWATCH_DATA": str(tmp_path), name: "admin; sales_director"})
    assert found.second_factor_roles == {Role.ADMIN, Role.SALES_DIRECTOR}
    assert any("admin, sales_director" in line for line in shown.lines(found))
    assert load({"RINGWATCH_DATA": str(tmp_path)}).second_factor_roles == frozenset()
    text = 'second_factor_roles = ["head"]\n'
    (tmp_path / "ringwatch.toml").write_text(text, encoding="utf-8")
    assert load({"RINGWATCH_DATA": str(tmp_path)}).second_factor_roles == {Role.HEAD}
    with pytest.raises(SettingsError, match="second_factor_roles"):
        load({"RINGWATCH_DATA": str(tmp_path), name: "boss"})
