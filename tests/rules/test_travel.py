"""E03: when somebody must leave to be on site in time; E02: what an access card may say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rules import site_access, travel
from rules.model import ClockSource, FaultId, OrderId, Severity, SiteId, WorkOrder, Zone
from rules.policy import Travel, ZoneHours
from rules.site_access import AccessCard
from rules.travel import Known, Way

AT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
ORDER = WorkOrder(
    id=OrderId(1),
    number="W-1",
    site_id=SiteId(1),
    root_fault_id=FaultId(1),
    severity=Severity.EMERGENCY,
    opened_at=AT,
    clock_started_at=AT,
    clock_source=ClockSource.MONITOR,
    zone=Zone.RING1,
    on_site_hours=2,
    on_site_rule="",
    on_site_by=AT + timedelta(hours=2),
)


def test_what_the_card_says_counts_more_than_the_zone() -> None:
    assert travel.way_to(35, Zone.RING1, Travel()) == Way(takes_s=2100, known=Known.CARD)
    assert travel.way_to(None, Zone.RING1, Travel()) == Way(takes_s=2400, known=Known.ZONE)


def test_how_far_a_remote_site_is_only_its_card_can_say() -> None:
    assert travel.way_to(None, Zone.REMOTE, Travel()) is None
    assert travel.way_to(300, Zone.REMOTE, Travel()) == Way(takes_s=18_000, known=Known.CARD)


@pytest.mark.parametrize("zone", list(Zone))
def test_the_usual_way_of_a_zone_leaves_half_of_its_hours(zone: Zone) -> None:
    hours, takes_s = ZoneHours(city=4).of(zone), Travel().of(zone)
    assert (hours is None) == (takes_s is None)
    if hours is not None and takes_s is not None:
        assert takes_s <= hours * 3600 / 2


def test_leave_by_is_the_deadline_less_the_way() -> None:
    way = Way(takes_s=2100, known=Known.CARD)
    assert travel.leave_by(ORDER, way) == AT + timedelta(minutes=85)


@pytest.mark.parametrize("step", ["departed_at", "arrived_at", "repaired_at", "closed_at"])
def test_nobody_must_leave_who_has_left_or_need_not(step: str) -> None:
    assert travel.must_leave(ORDER)
    come: dict[str, Any] = {step: AT}
    assert not travel.must_leave(replace(ORDER, **come))


@pytest.mark.parametrize(
    ("card", "field"),
    [
        (AccessCard(guard_phone="at the gate"), "guard_phone"),
        (AccessCard(key_phone="ask Liu"), "key_phone"),
        (AccessCard(permit="x" * 301), "permit"),
        (AccessCard(travel_min=0), "travel_min"),
        (AccessCard(travel_min=2881), "travel_min"),
    ],
)
def test_a_card_that_helps_nobody_is_refused(card: AccessCard, field: str) -> None:
    unfit = site_access.unfit(card)
    assert unfit is not None
    assert unfit.field == field


def test_a_card_as_sites_tell_it() -> None:
    card = AccessCard(
        guard_phone="028 8555 0100，夜间 139 0000 0000", key_holder="物业刘女士", travel_min=35
    )
    assert site_access.unfit(card) is None
    assert not card.empty
    assert AccessCard(travel_min=5).empty
