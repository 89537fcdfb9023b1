"""A17: the contract's brief beside every inspection, the work instruction one tap away."""

import pytest

import words
from rules.model import DeviceType, Role
from storage import checklists
from storage import contracts as contract_rows
from storage import sites as site_rows
from storage.db import transaction
from tests.web import inspected
from tests.web.conftest import House

NEWEST = checklists.newest()


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_kind_of_point_has_its_instruction_in_steps(language: str) -> None:
    kinds = {*map(str, DeviceType), *(kind.type for kind in NEWEST.subjects)}
    known = {key.removeprefix("guide.") for key in words.keys(language) if key.startswith("guide.")}
    assert known == kinds | {"title"}
    for kind in kinds:
        steps = words.say(language, f"guide.{kind}").split("\n")
        assert len(steps) >= 2, kind
        assert all(step.strip() for step in steps), kind


def test_the_instruction_stands_on_the_point_and_the_brief_on_the_sheet(house: House) -> None:
    walk = inspected.begun(house, "V")
    with transaction(house.parts.database) as tx:
        site = site_rows.get(tx, walk.sheet.inspection.site_id)
        assert site is not None
        assert site.contract_id is not None
        contract_rows.change(tx, site.contract_id, {"scope": "vault and counters <b>"})
    browser = house.enter(Role.ENGINEER)
    point = walk.sheet.points[0]
    shown = browser.get(walk.at(point.code)).text
    for step in words.say("en", f"guide.{point.type}").split("\n"):
        assert step.replace("'", "&#39;") in shown
    assert "vault and counters &lt;b&gt;" in browser.get(walk.address).text
