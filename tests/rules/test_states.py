"""One word for a device, and the reason behind it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rules import states
from rules.assets import Device
from rules.model import (
    ClockSource,
    DeviceId,
    DeviceState,
    DeviceType,
    Fault,
    FaultId,
    Monitored,
    Severity,
    SiteId,
)
from rules.states import Heard, Why

NOW = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DEVICE = Device(
    id=DeviceId(1),
    site_id=SiteId(1),
    site_code="S1",
    code="cam-1",
    name="cam-1",
    type=DeviceType.CAMERA,
    enrolled_at=NOW - 100 * HOUR,
)
WELL = Heard(at=NOW - timedelta(seconds=20), word="online", word_at=NOW - HOUR)
FAULT = Fault(
    id=FaultId(7),
    device_id=DeviceId(1),
    site_id=SiteId(1),
    code="CAM_VIDEO_LOSS",
    point="",
    severity=Severity.MAJOR,
    opened_at=NOW - HOUR,
    source=ClockSource.MONITOR,
    why="reading",
)
BEHIND = replace(FAULT, id=FaultId(8), code="DEV_OFFLINE", explained_by=FaultId(3))


@pytest.mark.parametrize(
    ("device", "heard", "faults", "state", "why"),
    [
        (DEVICE, WELL, [], DeviceState.OK, Why.HEARD),
        (DEVICE, replace(WELL, word=""), [], DeviceState.OK, Why.HEARD),
        (DEVICE, replace(WELL, word="sleeping"), [], DeviceState.OK, Why.SLEEPING),
        (DEVICE, replace(WELL, word="banana"), [], DeviceState.UNKNOWN, Why.STRANGE_WORD),
        (DEVICE, replace(WELL, word="offline"), [], DeviceState.UNKNOWN, Why.SAID_OFFLINE),
        (DEVICE, Heard(), [], DeviceState.UNKNOWN, Why.NEVER_HEARD),
        (DEVICE, WELL, [FAULT], DeviceState.FAULT, Why.FAULT),
        (DEVICE, WELL, [replace(FAULT, provisional=True)], DeviceState.FAULT, Why.SUSPECTED),
        (DEVICE, WELL, [BEHIND], DeviceState.UNREACHABLE, Why.BEHIND),
        (DEVICE, WELL, [BEHIND, FAULT], DeviceState.FAULT, Why.FAULT),
        (
            replace(DEVICE, monitored=Monitored.NO),
            Heard(),
            [],
            DeviceState.INSPECTED_ONLY,
            Why.NOT_MONITORED,
        ),
        (replace(DEVICE, monitored=Monitored.NO), Heard(), [FAULT], DeviceState.FAULT, Why.FAULT),
        (replace(DEVICE, disabled_at=NOW), WELL, [FAULT], DeviceState.DISABLED, Why.DISABLED),
        (
            replace(DEVICE, maintenance_until=NOW + HOUR),
            WELL,
            [FAULT],
            DeviceState.MAINTENANCE,
            Why.MAINTENANCE,
        ),
        (replace(DEVICE, maintenance_until=NOW), WELL, [], DeviceState.OK, Why.HEARD),
    ],
)
def test_the_state_and_its_reason(
    device: Device, heard: Heard, faults: list[Fault], state: DeviceState, why: Why
) -> None:
    found = states.state_of(device, heard, faults, NOW)
    assert (found.state, found.why) == (state, why)


def test_while_we_are_deaf_nobody_is_known() -> None:
    deaf = NOW - HOUR
    for faults in ([], [FAULT], [BEHIND]):
        found = states.state_of(DEVICE, WELL, faults, NOW, deaf_since=deaf)
        assert (found.state, found.why, found.since) == (DeviceState.UNKNOWN, Why.DEAF, deaf)
    unheard = replace(DEVICE, monitored=Monitored.NO)
    found = states.state_of(unheard, Heard(), [], NOW, deaf_since=deaf)
    assert found.state is DeviceState.INSPECTED_ONLY


@pytest.mark.parametrize(
    ("above", "state"),
    [
        (DeviceState.OK, DeviceState.OK),
        (DeviceState.FAULT, DeviceState.UNREACHABLE),
        (DeviceState.UNREACHABLE, DeviceState.UNREACHABLE),
        (DeviceState.UNKNOWN, DeviceState.UNKNOWN),
        (None, DeviceState.UNKNOWN),
    ],
)
def test_what_is_watched_through_another_is_as_well_as_that(
    above: DeviceState | None, state: DeviceState
) -> None:
    through = replace(DEVICE, monitored=Monitored.INDIRECT)
    assert states.state_of(through, Heard(), [], NOW, above=above).state is state


def test_the_worst_fault_of_its_own_speaks() -> None:
    worse = replace(FAULT, id=FaultId(9), severity=Severity.EMERGENCY, opened_at=NOW)
    found = states.state_of(DEVICE, WELL, [FAULT, BEHIND, worse], NOW)
    assert (found.fault, found.since) == (worse, NOW)
