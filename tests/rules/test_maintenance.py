"""Maintenance mode: eight hours at most, of a device, its system or its site (traps 14)."""

from datetime import UTC, datetime, timedelta

import pytest

from rules import maintenance as window_rules
from rules.assets import Device
from rules.maintenance import Scope, Window, WindowId
from rules.model import DeviceId, DeviceType, PersonId, SiteId, SystemId

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CAMERA = Device(
    id=DeviceId(7),
    site_id=SiteId(1),
    site_code="S1",
    code="d7",
    name="d7",
    type=DeviceType.CAMERA,
    enrolled_at=NOW,
    system_id=SystemId(3),
)


def window(scope: Scope, subject: int, *, hours: float = 1, number: int = 1) -> Window:
    return Window(
        id=WindowId(number),
        site_id=SiteId(1),
        scope=scope,
        subject_id=subject,
        owner_id=PersonId(1),
        reason="new lens",
        starts_at=NOW - HOUR,
        ends_at=NOW + hours * HOUR,
    )


@pytest.mark.parametrize(
    ("ahead", "why"),
    [
        (timedelta(), "too_short"),
        (timedelta(seconds=59), "too_short"),
        (timedelta(minutes=1), None),
        (8 * HOUR, None),
        (8 * HOUR + timedelta(seconds=1), "too_long"),
        (-HOUR, "too_short"),
    ],
)
def test_it_lasts_a_minute_to_eight_hours(ahead: timedelta, why: str | None) -> None:
    assert window_rules.refusal(NOW + ahead, NOW) == why


@pytest.mark.parametrize(
    ("scope", "subject", "holds"),
    [
        (Scope.DEVICE, 7, True),
        (Scope.DEVICE, 8, False),
        (Scope.SYSTEM, 3, True),
        (Scope.SYSTEM, 7, False),
        (Scope.SITE, 1, True),
        (Scope.SITE, 2, False),
    ],
)
def test_a_device_shares_the_maintenance_of_its_system_and_site(
    scope: Scope, subject: int, *, holds: bool
) -> None:
    one = window(scope, subject)
    assert window_rules.covering(CAMERA, [one], NOW) == (one if holds else None)


def test_the_one_that_ends_last_holds_it() -> None:
    first = window(Scope.DEVICE, 7, hours=1)
    last = window(Scope.SITE, 1, hours=3, number=2)
    assert window_rules.covering(CAMERA, [last, first], NOW) == last


def test_at_its_very_end_it_is_over() -> None:
    assert window_rules.covering(CAMERA, [window(Scope.DEVICE, 7, hours=0)], NOW) is None
