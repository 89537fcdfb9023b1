"""Files are named by what is in them, written once and whole."""

import hashlib
import threading
from pathlib import Path

import pytest

from storage.db import DatabaseDownError
from storage.files import Files, NoSuchFileError


def everything(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_put_and_get(tmp_path: Path) -> None:
    files = Files(tmp_path / "files")
    name = files.put(b"a picture")
    assert name == hashlib.sha256(b"a picture").hexdigest()
    assert files.get(name) == b"a picture"
    assert files.has(name)
    (kept,) = everything(tmp_path)
    assert kept.stat().st_mode & 0o777 == 0o600


def test_the_same_again_is_the_same_file_and_is_not_written_anew(tmp_path: Path) -> None:
    files = Files(tmp_path)
    name = files.put(b"once")
    (kept,) = everything(tmp_path)
    before = kept.stat()
    assert files.put(b"once") == name
    assert everything(tmp_path) == [kept]
    assert (kept.stat().st_ino, kept.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_many_at_once_write_one_whole_file(tmp_path: Path) -> None:
    content = b"x" * 3_000_000
    names: list[str] = []

    def _put() -> None:
        names.append(Files(tmp_path).put(content))

    threads = [threading.Thread(target=_put) for _ in range(16)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(names) == 16
    assert len(set(names)) == 1
    assert Files(tmp_path).get(names[0]) == content
    assert len(everything(tmp_path)) == 1


def test_what_was_altered_on_the_disk_is_not_handed_out(tmp_path: Path) -> None:
    """B04: the archive is never altered after, and if it is, it says so."""
    files = Files(tmp_path)
    name = files.put(b"signed")
    (kept,) = everything(tmp_path)
    kept.write_bytes(b"forged")
    with pytest.raises(NoSuchFileError):
        files.get(name)


@pytest.mark.parametrize("name", ["", "abc", "../../etc/passwd", "A" * 64, f"{'0' * 64}\n"])
def test_a_name_is_64_digits_and_nothing_else(tmp_path: Path, name: str) -> None:
    files = Files(tmp_path)
    assert not files.has(name)
    with pytest.raises(NoSuchFileError):
        files.get(name)


def test_a_disk_that_takes_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file where the folder should be")
    with pytest.raises(DatabaseDownError):
        Files(tmp_path / "files").put(b"x")
