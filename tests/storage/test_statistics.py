"""The figures of a period as they are read, on both engines."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from rules import periods
from rules.maintenance import Scope, Work
from rules.model import DeviceId, Fault, Severity
from rules.policy import Policy
from rules.silence import Spell
from storage import devices as device_rows
from storage import faults as fault_rows
from storage import inspections as inspection_rows
from storage import listening
from storage import maintenance as window_rows
from storage.db import Database, reading, transaction
from storage.tables.company import devices
from storage.views import inspection_sheets, statistics
from tests import company as companies
from tests import inspected
from tests.company import Company
from tests.inspected import a_system
from tests.storage.assets import a_site, some_devices

ZONE = "Asia/Shanghai"
MONTH = periods.read("2026-11").span(ZONE)
HOUR = timedelta(hours=1)
NOON = MONTH[0] + 12 * HOUR
LONG_AGO = MONTH[0] - timedelta(days=60)


def silent(
    tx: Any,
    company: Company,
    number: int,
    opened: datetime,
    cleared: datetime | None,
    code: str = "DEV_OFFLINE",
) -> Fault:
    """A fault of that device, as the collector leaves it behind."""
    fault = companies.opens(tx, company, number, Policy(), opened, severity=Severity.MAJOR)
    fault_rows.change(tx, fault.id, code=code, cleared_at=cleared)
    return fault


def test_only_devices_that_report_themselves_make_the_online_rate(database: Database) -> None:
    """A lens is looked at once a month: it is never online, and never counted as such."""
    with transaction(database) as tx:
        company = companies.found(tx, devices=3)
        mute = update(devices).where(devices.c.id == company.devices[2]).values(monitored="no")
        tx.execute(mute)
        silent(tx, company, 0, NOON, NOON + 12 * HOUR)
        silent(tx, company, 2, NOON, NOON + 12 * HOUR)
    span = (MONTH[0], MONTH[0] + 240 * HOUR)
    with reading(database) as tx:
        told = statistics.of_sites(tx, [company.site_id], span, ZONE)
    assert told.devices == 2
    assert told.down_s == 12 * 3600
    assert told.online_pct == 100 * (1 - 12 / 480)
    assert told.fault_count == 2


def test_sites_are_kept_apart_and_the_archived_left_out(database: Database) -> None:
    with transaction(database) as tx:
        company = companies.found(tx, devices=2)
        some_devices(tx, a_site(tx, "S2"), 5)
        silent(tx, company, 0, NOON, None)
        silent(tx, company, 1, NOON, None)
        device_rows.change(tx, company.devices[1], {"archived_at": NOON})
    with reading(database) as tx:
        here = statistics.of_sites(tx, [company.site_id], MONTH, ZONE)
        nowhere = statistics.of_sites(tx, [], MONTH, ZONE)
    assert (here.devices, here.fault_count) == (1, 1)
    assert (nowhere.devices, nowhere.fault_count, nowhere.online_pct) == (0, 0, None)


def test_what_was_over_before_or_begins_after_is_no_part_of_it(database: Database) -> None:
    with transaction(database) as tx:
        company = companies.found(tx)
        silent(tx, company, 0, LONG_AGO, MONTH[0])
        silent(tx, company, 0, MONTH[0] - HOUR, MONTH[0] + HOUR, "NET_UPLINK_DOWN")
        silent(tx, company, 0, MONTH[1], None, "NET_SWITCH_DOWN")
    with reading(database) as tx:
        told = statistics.of_sites(tx, [company.site_id], MONTH, ZONE)
    assert told.down_s == 3600
    assert told.fault_count == 0


def test_our_deafness_is_said_and_judged_by_nobody(database: Database) -> None:
    with transaction(database) as tx:
        company = companies.found(tx)
        silent(tx, company, 0, MONTH[0], MONTH[0] + 48 * HOUR)
        for start, hours in ((LONG_AGO, 5), (MONTH[0], 24)):
            listening.add_spell(tx, Spell(start, start + hours * HOUR), "session_lost")
    span = (MONTH[0], MONTH[0] + 72 * HOUR)
    with reading(database) as tx:
        told = statistics.of_sites(tx, [company.site_id], span, ZONE)
    assert (told.deaf_s, told.down_s) == (24 * 3600, 24 * 3600)
    assert [one.online_pct for one in told.days] == [None, 0, 100]


@pytest.mark.parametrize("scope", list(Scope))
def test_maintenance_of_device_system_or_site_is_left_out(database: Database, scope: Scope) -> None:
    """Begun an hour before the device fell silent; one ended sooner, one runs still."""
    with transaction(database) as tx:
        company = companies.found(tx, devices=2)
        system = a_system(tx, company.site_id, "V")
        device_rows.change(tx, company.devices[0], {"system_id": system})
        silent(tx, company, 0, NOON, NOON + 10 * HOUR)
        subject = {
            Scope.DEVICE: company.devices[0],
            Scope.SYSTEM: system,
            Scope.SITE: company.site_id,
        }[scope]
        for start, over in ((NOON - HOUR, NOON + HOUR), (NOON + 8 * HOUR, None)):
            window = window_rows.add(
                tx,
                Work(
                    site_id=company.site_id,
                    scope=scope,
                    subject_id=subject,
                    owner_id=company.id_of(companies.WANG),
                    reason="new lens",
                    starts_at=start,
                    ends_at=start + 8 * HOUR,
                ),
            )
            if over:
                window_rows.change(tx, window.id, ended_at=over)
    span = (MONTH[0], NOON + 10 * HOUR)
    with reading(database) as tx:
        told = statistics.of_sites(tx, [company.site_id], span, ZONE)
    assert told.down_s == 7 * 3600
    assert told.planned_s == (4 if scope is not Scope.SITE else 8) * 3600


def test_a_thousand_devices_are_asked_for_in_pieces(database: Database) -> None:
    """SQLite takes only so many values in one question."""
    with transaction(database) as tx:
        company = companies.found(tx)
        rows = [
            {"site_id": company.site_id, "code": f"x{n}", "type": "camera", "enrolled_at": LONG_AGO}
            for n in range(1200)
        ]
        tx.execute(insert(devices), rows)
        silent(tx, company, 0, NOON, NOON + HOUR)
    with reading(database) as tx:
        told = statistics.of_sites(tx, [company.site_id], MONTH, ZONE)
    assert told.devices == 1201
    assert told.down_s == 3600


def test_the_months_orders_are_those_of_these_devices(database: Database) -> None:
    """Whether we came in time is told of the system on the sheet, not of its neighbours."""
    with transaction(database) as tx:
        company = companies.found(tx, devices=3)
        mine = companies.breaks(tx, company, 0, Policy(), NOON)
        companies.breaks(tx, company, 2, Policy(), NOON)
        early = companies.breaks(tx, company, 1, Policy(), LONG_AGO)
    with reading(database) as tx:
        found = statistics.orders(tx, company.devices[:2], MONTH)
        assert [one.id for one in found] == [mine.id]
        earlier = statistics.orders(tx, company.devices, (LONG_AGO, MONTH[0]))
        assert [one.id for one in earlier] == [early.id]
        assert statistics.orders(tx, [], MONTH) == []


def test_the_material_of_a_report_ends_when_the_sheet_was_finished(database: Database) -> None:
    """What happens afterwards changes no report that is printed again."""
    finished = inspected.NOW + 2 * HOUR
    with transaction(database) as tx:
        company = companies.found(tx, devices=2)
        system = inspected.under_contract(tx, company)
        sheet = inspected.begun(tx, system, company.id_of(companies.LI))
        silent(tx, company, 0, inspected.NOW - 5 * HOUR, inspected.NOW - 3 * HOUR)
        silent(tx, company, 1, finished + HOUR, finished + 2 * HOUR)
        change = {"finished_at": finished, "finished_by": company.id_of(companies.LI)}
        inspection_rows.change(tx, sheet.inspection.id, **change)
    with reading(database) as tx:
        soon = inspection_sheets.read(tx, sheet.inspection.id, finished)
        late = inspection_sheets.read(tx, sheet.inspection.id, finished + 900 * HOUR)
    assert soon is not None
    assert soon == late
    assert (soon.month, soon.until) == (MONTH, finished)
    assert (soon.running.down_s, soon.running.fault_count) == (2 * 3600, 1)
    assert soon.names[company.id_of(companies.LI)] == "Li"
    assert soon.contract is not None


def test_a_sheet_that_was_never_begun_has_no_report(database: Database) -> None:
    with transaction(database) as tx:
        company = companies.found(tx)
        planned = inspected.planned(tx, inspected.under_contract(tx, company))
    with reading(database) as tx:
        assert inspection_sheets.read(tx, planned.id, inspected.NOW) is None
        gone = DeviceId(999_999)
        assert inspection_sheets.read(tx, gone, inspected.NOW) is None  # type: ignore[arg-type]
