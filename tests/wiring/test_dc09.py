"""`[dc09]`: accounts, keys and what follows from a category (D06)."""

import os
import signal
from pathlib import Path

import pytest

from rules.limits import ALLOWANCE
from rules.supervision import TEST_DUE, TIMES, Category
from wiring import dc09, shown
from wiring.parts import assemble
from wiring.problems import SettingsError
from wiring.reload import Rereading
from wiring.settings import Settings, load

ACCOUNT = '[dc09]\n[[dc09.account]]\naccount = "55aB"\nsite = "S1"\n'
KEY = "0123456789abcdef"


def settings(folder: Path, toml: str) -> Settings:
    (folder / "ringwatch.toml").write_text(toml, encoding="utf-8")
    return load({"RINGWATCH_DATA": str(folder)})


def refused(folder: Path, toml: str) -> str:
    with pytest.raises(SettingsError) as error:
        settings(folder, toml)
    return str(error.value)


def test_they_are_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By SIGHUP, as the policy is; a restart is asked for by no log line."""
    monkeypatch.setenv("RINGWATCH_DATA", str(tmp_path))
    parts = assemble(settings(tmp_path, ACCOUNT))
    before = signal.getsignal(signal.SIGHUP)
    rereading = Rereading(parts)
    try:
        settings(tmp_path, ACCOUNT + 'category = "SP6"\n')
        os.kill(os.getpid(), signal.SIGHUP)
        fresh = rereading.fresh()
    finally:
        signal.signal(signal.SIGHUP, before)
        parts.close()
    assert fresh is not None
    assert dc09.promises(fresh.settings.dc09)["55AB"][ALLOWANCE] == 20


def test_without_the_table_there_is_no_receiver(tmp_path: Path) -> None:
    assert settings(tmp_path, "").dc09 is None
    assert dc09.promises(None) == {}


def test_an_account_is_known_as_the_host_sends_it(tmp_path: Path) -> None:
    given = settings(tmp_path, ACCOUNT).dc09
    assert given is not None
    assert given.address == ("127.0.0.1", 12000)
    assert list(given.accounts) == ["55AB"]


@pytest.mark.parametrize(
    ("words", "size"),
    [
        (KEY, 16),
        (KEY + "01234567", 24),
        (KEY * 2, 32),
        ("hex:" + "0f" * 16, 16),
        ("0f" * 24, 24),
        ("0F" * 32, 32),
    ],
)
def test_keys_come_from_files_in_two_forms(tmp_path: Path, words: str, size: int) -> None:
    (tmp_path / "key").write_text(words + "\n", encoding="utf-8")
    given = settings(tmp_path, f'{ACCOUNT}key = "file:{tmp_path}/key"\n').dc09
    assert given is not None
    key = given.account[0].key_bytes
    assert key is not None
    assert len(key) == size


@pytest.mark.parametrize("words", ["short", "hex:zz", "é" * 16, "x" * 48])
def test_a_key_of_another_length_is_refused_and_never_shown(tmp_path: Path, words: str) -> None:
    (tmp_path / "key").write_text(words, encoding="utf-8")
    said = refused(tmp_path, f'{ACCOUNT}key = "file:{tmp_path}/key"\n')
    assert "dc09" in said
    assert words not in said


def test_a_key_does_not_stand_in_the_file_itself(tmp_path: Path) -> None:
    said = refused(tmp_path, f'{ACCOUNT}key = "{KEY}"\n')
    assert KEY not in said


@pytest.mark.parametrize(
    "toml",
    [
        ACCOUNT + '[[dc09.account]]\naccount = "55AB"\nsite = "S2"\n',
        ACCOUNT + 'category = "SP9"\n',
        ACCOUNT + "test_interval_h = 0\n",
        ACCOUNT.replace("55aB", "no hex"),
        '[dc09]\nlisten = "12000"\n',
        '[dc09]\nlisten = "127.0.0.1:0"\n',
        "[dc09]\nconnections = 0\n",
        '[dc09]\ncolour = "red"\n',
    ],
)
def test_what_is_not_accepted_is_named(tmp_path: Path, toml: str) -> None:
    assert "dc09" in refused(tmp_path, toml)


@pytest.mark.parametrize(
    ("category", "seconds"),
    [
        ("SP1", 32 * 86_400),
        ("SP2", 25 * 3600),
        ("SP3", 1800),
        ("SP4", 180),
        ("SP5", 90),
        ("SP6", 20),
        ("DP1", 50 * 3600),
        ("DP2", 3600),
        ("DP3", 360),
        ("DP4", 180),
    ],
)
def test_a_host_may_be_quiet_for_its_categorys_time(
    tmp_path: Path, category: str, seconds: float
) -> None:
    """EN 50136-1: until the whole connection must be known to be lost."""
    given = settings(tmp_path, f'{ACCOUNT}category = "{category}"\n').dc09
    assert dc09.promises(given) == {"55AB": {ALLOWANCE: seconds}}


def test_the_periodic_test_has_an_hour_of_grace(tmp_path: Path) -> None:
    given = settings(tmp_path, ACCOUNT + "test_interval_h = 24\n").dc09
    figures = dc09.promises(given)["55AB"]
    assert figures == {ALLOWANCE: 49 * 3600, TEST_DUE: 25 * 3600}


def test_only_dual_categories_have_two_ways() -> None:
    for category, times in TIMES.items():
        assert (times.alternative is not None) == category.startswith("DP")
    assert TIMES[Category.DP2].of_path("1").total_seconds() == 1800
    assert TIMES[Category.DP2].of_path("2").total_seconds() == 25 * 3600


def test_the_settings_are_shown_without_the_key(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY, encoding="utf-8")
    toml = f'{ACCOUNT}key = "file:{tmp_path}/key"\ncategory = "SP3"\n'
    lines = "\n".join(shown.lines(settings(tmp_path, toml)))
    assert "S1: SP3, encrypted" in lines
    assert KEY not in lines
