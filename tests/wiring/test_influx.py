"""InfluxDB is switched on by its address; then nothing of it may be missing (D06)."""

from pathlib import Path

import pytest

from storage.curves import Embedded
from storage.influx import Influx
from wiring import shown
from wiring.parts import assemble
from wiring.problems import SettingsError
from wiring.settings import load

ALL = {
    "RINGWATCH_INFLUX_URL": "https://influx.example.com:8086",
    "RINGWATCH_INFLUX_TOKEN": "hush-hush",
    "RINGWATCH_INFLUX_ORG": "o",
    "RINGWATCH_INFLUX_BUCKET": "b",
}


def test_all_four_name_a_store(tmp_path: Path) -> None:
    settings = load({**ALL, "RINGWATCH_DATA": str(tmp_path)})
    parts = assemble(settings)
    assert parts.curves == Influx("https://influx.example.com:8086", "hush-hush", "o", "b")
    assert "hush-hush" not in "\n".join(shown.lines(settings))
    parts.close()


@pytest.mark.parametrize("missing", ["TOKEN", "ORG", "BUCKET"])
def test_an_address_alone_is_refused(missing: str) -> None:
    with pytest.raises(SettingsError, match="influx_token, influx_org, influx_bucket") as found:
        load({name: value for name, value in ALL.items() if not name.endswith(missing)})
    assert "hush-hush" not in str(found.value)


@pytest.mark.parametrize("url", ["influx:8086", "ftp://influx", "http://u:p@influx"])
def test_another_kind_of_address_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="influx_url"):
        load({**ALL, "RINGWATCH_INFLUX_URL": url})


def test_without_an_address_our_own_tables_answer(tmp_path: Path) -> None:
    """A compose file hands the rest on, and the address as an empty word."""
    parts = assemble(load({**ALL, "RINGWATCH_INFLUX_URL": "", "RINGWATCH_DATA": str(tmp_path)}))
    assert parts.curves == Embedded(parts.telemetry)
    parts.close()


def test_the_token_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-a-file\n", encoding="utf-8")
    named = {name: value for name, value in ALL.items() if not name.endswith("TOKEN")}
    found = load({**named, "RINGWATCH_INFLUX_TOKEN_FILE": str(tmp_path / "token")}).influx
    assert found is not None
    assert found.token == "from-a-file"
