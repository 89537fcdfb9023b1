"""`[[webhook]]`: who may be told what, and no mistake goes unnoticed."""

from pathlib import Path
from typing import Any

import pytest

from rules import events as event_rules
from wiring import shown
from wiring.problems import SettingsError
from wiring.settings import load

WHOLE = {
    "name": "erp",
    "url": "https://erp.example.com/hook?key=hush-hush",
    "events": ["order", "fault.opened"],
    "person": "P-1",
}


def settings(folder: Path, *tables: dict[str, Any]) -> Any:
    (folder / "secret").write_text("s3cret", encoding="utf-8")
    lines: list[str] = []
    for table in tables:
        lines.append("[[webhook]]")
        for name, value in {"secret_file": str(folder / "secret"), **table}.items():
            said = str(value).replace("'", '"') if isinstance(value, list) else f'"{value}"'
            lines.append(f"{name} = {said}")
    (folder / "ringwatch.toml").write_text("\n".join(lines), encoding="utf-8")
    return load({"RINGWATCH_DATA": str(folder)})


def test_a_webhook_is_read_with_its_secret(tmp_path: Path) -> None:
    [one] = settings(tmp_path, WHOLE).webhook
    assert (one.name, one.person, one.secret) == ("erp", "P-1", "s3cret")
    assert one.events == ("order", "fault.opened")


def test_what_is_shown_holds_no_secret(tmp_path: Path) -> None:
    said = "\n".join(shown.lines(settings(tmp_path, WHOLE)))
    assert "order, fault.opened as P-1" in said
    assert "hush-hush" not in said
    assert "s3cret" not in said


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "ERP"},
        {"name": ""},
        {"url": "ftp://erp.example.com/"},
        {"url": "erp.example.com"},
        {"url": "https:///path"},
        {"events": []},
        {"events": ["order.exploded"]},
        {"events": ["*"]},
        {"person": ""},
        {"secret_file": "/nowhere/secret"},
        {"colour": "red"},
    ],
)
def test_a_wrong_one_stops_the_start(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingsError) as caught:
        settings(tmp_path, {**WHOLE, **wrong})
    assert "webhook" in str(caught.value)
    assert "hush-hush" not in str(caught.value)


def test_two_of_one_name_stop_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="webhook"):
        settings(tmp_path, WHOLE, WHOLE)


def test_every_event_belongs_to_a_family_and_can_be_asked_for() -> None:
    for name in event_rules.EVENTS.values():
        assert name.partition(".")[0] in event_rules.FAMILIES
        assert name in event_rules.accepted()
        assert event_rules.verbs_of([name])
    everything = event_rules.verbs_of(event_rules.FAMILIES)
    assert everything == set(event_rules.EVENTS)
    assert set(event_rules.EVENTS) >= event_rules.FOR_CUSTOMERS - {"customer_told"}  # by letter
