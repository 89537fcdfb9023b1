"""Three or more sites at once: one page that lists them, then each site's own cause (§3.6, A01)."""

import json
from datetime import timedelta

from collector.message import Message
from rules.common_causes import MANY_SITES
from scheduler.tick import tick
from storage import alerts, revision
from storage import devices as device_rows
from storage.alerts import Alert
from storage.db import reading, transaction
from tests.collector.field import DAWN, ENROLLED, Field
from tests.company import LI
from tests.storage.assets import a_site

BEAT_S = 5


def some_sites(field: Field, count: int) -> list[str]:
    """Each with an uplink and two cameras behind it, every one at its own second."""
    codes = [f"P{number}" for number in range(count)]
    with transaction(field.database) as tx:
        for code in codes:
            site_id = a_site(tx, code)
            row = {"site_id": site_id, "enrolled_at": ENROLLED, "reporting_interval_s": 60}
            kinds = {"up": "uplink", "c1": "camera", "c2": "camera"}
            device_rows.add(
                tx, [{**row, "code": c, "name": c, "type": kind} for c, kind in kinds.items()]
            )
        revision.bump(tx)
    return codes


def lives(field: Field, sites: list[str], minutes: float) -> None:
    end = field.now + timedelta(minutes=minutes)
    while field.now < end:
        field.now += timedelta(seconds=BEAT_S)
        second = (field.now - DAWN).total_seconds()
        body = json.dumps({"t": field.now.isoformat()}).encode()
        for number, site in enumerate(sites):
            for turn, device in enumerate(("up", "c1", "c2")):
                if (second - 11 * number - 17 * turn) % 60 < BEAT_S:
                    field.takes(Message(f"ringwatch/v1/{site}/{device}/health", body))
        field.rings()
        tick(field.database, field.parts.policy, lambda: field.now)


def open_alerts(field: Field) -> list[Alert]:
    with reading(field.database) as tx:
        return alerts.open_ones(tx)


def test_three_sites_at_once_are_one_page_that_lists_them_then_their_own_causes(
    field: Field,
) -> None:
    sites = some_sites(field, 4)
    lives(field, sites, 4)
    died_at = field.now
    while not open_alerts(field):
        lives(field, sites[3:], BEAT_S / 60)
    assert field.now - died_at < timedelta(minutes=4)
    [alert] = open_alerts(field)
    assert alert.code == MANY_SITES
    assert len(alert.facts["sites"]) == 3
    assert field.told("alert").count(LI) == 1
    assert field.orders() == []
    assert field.told("page") == []
    lives(field, sites[3:], 2.5)  # the hold is over: 120 seconds at most
    assert len({order.site_id for order in field.orders()}) == 3
    lives(field, sites[3:], 5)
    assert open_alerts(field) == []
    assert field.told("alert").count(LI) == 1


def test_two_sites_at_once_are_two(field: Field) -> None:
    sites = some_sites(field, 4)
    lives(field, sites, 4)
    lives(field, sites[2:], 7)
    assert open_alerts(field) == []
    assert len({order.site_id for order in field.orders()}) == 2


def test_sites_that_are_partly_heard_are_not_counted(field: Field) -> None:
    """A camera each: three coincidences, but nothing that sites share."""
    sites = some_sites(field, 3)
    lives(field, sites, 4)
    end = field.now + timedelta(minutes=7)
    while field.now < end:
        field.now += timedelta(seconds=30)
        body = json.dumps({"t": field.now.isoformat()}).encode()
        for site in sites:
            for device in ("up", "c1"):
                field.takes(Message(f"ringwatch/v1/{site}/{device}/health", body))
        field.rings()
        tick(field.database, field.parts.policy, lambda: field.now)
    assert open_alerts(field) == []
    assert len(field.orders()) == 3
