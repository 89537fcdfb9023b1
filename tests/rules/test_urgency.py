"""What stands on top of the board."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rules import urgency
from rules.model import ClockSource, FaultId, OrderId, PersonId, Severity, SiteId, WorkOrder, Zone
from rules.urgency import Band

NOW = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ORDER = WorkOrder(
    id=OrderId(1),
    number="2026-00001",
    site_id=SiteId(1),
    root_fault_id=FaultId(1),
    severity=Severity.MAJOR,
    opened_at=NOW - HOUR,
    clock_started_at=NOW - HOUR,
    clock_source=ClockSource.MONITOR,
    zone=Zone.RING1,
    on_site_hours=2,
    on_site_rule="zones.rule.table",
    on_site_by=NOW + HOUR,
)
TAKEN = replace(ORDER, received_by=PersonId(1), received_at=NOW - HOUR / 2)


@pytest.mark.parametrize(
    ("order", "band"),
    [
        (ORDER, Band.NOW),
        (TAKEN, Band.SOON),
        (replace(TAKEN, on_site_by=NOW), Band.SOON),
        (replace(TAKEN, on_site_by=NOW - timedelta(seconds=1)), Band.NOW),
        (replace(TAKEN, arrived_at=NOW, on_site_by=NOW - HOUR), Band.AT_WORK),
        (replace(TAKEN, repaired_at=NOW), Band.AT_WORK),
        (replace(TAKEN, repaired_at=NOW, verified_at=NOW), Band.TO_CLOSE),
    ],
)
def test_where_an_order_stands(order: WorkOrder, band: Band) -> None:
    assert urgency.of_order(order, NOW).band is band


def test_unanswered_the_worst_first_travelled_for_the_earliest_first() -> None:
    minor = replace(ORDER, severity=Severity.MINOR, on_site_by=NOW + HOUR / 60)
    emergency = replace(ORDER, severity=Severity.EMERGENCY, on_site_by=NOW + 5 * HOUR)
    later = replace(TAKEN, severity=Severity.EMERGENCY, on_site_by=NOW + 2 * HOUR)
    sooner = replace(TAKEN, severity=Severity.MINOR, on_site_by=NOW + HOUR)
    given = [later, minor, sooner, emergency]
    assert sorted(given, key=lambda order: urgency.of_order(order, NOW)) == [
        emergency,
        minor,
        sooner,
        later,
    ]


@pytest.mark.parametrize(("minutes", "risky"), [(89, False), (90, True), (200, True)])
def test_at_risk_from_three_quarters_of_the_time(minutes: int, *, risky: bool) -> None:
    at = ORDER.clock_started_at + timedelta(minutes=minutes)
    assert urgency.at_risk(TAKEN, at) is risky
    assert not urgency.at_risk(replace(TAKEN, arrived_at=at), at)
    assert not urgency.at_risk(replace(TAKEN, repaired_at=at), at)
