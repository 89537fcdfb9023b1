"""A09: planned once for this month and the next, whatever runs twice or is started anew."""

import contextlib
import threading
from collections import Counter
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from operations import inspections as inspection_desk
from rules.inspections import Inspection
from rules.model import SystemId
from rules.policy import Policy
from scheduler.plan import Planner, plan
from storage import contracts as contract_rows
from storage import inspections as inspection_rows
from storage import revision
from storage import sites as site_rows
from storage import systems as system_rows
from storage.db import ConflictError, Database, reading, transaction
from tests import company as companies
from tests.examples import examples
from tests.inspected import a_system
from tests.storage.assets import a_site

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
POLICY = Policy()


def of_all(database: Database) -> list[Inspection]:
    with reading(database) as tx:
        return [
            one
            for system in system_rows.all_systems(tx)
            for one in inspection_rows.of_system(tx, system.id)
        ]


def periods(database: Database, system_id: SystemId) -> list[str]:
    with reading(database) as tx:
        return sorted(one.period for one in inspection_rows.of_system(tx, system_id))


def test_planned_once_however_often_it_is_asked(database: Database) -> None:
    with transaction(database) as tx:
        company = companies.found(tx)
        video = a_system(tx, company.site_id, "V")
        alarm = a_system(tx, company.site_id, "A", kind="intrusion")
    assert plan(database, POLICY, NOW) == 4
    assert plan(database, POLICY, NOW) == 0
    assert plan(database, POLICY, NOW + timedelta(hours=1)) == 0
    for system in (video, alarm):
        assert periods(database, system) == ["2026-11", "2026-12"]
    assert {one.due_on for one in of_all(database)} == {date(2026, 11, 30), date(2026, 12, 31)}


def test_two_schedulers_at_once_plan_it_once(database: Database) -> None:
    """Twelve at the same instant, over 40 systems: nobody fails for good, nothing is doubled."""
    with transaction(database) as tx:
        for number in range(20):
            site = a_site(tx, f"S{number}")
            a_system(tx, site, "V")
            a_system(tx, site, "A", kind="intrusion")
    errors: list[BaseException] = []
    gate = threading.Barrier(12)

    def _plan() -> None:
        gate.wait()
        try:
            with contextlib.suppress(ConflictError):
                plan(database, POLICY, NOW)
        except BaseException as error:  # noqa: BLE001 - told by the test
            errors.append(error)

    threads = [threading.Thread(target=_plan) for _ in range(12)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert errors == []
    plan(database, POLICY, NOW)
    counted = Counter((one.system_id, one.period) for one in of_all(database))
    assert len(counted) == 80
    assert set(counted.values()) == {1}


def test_the_month_is_the_one_the_site_lives_in(database: Database) -> None:
    """At 2026-11-30 20:00 UTC it is December in Chengdu and still November in New York."""
    with transaction(database) as tx:
        here, there = a_site(tx, "S1"), a_site(tx, "S2")
        site_rows.change(tx, there, {"timezone": "America/New_York"})
        chengdu, new_york = a_system(tx, here, "V"), a_system(tx, there, "V")
        for site in (here, there):
            found = site_rows.get(tx, site)
            assert found is not None
            assert found.contract_id is not None
            contract_rows.change(tx, found.contract_id, {"ends_on": date(2027, 12, 31)})
    plan(database, POLICY, datetime(2026, 11, 30, 20, tzinfo=UTC))
    assert periods(database, chengdu) == ["2026-12", "2027-01"]
    assert periods(database, new_york) == ["2026-11", "2026-12"]


def test_what_a_past_month_left_undone_is_not_forgotten(database: Database) -> None:
    """Also in the hours in which the site is a day ahead of UTC."""
    with transaction(database) as tx:
        system = a_system(tx, a_site(tx, "S1"), "V")
    plan(database, POLICY, NOW)
    for at in (datetime(2026, 11, 30, 16, 30, tzinfo=UTC), datetime(2026, 12, 15, tzinfo=UTC)):
        plan(database, POLICY, at)
    assert periods(database, system) == ["2026-11", "2026-12"]


def test_only_while_the_contract_runs_and_nothing_is_archived(database: Database) -> None:
    with transaction(database) as tx:
        ends, begins, gone, none = (a_site(tx, f"S{n}") for n in range(4))
        ending = a_system(tx, ends, "V", term=(date(2026, 1, 1), date(2026, 11, 10)))
        beginning = a_system(tx, begins, "V", term=(date(2026, 12, 20), date(2027, 12, 31)))
        archived = a_system(tx, gone, "V")
        system_rows.change(tx, archived, {"archived_at": NOW})
        a_system(tx, none, "V")
        site_rows.change(tx, none, {"contract_id": None})
    plan(database, POLICY, NOW)
    assert [(one.system_id, one.period, one.due_on) for one in of_all(database)] == [
        (ending, "2026-11", date(2026, 11, 10)),
        (beginning, "2026-12", date(2026, 12, 31)),
    ]


def test_a_system_that_is_archived_later_is_owed_nothing_that_nobody_began(
    database: Database,
) -> None:
    with transaction(database) as tx:
        company = companies.found(tx)
        begun, idle = a_system(tx, company.site_id, "V"), a_system(tx, company.site_id, "A")
    plan(database, POLICY, NOW)
    with transaction(database) as tx:
        november = inspection_rows.of_system(tx, begun)[-1]
        inspection_desk.start(tx, november.id, company.id_of(companies.LI), NOW)
        for system in (begun, idle):
            system_rows.change(tx, system, {"archived_at": NOW})
    assert plan(database, POLICY, NOW) == 3
    assert periods(database, begun) == ["2026-11"]
    assert periods(database, idle) == []
    with transaction(database) as tx:
        system_rows.change(tx, idle, {"archived_at": None})
    plan(database, POLICY, NOW)
    assert periods(database, idle) == ["2026-11", "2026-12"]


def test_what_is_added_to_the_lists_is_planned_at_the_next_look(database: Database) -> None:
    planner = Planner()
    with transaction(database) as tx:
        first = a_system(tx, a_site(tx, "S1"), "V")
    assert planner.look(database, POLICY, NOW) == 2
    with transaction(database) as tx:
        other = a_system(tx, a_site(tx, "S2"), "V")
    assert planner.look(database, POLICY, NOW) == 0
    with transaction(database) as tx:
        revision.bump(tx)
    assert planner.look(database, POLICY, NOW) == 2
    assert periods(database, first) == periods(database, other) == ["2026-11", "2026-12"]


HOURS = st.lists(st.integers(0, 24 * 200), min_size=1, max_size=8)
ZONES = st.sampled_from(
    ["Asia/Shanghai", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"]
)
DAYS = st.dates(date(2026, 9, 1), date(2027, 8, 1))


@settings(
    max_examples=examples(25),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(HOURS, ZONES, DAYS, DAYS)
def test_whenever_it_runs_the_plan_is_the_calendar_of_the_contract(
    database: Database, hours: list[int], zone: str, one_day: date, other_day: date
) -> None:
    """Runs at any hours, forwards: exactly the months seen as this or next, within the term."""
    starts_on, ends_on = sorted((one_day, other_day))
    with transaction(database) as tx:
        number = len(site_rows.all_ids(tx))
        site = a_site(tx, f"P{number}")
        site_rows.change(tx, site, {"timezone": zone})
        system = a_system(tx, site, "V", term=(starts_on, ends_on))
    due: set[str] = set()
    for hour in sorted(hours):
        at = NOW + timedelta(hours=hour)
        plan(database, POLICY, at)
        due |= _months(at, zone, starts_on, ends_on)
    assert periods(database, system) == sorted(due)


def _months(at: datetime, zone: str, starts_on: date, ends_on: date) -> set[str]:
    """Told without the program's own calendar: day by day."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    today = at.astimezone(ZoneInfo(zone)).date()
    following = today.replace(day=28) + timedelta(days=4)
    found = set()
    for first in (today.replace(day=1), following.replace(day=1)):
        days = [first + timedelta(days=n) for n in range(31)]
        month = [day for day in days if day.month == first.month]
        if any(starts_on <= day <= ends_on for day in month):
            found.add(f"{first:%Y-%m}")
    return found
