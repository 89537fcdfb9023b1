"""`ringwatch keys|verify|report` as an administrator types them (B04)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from reports import keys, signing
from reports.signing import Seal
from ringwatch import cli, doctor_papers
from scheduler.printing import Press
from storage.db import transaction
from storage.migrate import migrate
from tests import company as companies
from tests import inspected
from tests.company import LI
from wiring import settings as wiring_settings
from wiring.parts import Parts, assemble
from wiring.settings import Settings

Say = Callable[..., tuple[int, str, str]]
NOW = datetime(2026, 6, 15, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    made = Settings(data=tmp_path)
    parts = assemble(made)
    migrate(parts.database, parts.telemetry, parts.clock())
    parts.close()
    monkeypatch.setattr(wiring_settings, "load", lambda: made)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return made


@pytest.fixture
def ringwatch(settings: Settings, capsys: pytest.CaptureFixture[str]) -> Say:
    assert settings.data.is_dir()

    def _say(*words: object) -> tuple[int, str, str]:
        code = cli.main([str(word) for word in words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return _say


def a_sheet(settings: Settings) -> int:
    """An inspection that is being walked."""
    parts: Parts = assemble(settings)
    with transaction(parts.database) as tx:
        firm = companies.found(tx)
        system = inspected.under_contract(tx, firm)
        sheet = inspected.begun(tx, system, firm.id_of(LI))
        inspected.walk(tx, sheet, firm.id_of(LI), inspected.NOW)
    parts.close()
    return sheet.inspection.id


def test_a_key_is_made_shown_and_renewed(settings: Settings, ringwatch: Say) -> None:
    assert "keys create" in ringwatch("keys")[2]
    assert "“安信”" in ringwatch("keys", "create", "--name", "安信")[1]
    pair = keys.read(settings.keys_folder)
    assert pair is not None
    first = keys.describe(pair.certificate).fingerprint
    assert first in ringwatch("keys", "show")[1]
    code, _, error = ringwatch("keys", "create")
    assert (code, "keys renew" in error) == (2, True)
    assert ringwatch("keys", "renew", "--name", "安信二")[0] == 0
    assert first not in ringwatch("keys")[1]
    assert first in keys.ours(settings.keys_folder)


def test_the_companys_own_key_is_taken_or_refused_with_what_to_do(
    settings: Settings, ringwatch: Say, tmp_path: Path
) -> None:
    own = keys.create("公司", datetime.now(UTC))
    good = tmp_path / "own.pem"
    good.write_bytes(own.certificate + own.key)
    assert "“公司”" in ringwatch("keys", "import", good)[1]
    kept = keys.read(settings.keys_folder)
    assert kept is not None
    assert kept.certificate == own.certificate
    old = keys.create("旧", NOW - timedelta(days=4000))
    for content, why in (
        (own.key, "no certificate"),
        (b"nonsense", "no private key"),
        (old.key + old.certificate, "keys renew"),
        (old.key + own.certificate, "another key"),
    ):
        bad = tmp_path / "bad.pem"
        bad.write_bytes(content)
        code, _, error = ringwatch("keys", "import", bad)
        assert (code, why in error) == (2, True), error
    assert ringwatch("keys", "import", tmp_path / "none.pem")[0] == 2


def test_a_draft_says_that_it_is_one(settings: Settings, ringwatch: Say, tmp_path: Path) -> None:
    number = a_sheet(settings)
    target = tmp_path / "draft.pdf"
    assert ringwatch("report", "inspection", number, "--lang", "both", "--pdf", target)[0] == 0
    assert signing.examine(target.read_bytes()).seal is Seal.UNSIGNED
    text = PdfReader(target).pages[0].extract_text()
    assert "草稿" in text
    assert "raft" in text
    code, _, error = ringwatch("report", "inspection", 999, "--pdf", target)
    assert (code, "no inspection 999" in error) == (2, True)
    code, said, _ = ringwatch("verify", target)
    assert (code, "Not a report of ours" in said) == (1, True)


def test_the_issued_file_is_told_from_a_changed_one(
    settings: Settings, ringwatch: Say, tmp_path: Path
) -> None:
    number = a_sheet(settings)
    parts = assemble(settings, clock=lambda: inspected.NOW)
    with transaction(parts.database) as tx:
        inspected.issued(tx, number)
    press = Press()
    assert press.look(parts) == 1
    press.close()
    (issued,) = [one for one in parts.files.folder.rglob("*") if one.is_file()]
    parts.close()
    assert ringwatch("verify", issued)[0] == 0
    changed = tmp_path / "changed.pdf"
    content = issued.read_bytes()
    changed.write_bytes(content.replace(b"%PDF-1.7", b"%PDF-1.6", 1))
    code, said, _ = ringwatch("verify", changed)
    assert (code, "altered" in said) == (1, True)
    assert ringwatch("verify", tmp_path / "none.pdf")[0] == 2


def test_the_doctor_looks_at_font_and_key(settings: Settings, tmp_path: Path) -> None:
    def _found(given: Settings, now: datetime) -> list[tuple[str, str]]:
        return [(how, what) for how, what, _ in doctor_papers.look(given, now)]

    assert _found(settings, NOW) == [("good", "font"), ("odd", "key_none")]
    keys.keep(settings.keys_folder, keys.create("安信", NOW))
    assert _found(settings, NOW) == [("good", "font"), ("good", "key")]
    assert _found(settings, NOW + keys.LASTS - timedelta(days=30))[1] == ("odd", "key_ends")
    assert _found(settings, NOW + keys.LASTS + timedelta(days=1))[1] == ("bad", "key_wrong")
    empty = tmp_path / "fonts"
    empty.mkdir()
    assert _found(settings.model_copy(update={"fonts": empty}), NOW)[0] == ("bad", "font_missing")
