"""The doctor reads a certificate's end from the certificate."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ringwatch import doctor
from ringwatch.certificate import ends_at
from tests.certificates import self_signed
from wiring import settings


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for 30 days and its key."""
    return self_signed(tmp_path, days=30, name="ringwatch.example.com")


def test_the_end_is_read(pair: tuple[Path, Path]) -> None:
    end = ends_at(*pair)
    assert end
    assert timedelta(days=29) < end - datetime.now(UTC) <= timedelta(days=30)


def test_what_is_no_pair_has_no_end(pair: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "words.pem").write_text("no certificate")
    assert ends_at(tmp_path / "words.pem", pair[1]) is None
    assert ends_at(pair[0], tmp_path / "words.pem") is None
    assert ends_at(tmp_path / "none", pair[1]) is None


def test_the_doctor_warns_before_the_end(pair: tuple[Path, Path]) -> None:
    given = settings.load({}, tls_cert=pair[0], tls_key=pair[1])
    end = ends_at(*pair)
    assert end

    def found(days: float) -> tuple[str, str]:
        (one,) = doctor._certificate(given, end - timedelta(days=days))  # noqa: SLF001
        return one.mark, one.what

    assert found(29) == (doctor.Mark.GOOD, "certificate")
    assert found(5) == (doctor.Mark.ODD, "certificate_ends")
    assert found(-1) == (doctor.Mark.BAD, "certificate_ends")
