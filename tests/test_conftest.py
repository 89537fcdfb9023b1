"""What a machine lacks is said; in CI it is a failure."""

import pytest

from tests import conftest


def test_a_missing_part_is_listed_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conftest, "CI", False)
    with pytest.raises(pytest.skip.Exception, match="not run: Mosquitto"):
        conftest.needs("Mosquitto")


def test_in_ci_a_missing_part_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conftest, "CI", True)
    with pytest.raises(pytest.fail.Exception, match="make deps"):
        conftest.needs("Mosquitto")
