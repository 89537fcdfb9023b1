"""How many faults at once are one cause is a figure of the company's (`[policy.common_causes]`)."""

from pathlib import Path
from typing import Any

import pytest

from rules.policy import Policy
from storage.db import Database
from tests.collector.field import Field
from wiring.figures import policy_from

DEVICES = [f"d{n:02}" for n in range(30)]


@pytest.mark.parametrize(
    ("figures", "silent", "codes"),
    [
        ({}, 12, {"DEV_OFFLINE", "COMMON_CAUSE"}),
        ({"most": 12, "share_pct": 50}, 12, {"DEV_OFFLINE"}),
        ({}, 5, {"DEV_OFFLINE"}),
        ({"most": 4}, 5, {"DEV_OFFLINE", "COMMON_CAUSE"}),
        ({"share_pct": 10, "least": 6}, 5, {"DEV_OFFLINE"}),
        ({"share_pct": 10, "least": 5}, 5, {"DEV_OFFLINE", "COMMON_CAUSE"}),
    ],
)
def test_how_many_points_are_one_cause(
    database: Database,
    telemetry: Database,
    tmp_path: Path,
    figures: dict[str, Any],
    silent: int,
    codes: set[str],
) -> None:
    field = a_site(Field(database, telemetry, tmp_path, policy_of(figures)))
    for device in DEVICES[:silent]:
        del field.voices[device]
    field.passes(minutes=7)
    assert {fault.code for fault in field.faults()} == codes
    assert len(field.orders()) == (1 if "COMMON_CAUSE" in codes else silent)


@pytest.mark.parametrize(
    ("figures", "down"),
    [({}, False), ({"mains": 1}, False), ({"dark_pct": 40, "mains": 1}, True)],
)
def test_when_the_power_of_a_site_is_down(
    database: Database,
    telemetry: Database,
    tmp_path: Path,
    figures: dict[str, Any],
    *,
    down: bool,
) -> None:
    """One loss of the mains, and three of seven dark."""
    field = Field(database, telemetry, tmp_path, policy_of({"most": 100, "least": 100} | figures))
    field.has("host", "ups", ups=True)
    for device in DEVICES[:6]:
        field.has(device)
    field.voices = {device: {} for device in DEVICES[:6]} | {"host": {"flags": {"mains": True}}}
    field.passes(minutes=3)
    for device in DEVICES[:3]:
        del field.voices[device]
    field.voices["host"] = {"flags": {"mains": False}}
    field.passes(minutes=9)
    assert ("SITE_POWER_DOWN" in {fault.code for fault in field.faults()}) is down
    field.voices |= {device: {} for device in DEVICES[:3]}
    field.voices["host"] = {"flags": {"mains": True}}
    field.passes(minutes=16)
    assert field.faults() == []


def a_site(field: Field) -> Field:
    """Nobody wrote down what hangs on what."""
    for device in DEVICES:
        field.has(device)
    field.voices = {device: {} for device in DEVICES}
    field.passes(minutes=3)
    return field


def policy_of(figures: dict[str, Any]) -> Policy:
    policy, problems = policy_from({"common_causes": figures})
    assert problems == []
    return policy
