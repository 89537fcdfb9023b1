"""The board's rows: in SQL what `rules.urgency` says, by cursor, within the viewer's reach."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from operations import faults as fault_desk
from operations import work_orders as order_desk
from operations.faults import Finding
from rules import urgency
from rules.causes import Verdict
from rules.model import DeviceId, Fault, Severity, SiteId, WorkOrder
from rules.permits import Reach
from rules.policy import Policy
from storage import sites as site_rows
from storage import work_orders as order_rows
from storage.db import Database, Tx, reading, transaction
from storage.views import board
from tests.company import LI, found
from tests.storage.assets import a_site, some_devices

NOW = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
ALL = Reach(everything=True)
POLICY = Policy()
MINUTE = timedelta(minutes=1)


def opens(  # noqa: PLR0913, PLR0917 - a fault as a test wants it
    tx: Tx,
    device: DeviceId,
    site: SiteId,
    at: datetime,
    severity: Severity = Severity.MAJOR,
    verdict: Verdict | None = None,
    code: str = "CAM_VIDEO_LOSS",
) -> Fault:
    seen = Finding(
        device_id=device,
        site_id=site,
        code=code,
        point="",
        severity=severity,
        opened_at=at,
        why="reading",
        evidence={},
        verdict=verdict or Verdict(why="own_evidence"),
    )
    return fault_desk.open_found(tx, seen, POLICY, at)


def many(tx: Tx, number: int, seed: int = 1) -> list[WorkOrder]:
    """Orders at every point of their way."""
    chance = random.Random(seed)  # noqa: S311 - a test's dice
    company = found(tx, devices=number)
    for device in company.devices:
        at = NOW - timedelta(minutes=chance.randrange(1, 300))
        severity = chance.choice([Severity.EMERGENCY, Severity.MAJOR])
        fault = opens(tx, device, company.site_id, at, severity, code="TAMPER")
        order = order_rows.open_for(tx, fault.id)
        assert order is not None
        names = ("received_at", "arrived_at", "repaired_at", "verified_at")
        done = names[: chance.randrange(5)]
        order_rows.change(tx, order.id, **dict.fromkeys(done, NOW))
    return order_rows.all_open(tx)


def everything(tx: Tx, limit: int) -> Sequence[board.Row]:
    rows: list[board.Row] = []
    page = board.rows(tx, ALL, NOW, limit=limit)
    rows += page.rows
    while page.next:
        page = board.rows(tx, ALL, NOW, after=page.next, limit=limit)
        rows += page.rows
    return rows


def test_rows_come_in_the_order_of_the_rule_and_page_without_gaps(database: Database) -> None:
    with transaction(database) as tx:
        orders = many(tx, 40)
    with reading(database) as tx:
        rows = everything(tx, limit=7)
    shown = [row.order for row in rows if row.order]
    assert [(urgency.of_order(order, NOW), order.id) for order in shown] == sorted(
        (urgency.of_order(order, NOW), order.id) for order in orders
    )


def test_figures_count_what_the_rules_say(database: Database) -> None:
    with transaction(database) as tx:
        orders = many(tx, 40, seed=2)
        figures = board.figures(tx, ALL, NOW, NOW - timedelta(hours=9))
    assert figures.at_risk == sum(
        urgency.at_risk(order, NOW) and not order.verified_at for order in orders
    )
    assert figures.unanswered == sum(order.received_at is None for order in orders)
    assert figures.in_work == sum(
        order.received_at is not None and order.verified_at is None for order in orders
    )
    assert figures.emergency == sum(
        order.severity is Severity.EMERGENCY and order.verified_at is None for order in orders
    )
    assert (figures.devices, figures.devices_ill, figures.share_ok) == (40, 40, 0)


def test_a_suspicion_is_on_the_board_at_once_and_minor_ones_wait_apart(
    database: Database,
) -> None:
    with transaction(database) as tx:
        company = found(tx, devices=3)
        site = company.site_id
        held = Verdict(why="an_ancestor_may_explain", provisional_until=NOW + 2 * MINUTE)
        suspicion = opens(tx, company.devices[0], site, NOW, verdict=held)
        minor = opens(tx, company.devices[1], site, NOW, Severity.MINOR)
        opens(tx, company.devices[2], site, NOW)
    with reading(database) as tx:
        rows = board.rows(tx, ALL, NOW, limit=10)
        waiting = board.waiting(tx, ALL, limit=10)
    assert [bool(row.order) for row in rows.rows] == [True, False]
    assert rows.rows[1].fault.id == suspicion.id
    assert [row.fault.id for row in waiting.rows] == [minor.id]


def test_a_cancelled_order_leaves_its_open_fault_in_sight(database: Database) -> None:
    with transaction(database) as tx:
        company = found(tx)
        fault = opens(tx, company.devices[0], company.site_id, NOW)
        order = order_rows.open_for(tx, fault.id)
        assert order is not None
        order_desk.cancel(tx, order.id, company.id_of(LI), NOW, "a drill")
        assert not board.rows(tx, ALL, NOW, limit=10).rows
        assert [row.fault.id for row in board.waiting(tx, ALL, limit=10).rows] == [fault.id]


def test_what_waits_behind_a_cause_is_one_figure(database: Database) -> None:
    with transaction(database) as tx:
        company = found(tx, devices=5)
        site = company.site_id
        root = opens(tx, company.devices[0], site, NOW)
        child = opens(
            tx, company.devices[1], site, NOW, verdict=Verdict(why="b", explained_by=root.id)
        )
        for device in company.devices[2:]:
            opens(tx, device, site, NOW, verdict=Verdict(why="b", explained_by=child.id))
        rows = board.rows(tx, ALL, NOW, limit=10).rows
    assert [row.affected for row in rows] == [4]


def test_nobody_sees_beyond_their_sites(database: Database) -> None:
    with transaction(database) as tx:
        company = found(tx)
        opens(tx, company.devices[0], company.site_id, NOW)
        other = a_site(tx, "S2", customer="C2")
        opens(tx, some_devices(tx, other, 1)[0], other, NOW)
        mine = site_rows.get(tx, other)
        assert mine is not None
        for reach, seen in (
            (ALL, 2),
            (Reach(site_ids=frozenset({other})), 1),
            (Reach(site_ids=frozenset()), 0),
            (Reach(customer_id=mine.customer_id), 1),
            (Reach(customer_id=mine.customer_id, site_ids=frozenset({company.site_id})), 0),
        ):
            assert board.rows(tx, reach, NOW, limit=10).count == seen
            assert board.figures(tx, reach, NOW, NOW).unanswered == seen
            assert board.figures(tx, reach, NOW, NOW).devices == seen


@pytest.mark.parametrize(
    "cursor", ["", "x", "0.0.0.order", "0.0.a.order.1", "0.0.1.other.1", "9" * 99]
)
def test_a_cursor_nobody_wrote_is_the_beginning(database: Database, cursor: str) -> None:
    with transaction(database) as tx:
        company = found(tx)
        opens(tx, company.devices[0], company.site_id, NOW)
        assert board.rows(tx, ALL, NOW, after=cursor, limit=10).count == 1
        assert len(board.rows(tx, ALL, NOW, after=cursor, limit=10).rows) == 1


def test_done_today_counts_what_was_proven_not_what_was_dropped(database: Database) -> None:
    with transaction(database) as tx:
        orders = many(tx, 4)
        proven, healed, dropped, _ = orders
        ends = {"closed_at": NOW, "close_reason": "accepted"}
        order_rows.change(tx, proven.id, **ends, verified_at=NOW)
        order_rows.change(tx, healed.id, **{**ends, "close_reason": "recovered"})
        order_rows.change(tx, dropped.id, **{**ends, "close_reason": "merged"}, verified_at=None)
        assert board.figures(tx, ALL, NOW, NOW - MINUTE).done_today == 2
        assert board.figures(tx, ALL, NOW, NOW + MINUTE).done_today == 0


def test_rule_and_sql_agree_at_the_very_second(database: Database) -> None:
    with transaction(database) as tx:
        [order] = many(tx, 1)
        edge = urgency.risk_from(order.clock_started_at, order.on_site_by)
        order = order_rows.change(
            tx, order.id, received_at=NOW, arrived_at=None, repaired_at=None, verified_at=None
        )
        for at in (edge - timedelta(seconds=1), edge, order.on_site_by, order.on_site_by + MINUTE):
            assert board.figures(tx, ALL, at, at).at_risk == urgency.at_risk(order, at)
            late = replace(order, on_site_by=order.on_site_by)
            assert board.rows(tx, ALL, at, limit=5).rows[0].order == late
