"""CONFIG_CHANGED is accepted by somebody of ours, with a reason, on the page or by a program."""

import pytest

from operations import configurations as configuration_desk
from rules.model import DeviceId, Fault, Role, Severity
from storage import faults as fault_rows
from storage import journal, states
from storage.db import reading, transaction
from storage.states import LastWord
from tests.web.conftest import House, a_fault

MEANT = {"reason": "bit rate lowered", "seen": "8.0"}
ADDRESS = "/devices/1/configuration"


@pytest.fixture
def fault(house: House) -> Fault:
    with transaction(house.parts.database) as tx:
        found = a_fault(tx, house, code="CONFIG_CHANGED", severity=Severity.MINOR)
        states.put_all(tx, [_said(found.device_id, config_crc=8.0)])
    return found


def _said(device_id: DeviceId, **metrics: float) -> LastWord:
    return LastWord(device_id=device_id, metrics=metrics, flags={"config_changed": True})


def test_an_engineer_accepts_it(house: House, fault: Fault) -> None:
    browser = house.enter(Role.ENGINEER)
    assert ADDRESS in browser.get("/devices/1").text
    assert 'value="8.0"' in browser.get(ADDRESS).text
    answer = browser.post(ADDRESS, data=MEANT)
    assert (answer.status_code, answer.headers["location"]) == (303, "/devices/1")
    with reading(house.parts.database) as tx:
        over = fault_rows.get(tx, fault.id)
        said = journal.of_device(tx, fault.device_id, limit=10)
    assert over is not None
    assert (over.open, over.clear_why) == (False, "accepted")
    told = next(entry for entry in said if entry.verb == "configuration_accepted")
    assert (told.person_id, told.facts["reason"]) == (
        house.people[Role.ENGINEER],
        "bit rate lowered",
    )
    assert ADDRESS not in browser.get("/devices/1").text
    assert browser.post(ADDRESS, data=MEANT).status_code == 409  # the second of two clicks


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({**MEANT, "reason": " "}, 422, "Say what was changed"),
        ({**MEANT, "seen": "7.0"}, 409, "changed once more"),
    ],
)
def test_what_is_refused_keeps_the_fault(
    house: House, fault: Fault, form: dict[str, str], status: int, said: str
) -> None:
    answer = house.enter(Role.ENGINEER).post(ADDRESS, data=form)
    assert (answer.status_code, said in answer.text) == (status, True)
    with reading(house.parts.database) as tx:
        kept = fault_rows.get(tx, fault.id)
    assert kept == fault


def test_a_device_that_says_so_itself_is_told_there(house: House, fault: Fault) -> None:
    with transaction(house.parts.database) as tx:
        states.put_all(tx, [_said(fault.device_id)])
        assert configuration_desk.changed(tx, fault.device_id) is None
    browser = house.enter(Role.ENGINEER)
    assert "Nothing is to be accepted" in browser.get(ADDRESS).text
    assert browser.post(ADDRESS, data={**MEANT, "seen": ""}).status_code == 409
