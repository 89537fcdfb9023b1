"""The figures of duty from rows: both engines count what the rules count, and fast enough."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import insert

from operations import notes
from operations import oncall as oncall_desk
from rules.model import Severity, SiteId
from rules.notices import Kind
from rules.oncall import Month, Orders, Pages, kept
from rules.periods import Month as Period
from rules.permits import Reach
from rules.policy import Policy
from storage import people as people_rows
from storage import work_orders as order_rows
from storage.db import Database, Tx, reading, transaction
from storage.tables.night import notices, work_orders
from storage.tables.watch import faults
from storage.views import oncall as oncall_view
from tests import company
from tests.company import LI, Company

EVERYTHING = Reach(everything=True)
NOVEMBER = Period(2026, 11)
START, END = NOVEMBER.span("Asia/Shanghai")
NOW = END - timedelta(days=1)
SEVERITIES = tuple(Severity)
Row = dict[str, object]


def plant(tx: Tx, firm: Company, number: int, *, months: int = 1, each: int = 1) -> None:
    """`number` orders over so many months up to November, each with pages on two channels.

    Some are answered at once, some late, some never; some came back, some were for nothing.
    """
    first = NOVEMBER.after(1 - months).span("Asia/Shanghai")[0]
    step = (NOW - first) / number
    rows: list[Row] = []
    orders: list[Row] = []
    pages: list[Row] = []
    for n in range(1, number + 1):
        at = first + n * step
        severity = SEVERITIES[n % 3]
        rows.append(_fault(firm, n, severity, at))
        orders.append(_order(firm, n, severity, at))
        pages += _pages(firm, n, severity, at, each)
    tx.execute(insert(faults), rows)
    tx.execute(insert(work_orders), orders)
    tx.execute(insert(notices), pages)


def _fault(firm: Company, n: int, severity: Severity, at: datetime) -> Row:
    return {
        "id": n,
        "device_id": firm.devices[0],
        "site_id": firm.site_id,
        "code": "CAM_VIDEO_LOSS",
        "point": f"p{n}",
        "severity": severity,
        "opened_at": at,
        "source": "monitor",
        "why": "flag",
        "evidence": {},
        "repeat_of": 1 if n % 10 == 5 else None,
    }


def _order(firm: Company, n: int, severity: Severity, at: datetime) -> Row:
    answered = None if n % 7 == 0 else at + timedelta(minutes=n % 40)
    closed = at + timedelta(hours=5) if n % 2 else None
    return {
        "id": n,
        "number": f"W{n}",
        "site_id": firm.site_id,
        "root_fault_id": n,
        "severity": severity,
        "opened_at": at,
        "clock_started_at": at - timedelta(minutes=n % 5),
        "clock_source": "monitor",
        "zone": "ring1",
        "on_site_hours": 2,
        "on_site_rule": "ring1",
        "on_site_by": at + timedelta(hours=2),
        "pages_made": 0 if n % 11 == 0 else 2,
        "ladder_started_at": at,
        "received_at": answered,
        "received_by": firm.id_of(LI) if answered else None,
        "repaired_at": answered if n % 3 else None,
        "closed_at": closed,
        "close_reason": ("merged" if n % 9 == 0 else "done") if closed else "",
    }


def _pages(firm: Company, n: int, severity: Severity, at: datetime, each: int) -> Sequence[Row]:
    return [
        {
            "key": f"order:{n}:page:{number}:{channel}",
            "kind": Kind.PAGE,
            "rank": severity.rank,
            "person_id": firm.id_of(LI),
            "channel": channel,
            "target": "li",
            "order_id": n,
            "fault_id": n,
            "site_id": firm.site_id,
            "facts": {},
            "state": "dead" if n % 13 == 0 else "sent",
            "created_at": at + timedelta(minutes=5 * number),
            "not_before": at,
        }
        for number in range(each)
        for channel in ("mail", "ntfy")
    ]


def test_the_database_counts_each_month_as_the_rules_do(database: Database) -> None:
    with transaction(database) as tx:
        plant(tx, company.found(tx), 300, months=3, each=2)
    periods = [NOVEMBER.after(n) for n in (-2, -1, 0)]
    edges = [*(one.span("Asia/Shanghai")[0] for one in periods), END]
    policy = Policy()
    with reading(database) as tx:
        counted = oncall_view.months(tx, EVERYTHING, edges, policy.response, NOW)
        for month, (start, end) in zip(counted, pairwise(edges), strict=True):
            orders = oncall_view.orders(tx, EVERYTHING, (start, end))
            pages = oncall_view.pages(tx, EVERYTHING, (start, end))
            figures = oncall_desk.month(tx, NOVEMBER, EVERYTHING, policy, NOW)
            told = kept(orders, figures.asking)
            assert orders
            assert month == Month(
                orders=len(orders),
                emergency_pct=told.emergency_pct,
                ordinary_pct=told.ordinary_pct,
                ordinary_mean_s=month.ordinary_mean_s,
                pages=sum(one.delivered is True for one in pages),
            )
            assert month.ordinary_mean_s is not None
            assert told.ordinary_mean_s is not None
            assert abs(month.ordinary_mean_s - told.ordinary_mean_s) < 0.01


def test_a_page_rings_once_however_many_channels(database: Database) -> None:
    with transaction(database) as tx:
        plant(tx, company.found(tx), 1, each=3)
    with reading(database) as tx:
        pages = oncall_view.pages(tx, EVERYTHING, (START, END))
    assert [page.number for page in pages] == [1, 2, 3]


def test_whom_no_channel_leads_to_was_called_and_not_reached(database: Database) -> None:
    """B24: the ladder called them, and there was nothing it could ring."""
    with transaction(database) as tx:
        firm = company.found(tx)
        people_rows.change(tx, firm.id_of(LI), {"channels": []})
        order = company.breaks(tx, firm, 0, Policy(), START)
    with reading(database) as tx:
        figures = oncall_desk.month(tx, NOVEMBER, EVERYTHING, Policy(), NOW)
    [page] = figures.paged(Pages.UNDELIVERED)
    assert (page.person_id, page.order_id, page.at) == (firm.id_of(LI), order.id, START)
    assert page.notice_id is None
    assert page in figures.paged(Pages.UNANSWERED)


def test_who_declined_has_answered_and_another_has_not(database: Database) -> None:
    with transaction(database) as tx:
        firm = company.found(tx)
        order = company.breaks(tx, firm, 0, Policy(), START)
        notes.of_order(tx, order, "declined", firm.id_of(LI), START + timedelta(minutes=2))
    with reading(database) as tx:
        pages = oncall_view.pages(tx, EVERYTHING, (START, END))
    assert [(one.person_id, one.answered_at) for one in pages] == [
        (firm.id_of(LI), START + timedelta(minutes=2))
    ]
    with transaction(database) as tx:
        order_rows.change(tx, order.id, received_at=START + timedelta(minutes=1))
    with reading(database) as tx:
        [page] = oncall_view.pages(tx, EVERYTHING, (START, END))
    assert page.answered_at == START + timedelta(minutes=1)


def test_who_sees_one_site_reckons_with_that_site_only(database: Database) -> None:
    with transaction(database) as tx:
        plant(tx, company.found(tx), 20, each=1)
    elsewhere = Reach(site_ids=frozenset({SiteId(99)}))
    with reading(database) as tx:
        assert oncall_view.orders(tx, elsewhere, (START, END)) == []
        assert oncall_view.pages(tx, elsewhere, (START, END)) == []
        assert oncall_view.months(tx, elsewhere, [START, END], Policy().response, NOW) == [Month()]


def test_a_month_with_nothing_is_empty_and_harmless(database: Database) -> None:
    with transaction(database) as tx:
        company.found(tx)
    with reading(database) as tx:
        found = oncall_desk.month(tx, NOVEMBER, EVERYTHING, Policy(), NOW)
        shares = oncall_desk.fairness(tx, NOVEMBER)
        trend = oncall_desk.trend(tx, NOVEMBER, EVERYTHING, Policy(), NOW)
    assert [found.listed(which) for which in Orders] == [[]] * len(Orders)
    assert [found.paged(which) for which in Pages] == [[]] * len(Pages)
    assert [month for _, month in trend] == [Month()] * oncall_desk.TREND
    assert [one.off["hours"] for one in shares] == [0, 0]  # first and second stand alike


def test_ten_thousand_orders_of_a_year_are_asked_in_few_questions(database: Database) -> None:
    """The lists of a month hold that month's orders only; the trend is counted where they lie."""
    with transaction(database) as tx:
        plant(tx, company.found(tx), 10_000, months=12, each=1)
    with reading(database) as tx:
        month = oncall_desk.month(tx, NOVEMBER, EVERYTHING, Policy(), NOW)
        trend = oncall_desk.trend(tx, NOVEMBER, EVERYTHING, Policy(), NOW)
    assert 0 < len(month.orders) < 1000
    assert sum(one.orders for _, one in trend) == 10_000 - 10_000 // 11
