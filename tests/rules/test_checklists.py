"""A10: the data file covers four areas, every type of device, and speaks of faults there are."""

import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

import words
from rules import checklists as checklist_rules
from rules.assets import Device
from rules.checklists import BadChecklistError
from rules.inspections import Area
from rules.model import DeviceId, DeviceType, SiteId
from storage import checklists

NEWEST = checklists.newest()
KINDS = [*NEWEST.devices.values(), *NEWEST.subjects]


def a_device(number: int, kind: DeviceType, location: str = "") -> Device:
    return Device(
        id=DeviceId(number),
        site_id=SiteId(1),
        site_code="S1",
        code=f"d{number}",
        name="",
        type=kind,
        location=location,
        enrolled_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_every_type_has_its_items_and_every_area_its_points() -> None:
    assert set(NEWEST.devices) == set(DeviceType)
    assert {kind.area for kind in KINDS} == set(Area)
    for kind in KINDS:
        keys = [check.key for check in kind.checks]
        assert keys
        assert len(keys) == len(set(keys)), kind.type


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_item_and_subject_has_its_words(language: str) -> None:
    known = words.keys(language)
    wanted = {f"checklist.item.{check.key}" for kind in KINDS for check in kind.checks}
    wanted |= {f"checklist.subject.{kind.type}" for kind in NEWEST.subjects}
    wanted |= {f"checklist.area.{area}" for area in Area}
    assert wanted - known == set()
    unused = {key for key in known if key.startswith("checklist.item.")} - {
        f"checklist.item.{check.key}"
        for version in checklists.versions()
        for kind in (*checklists.of(version).devices.values(), *checklists.of(version).subjects)
        for check in kind.checks
    }
    assert unused == set()


def test_limits_are_of_measured_items_and_hold_something() -> None:
    for kind in KINDS:
        for check in kind.checks:
            if check.low is not None or check.high is not None:
                assert check.unit, check.key
            if check.low is not None and check.high is not None:
                assert check.low < check.high
            assert not check.metric or check.near > 0, check.key


def test_points_go_by_area_then_place_and_subjects_by_the_kind_of_system() -> None:
    devices = [
        a_device(1, DeviceType.RECORDER),
        a_device(2, DeviceType.CAMERA, "B hall"),
        a_device(3, DeviceType.CAMERA, "A hall"),
        a_device(4, DeviceType.GROUND),
    ]
    video = checklist_rules.points(NEWEST, "video", devices)
    assert [one.device.code for one in video if one.device] == ["d3", "d2", "d4", "d1"]
    areas = [list(Area).index(one.kind.area) for one in video]
    assert areas == sorted(areas)
    subjects = {one.kind.type for one in video if not one.device}
    assert "playback_clarity" in subjects
    assert "surge_and_earth" not in subjects  # the grounding is a point of its own
    alarm = {one.kind.type for one in checklist_rules.points(NEWEST, "intrusion", [])}
    assert "surge_and_earth" in alarm
    assert not {"playback_clarity", "shielding"} & alarm


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda data: data["device"].pop(), "no items for"),
        (lambda data: data["device"][0].update(area="garden"), "garden"),
        (lambda data: data["device"][0].update(type="toaster"), "toaster"),
        (lambda data: data["device"][0]["items"][0].update(against=["CAM_SAD"]), "CAM_SAD"),
        (lambda data: data["device"][0]["items"][0].update(metric="fps"), "unit"),
        (lambda data: data["device"][0]["items"][0].pop("key"), "key"),
        (lambda data: data.pop("subject"), "subject"),
    ],
)
def test_a_list_that_is_not_sound_is_refused(
    spoil: Callable[[dict[str, Any]], object], why: str
) -> None:
    source = checklists.__path__[0]
    with open(f"{source}/{NEWEST.version}.toml", "rb") as file:  # noqa: PTH123 - a package's path
        data = tomllib.load(file)
    spoil(data)
    with pytest.raises(BadChecklistError, match=why):
        checklist_rules.read("spoilt", data)


def test_a_version_that_was_never_there() -> None:
    with pytest.raises(LookupError):
        checklists.of("../2026-11")
    assert NEWEST.check("camera", "no such item").against == frozenset()
    assert NEWEST.check("no such type", "housing").key == "housing"
