"""A changed byte is found out: PAdES, P-256, the key apart (B04)."""

import asyncio
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from reports import keys
from reports.signing import KeyPair, Seal, examine, sign
from tests.conftest import needs

NOW = datetime(2026, 6, 15, 1, 2, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def pair() -> KeyPair:
    return keys.create("成都安信技术有限公司", NOW)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Any PDF will do; the pages themselves are looked at elsewhere."""
    path: Path = tmp_path_factory.mktemp("page") / "page.pdf"
    writer = PdfWriter()
    writer.add_blank_page(width=595, height=842)
    writer.add_metadata({"/Title": "六月月检"})
    writer.write(path)
    return path.read_bytes()


def test_a_signed_file_is_whole_and_says_by_whom_and_when(page: bytes, pair: KeyPair) -> None:
    seen = examine(sign(page, pair, NOW))
    assert seen.seal is Seal.WHOLE
    assert seen.signer == "成都安信技术有限公司"
    assert seen.signed_at == NOW
    assert seen.fingerprint == keys.describe(pair.certificate).fingerprint


def test_every_changed_byte_under_the_signature_is_found(page: bytes, pair: KeyPair) -> None:
    signed = sign(page, pair, NOW)
    for at in range(20, len(page), max(len(page) // 25, 1)):
        changed = bytearray(signed)
        changed[at] ^= 1
        assert examine(bytes(changed)).seal is not Seal.WHOLE, at


def test_what_is_appended_after_signing_is_found(
    page: bytes, pair: KeyPair, tmp_path: Path
) -> None:
    path = tmp_path / "signed.pdf"
    path.write_bytes(sign(page, pair, NOW))
    writer = PdfWriter(PdfReader(path), incremental=True)
    writer.add_metadata({"/Title": "another"})
    more = tmp_path / "more.pdf"
    writer.write(more)
    assert examine(more.read_bytes()).seal is Seal.ALTERED
    assert examine(path.read_bytes() + b"\n% more").seal is Seal.ALTERED


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00" * 100, b"%PDF-1.7 nothing"])
def test_what_is_no_pdf_is_told_and_never_raises(content: bytes) -> None:
    assert examine(content).seal in {Seal.NO_PDF, Seal.ALTERED}


def test_an_unsigned_file_is_unsigned(page: bytes) -> None:
    assert examine(page).seal is Seal.UNSIGNED


def test_other_tools_say_the_same(page: bytes, pair: KeyPair, tmp_path: Path) -> None:
    tool = shutil.which("pdfsig")
    if tool is None:
        needs("pdfsig")
    path = tmp_path / "signed.pdf"
    path.write_bytes(sign(page, pair, NOW))
    said = subprocess.run([str(tool), path], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said


def test_a_kept_pair_comes_back_and_is_nobody_elses_to_read(tmp_path: Path, pair: KeyPair) -> None:
    folder = tmp_path / "keys"
    assert keys.read(folder) is None
    keys.keep(folder, pair)
    found = keys.read(folder)
    assert found is not None
    assert (found.key, found.certificate) == (pair.key, pair.certificate)
    assert (folder / keys.PAIR).stat().st_mode & 0o777 == 0o600
    assert keys.check(found, NOW).name == "成都安信技术有限公司"


def test_two_who_begin_at_once_agree_on_one_key(tmp_path: Path) -> None:
    one, other = (keys.first(tmp_path, name, NOW) for name in ("安信", "安信二"))
    assert one.key == other.key
    assert keys.describe(other.certificate).name == "安信"


def test_a_former_certificate_still_counts_as_ours(tmp_path: Path, pair: KeyPair) -> None:
    keys.keep(tmp_path, pair)
    keys.keep(tmp_path, keys.create("新", NOW))
    assert len(keys.ours(tmp_path)) == 2
    assert keys.describe(pair.certificate).fingerprint in keys.ours(tmp_path)


def test_what_cannot_sign_says_what_to_do(pair: KeyPair) -> None:
    other = keys.create("other", NOW)
    with pytest.raises(keys.SigningKeyError, match="another key"):
        keys.check(KeyPair(key=other.key, certificate=pair.certificate), NOW)
    with pytest.raises(keys.SigningKeyError, match="keys renew"):
        keys.check(pair, NOW + keys.LASTS + timedelta(days=1))
    with pytest.raises(keys.SigningKeyError, match="no private key"):
        keys.check(KeyPair(key=b"x", certificate=pair.certificate), NOW)
    with pytest.raises(keys.SigningKeyError, match="no certificate"):
        keys.check(KeyPair(key=pair.key, certificate=b"x"), NOW)
    with pytest.raises(keys.SigningKeyError, match="no certificate in PEM"):
        keys.split(pair.key)


def test_it_may_be_asked_where_a_loop_runs(page: bytes, pair: KeyPair) -> None:
    async def _inside() -> Seal:
        return examine(sign(page, pair, NOW)).seal

    assert asyncio.run(_inside()) is Seal.WHOLE
