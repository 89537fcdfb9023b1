"""A03: the on-site promise is elapsed time, frozen, argued in hours."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules import sla
from rules.model import ClockSource, Zone
from rules.policy import ZoneHours

NOTICE = datetime(2026, 6, 15, 18, 30, tzinfo=UTC)
CUSTOMER = ClockSource.CUSTOMER_NOTICE


@pytest.mark.parametrize(
    ("zone", "hours"),
    [(Zone.RING1, 2), (Zone.RING2, 3), (Zone.RING3, 4), (Zone.NEIGHBOUR, 6)],
)
def test_the_written_hours(zone: Zone, hours: float) -> None:
    assert ZoneHours().of(zone) == hours
    opened = sla.promise(NOTICE, CUSTOMER, zone, hours, "zones.rule.table")
    assert opened.by == NOTICE + timedelta(hours=hours)
    assert (opened.clock_started_at, opened.clock_source) == (NOTICE, CUSTOMER)
    assert (opened.zone, opened.rule) == (zone, "zones.rule.table")


def test_nobody_guesses_hours_for_city_or_remote() -> None:
    assert ZoneHours().of(Zone.CITY) is None
    assert ZoneHours().of(Zone.REMOTE) is None


@pytest.mark.parametrize("hours", [0, -1])
def test_no_promise_without_time(hours: float) -> None:
    with pytest.raises(ValueError, match="greater than 0"):
        sla.promise(NOTICE, CUSTOMER, Zone.REMOTE, hours, "zones.rule.contract")


def test_a_night_on_which_the_clocks_change_is_no_longer_or_shorter() -> None:
    before = datetime(2026, 10, 25, 1, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    opened = sla.promise(before.astimezone(UTC), CUSTOMER, Zone.RING2, 3, "zones.rule.table")
    assert opened.by - before.astimezone(UTC) == timedelta(hours=3)
