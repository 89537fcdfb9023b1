"""The demo company: loaded like any other, with a past that owes nobody anything."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Table, func, select

from operations import duty as duty_desk
from operations import oncall as oncall_desk
from ringwatch.demo import company as demo
from ringwatch.demo.company import curves, inspected, past
from rules import evidence, periods, permits, workflow
from rules.assets import Device
from rules.causes import SILENT
from rules.duty import Span
from rules.inspections import Result, Sheet, Stand, Why
from rules.model import Address, DeviceId, DeviceType, Layer, Link, OrderId, Role, WorkOrder, Zone
from rules.notices import Kind as Notices
from rules.notices import State
from rules.oncall import Pages
from rules.permits import Reach
from rules.policy import Policy
from storage import company, journal, ledger
from storage import devices as device_rows
from storage import duty as duty_rows
from storage import faults as fault_rows
from storage import inspections as inspection_rows
from storage import people as people_rows
from storage import sites as site_rows
from storage import systems as system_rows
from storage import telemetry as curve_rows
from storage import work_orders as order_rows
from storage.db import Database, Tx, transaction
from storage.deadlines import Kind
from storage.migrate import migrate
from storage.tables.night import deadlines, work_orders
from storage.tables.telemetry import hot, hourly
from storage.tables.watch import faults
from storage.views import portal as portal_view
from wiring import settings as wiring_settings
from wiring.in_force import Figures
from wiring.parts import Parts, assemble

NOW = datetime(2026, 11, 21, 3, 4, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """The whole company with its quarter, once for the tests that only look."""
    folder = tmp_path_factory.mktemp("demo")
    parts = assemble(wiring_settings.load({}, data=folder, demo=True), clock=lambda: NOW)
    migrate(parts.database, parts.telemetry, NOW)
    demo.fill(parts, NOW)
    yield parts
    parts.close()


@pytest.fixture
def tx(filled: Parts) -> Iterator[Tx]:
    with transaction(filled.database) as tx:
        yield tx


def count(tx: Tx, table: Table) -> int:
    return tx.scalar(select(func.count()).select_from(table)) or 0


def orders(tx: Tx) -> list[WorkOrder]:
    ids = [OrderId(number) for number in tx.scalars(select(work_orders.c.id))]
    return list(order_rows.by_ids(tx, ids).values())


def test_sites_lie_in_every_zone_with_the_hours_of_the_rules(tx: Tx) -> None:
    sites = site_rows.all_sites(tx)
    assert len(sites) == 12
    hours = {(site.zone, site.on_site_hours) for site in sites}
    assert hours == {
        (Zone.RING1, 2.0),
        (Zone.RING1, 1.5),
        (Zone.RING2, 3.0),
        (Zone.RING3, 4.0),
        (Zone.CITY, 4.0),
        (Zone.NEIGHBOUR, 6.0),
        (Zone.REMOTE, 24.0),
    }
    assert {site.given_crs for site in sites} == {"wgs84", "gcj02", "bd09"}
    (argued,) = [site for site in sites if site.zone_how == "manual"]
    assert argued.zone_reason


def test_devices_of_every_type_hang_on_each_other_as_real_ones_do(tx: Tx) -> None:
    devices = device_rows.all_devices(tx)
    assert 280 <= len(devices) <= 360
    assert {device.type for device in devices} == set(DeviceType)
    by_id = {device.id: device for device in devices}
    for device in devices:
        if device.type in (DeviceType.CAMERA, DeviceType.PTZ):
            assert set(device.links) == {Link.VIA, Link.POWERED_BY, Link.RECORDED_BY}
            assert root_of(device, by_id).type is DeviceType.UPLINK


def root_of(device: Device, by_id: dict[DeviceId, Device]) -> Device:
    while Link.VIA in device.links:
        device = by_id[device.links[Link.VIA]]
    return device


def test_ten_people_and_the_head_on_two_channels(tx: Tx) -> None:
    people = people_rows.all_people(tx)
    assert len(people) == 10
    assert {role for person in people for role in person.roles} >= {
        Role.ADMIN,
        Role.SALES_DIRECTOR,
        Role.HEAD,
        Role.DISPATCHER,
        Role.ENGINEER,
        Role.CUSTOMER,
    }
    head = people_rows.by_code(tx, "head")
    assert head is not None
    assert head.channels == (Address("webhook", "head-app"), Address("webhook", "head-sms"))
    assert all(person.channels for person in people)


@pytest.mark.parametrize("days", [-85, -40, 0, 30, 55])
def test_somebody_stands_at_every_hour(tx: Tx, days: int) -> None:
    duty = duty_desk.on_duty(tx, NOW + timedelta(days=days))
    assert all(duty.of(layer) for layer in Layer if layer is not Layer.LEAD)
    assert not duty.nobody_on_duty
    assert duty.first != duty.second


def test_the_past_owes_nobody_anything(tx: Tx) -> None:
    """But for the reports that are still to be printed, three of them to be mailed.

    What is planned to come is another matter: an event to prepare, an offer that runs out, a drill,
    a new contact card in the place of the outdated one. Cards of the past are printed, not sent.
    """
    to_come = {Kind.OCCASION, Kind.SWAP, Kind.DRILL, Kind.CARD}
    rows = tx.execute(select(deadlines)).all()
    printed = [
        row for row in rows if row.subject_kind == "contact_card" and row.kind == Kind.RENDER
    ]
    assert len(printed) == 5
    assert all(row.step for row in printed)
    owed = [(row.kind, row.step) for row in rows if row not in printed]
    promised = [one for one in owed if one[0] not in to_come]
    assert {kind for kind, _ in owed} == {Kind.RENDER} | to_come
    issued = [one for one in sheets(tx) if one.inspection.issued_at]
    assert len(promised) == len(issued)
    assert {kind for kind, _ in promised} == {Kind.RENDER}
    assert [step for _, step in promised].count(0) == 3
    assert ledger.counts(tx).keys() <= {"dead"}, "nothing waits to be sent"
    assert fault_rows.all_open(tx) == []
    assert order_rows.all_open(tx) == []


def test_a_quarter_of_orders_that_went_the_way_orders_go(tx: Tx) -> None:
    told = orders(tx)
    assert 150 <= len(told) <= 320
    assert {order.zone for order in told} == set(Zone)
    for order in told:
        instants = [step.at for step in workflow.steps(order) if step.at]
        assert instants == sorted(instants), order.number
        assert instants[-1] < NOW
        assert order.late == bool(order.late_reason)
        assert order.head_informed_at == order.opened_at, "the head is told at once (A02)"
    reasons = Counter(order.close_reason for order in told)
    assert set(reasons) == {"accepted", "recovered"}
    assert 0 < sum(order.late for order in told) < len(told) / 10
    assert any(order.accepted_at and not order.arrived_at for order in told), "repaired remotely"
    assert any(order.pages_made > 1 for order in told), "the second engineer was called"


def test_what_was_told_agrees_with_what_happened(tx: Tx) -> None:
    """As many pages as the order made; whoever answered had heard of it; the head heard at once."""
    for order in orders(tx):
        told = ledger.of_order(tx, order.id)
        pages = [one for one in told if one.kind == "page"]
        called = {one.key.split(":")[3] for one in pages}
        assert len(called) == order.pages_made, order.number
        ours = [one for one in told if one.kind != Notices.TELLING]
        assert all(one.text.count("•••") for one in ours), "each has its words, no link is open"
        if order.received_at and pages:
            heard = [one for one in pages if one.person_id == order.received_by and one.done_at]
            assert any(one.state == "sent" for one in heard), order.number
        if pages:
            reports = [one for one in told if one.kind == "report"]
            assert {one.created_at for one in reports} == {order.opened_at}
        tried = ledger.attempts_of(tx, [one.id for one in told])
        assert all(len(tried[one.id]) == one.attempts for one in told)
    assert any(one.kind == "dead_letter" for one in ledger.newest(tx, limit=1000))


def test_the_months_on_call_agree_with_themselves(tx: Tx) -> None:
    everything = Reach(everything=True)
    trend = oncall_desk.trend(tx, periods.Month(2026, 11), everything, Policy(), NOW)
    assert sum(month.orders for _, month in trend) == sum(one.pages_made > 0 for one in orders(tx))
    for period, month in trend:
        figures = oncall_desk.month(tx, period, everything, Policy(), NOW)
        rung, lost = (len(figures.paged(each)) for each in (Pages.ALL, Pages.UNDELIVERED))
        assert month.pages == rung
        assert rung + lost >= month.orders, "nobody was called for nothing at all"


def test_a_timeline_tells_the_order_from_page_to_acceptance(tx: Tx) -> None:
    order = next(order for order in orders(tx) if order.late)
    verbs = [entry.verb for entry in journal.of_order(tx, order.id)]
    assert verbs[:3] == ["order_opened", "paged", "head_told"]
    assert verbs[-2:] == ["accepted", "closed"]
    assert {"acknowledged", "arranged", "departed", "arrived_late", "repaired"} < set(verbs)


def test_a_root_cause_stands_with_what_it_explains(tx: Tx) -> None:
    explained = tx.scalars(select(faults.c.explained_by).distinct()).all()
    causes = [fault_rows.get(tx, number) for number in explained if number]
    assert causes
    for cause in causes:
        assert cause is not None
        assert cause.code in SILENT
        for child in fault_rows.explained_by(tx, cause.id):
            assert child.order_id is None


def test_curves_by_the_hour_and_by_the_minute(filled: Parts, tx: Tx) -> None:
    recorder = next(one for one in device_rows.all_devices(tx) if one.type is DeviceType.RECORDER)
    with transaction(filled.telemetry) as readings:
        since = NOW - timedelta(days=past.DAYS_BACK)
        hours = curve_rows.hours(readings, recorder.id, "temperature_c", since)
        minutes = curve_rows.recent(readings, recorder.id, NOW - timedelta(days=1))
    assert 2000 < len(hours) <= past.DAYS_BACK * 24
    assert all(hour.low <= hour.mean <= hour.high for hour in hours)
    assert 1300 < len(minutes) <= 24 * 60
    assert max(point.at for point in minutes) < NOW


def test_a_silent_device_has_a_hole_in_its_curve(filled: Parts, tx: Tx) -> None:
    since = NOW - timedelta(days=past.DAYS_BACK)
    cameras = [one for one in device_rows.all_devices(tx) if one.type is DeviceType.CAMERA]
    long_gone = (
        fault
        for camera in cameras
        for fault in fault_rows.of_device(tx, camera.id, since=since)
        if fault.code == "DEV_OFFLINE" and fault.cleared_at
        if fault.cleared_at - fault.opened_at > timedelta(hours=2)
    )
    fault = next(long_gone)
    assert fault.cleared_at
    with transaction(filled.telemetry) as readings:
        hours = curve_rows.hours(readings, fault.device_id, "temperature_c", fault.opened_at)
    middle = fault.opened_at + (fault.cleared_at - fault.opened_at) / 2
    whole = middle.replace(minute=0, second=0, microsecond=0)
    kept = {hour.at for hour in hours}
    half_past = whole + timedelta(minutes=30)
    assert (whole in kept) != (fault.opened_at <= half_past < fault.cleared_at)


def test_it_fits_on_a_small_disk(filled: Parts) -> None:
    folder: Path = filled.settings.data
    assert sum(path.stat().st_size for path in folder.iterdir()) < 200_000_000


def test_both_engines_are_filled_once_and_alike(
    database: Database, telemetry: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past, "DAYS_BACK", 10)
    monkeypatch.setattr(curves, "DAYS_BACK", 1)
    monkeypatch.setattr(curves, "MINUTES_BACK", 30)
    settings = wiring_settings.load({}, data=tmp_path, demo=True)
    parts = Parts(settings, database, telemetry, Figures(settings.policy), lambda: NOW)
    demo.fill(parts, NOW)
    with transaction(database) as tx:
        before = (count(tx, faults), count(tx, work_orders), journal.last_id(tx))
        assert company.fact(tx, "name") == demo.NAME
    with transaction(telemetry) as tx:
        curves_before = (count(tx, hourly), count(tx, hot))
    demo.fill(parts, NOW + timedelta(hours=1))
    with transaction(database) as tx:
        assert (count(tx, faults), count(tx, work_orders), journal.last_id(tx)) == before
    with transaction(telemetry) as tx:
        assert (count(tx, hourly), count(tx, hot)) == curves_before
    assert all(before)
    assert all(curves_before)


def test_the_same_now_tells_the_same_past(filled: Parts, tx: Tx) -> None:
    devices = device_rows.all_devices(tx)
    sites = {site.id: site for site in site_rows.all_sites(tx)}
    span = Span(starts_at=NOW - timedelta(days=120), ends_at=NOW + timedelta(days=60))
    cast = past.Cast(devices=devices, sites=sites, shifts=duty_rows.between(tx, span))
    once = past.happened(cast, filled.clock())
    assert once == past.happened(cast, filled.clock())
    assert len(once) == len([one for one in once if one.cleared_at < NOW])


def sheets(tx: Tx) -> list[Sheet]:
    found = [
        inspection_rows.sheet(tx, one.id)
        for system in system_rows.all_systems(tx)
        for one in inspection_rows.of_system(tx, system.id)
    ]
    return [sheet for sheet in found if sheet]


def test_three_months_of_inspections_and_this_one_half_done(tx: Tx) -> None:
    """A09: every system, every month; what is not done yet has somebody to do it."""
    told = Counter((one.inspection.period, one.inspection.stand) for one in sheets(tx))
    systems = len(system_rows.all_systems(tx))
    for period in ("2026-08", "2026-09", "2026-10"):
        assert told[period, Stand.ISSUED] == systems
    assert told["2026-12", Stand.PLANNED] == systems
    for stand in (Stand.IN_WORK, Stand.TO_SIGN, Stand.TO_DECIDE):
        assert told["2026-11", stand] == 1
    assert told["2026-11", Stand.ISSUED] > 10
    for sheet in sheets(tx):
        one = sheet.inspection
        if one.stand is Stand.PLANNED and one.period == "2026-11":
            assert one.assignee_id


def test_the_sheets_tell_what_sheets_tell(tx: Tx, filled: Parts) -> None:
    points = [point for sheet in sheets(tx) for point in sheet.points]
    results = Counter(point.result for point in points)
    assert results[Result.NORMAL] > 0.9 * len(points)
    assert results[Result.ABNORMAL] > 10
    assert results[Result.NOT_CHECKED] > 3
    assert any(point.carried_from for point in points)
    for sheet in sheets(tx):
        for point, item in sheet.open_problems:
            assert item.note
            assert item.fault_id, (point.code, item.item)
        for photo in sheet.photos:
            assert filled.files.get(photo.file)[:2] == b"\xff\xd8"
        if sheet.inspection.signature:
            assert filled.files.get(sheet.inspection.signature).startswith(b"\x89PNG")


def test_one_sheet_contradicts_the_device_and_waits_for_the_head(tx: Tx) -> None:
    """B11, and nobody else is accused of anything."""
    doubted = [(one.inspection.stand, point) for one in sheets(tx) for point in one.undecided]
    assert [stand for stand, _ in doubted] == [Stand.TO_DECIDE]
    _, point = doubted[0]
    assert {doubt.why for doubt in point.doubts} == {Why.DEVICE_SAID}
    reported = evidence.read(point.evidence)
    assert point.doubts[0].facts["code"] in {told.code for told in reported.told}


def test_it_can_be_filled_on_the_first_of_a_month(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The month before and this one: what came earlier is as on any other day."""
    monkeypatch.setattr(past, "DAYS_BACK", 40)
    monkeypatch.setattr(curves, "DAYS_BACK", 1)
    monkeypatch.setattr(curves, "MINUTES_BACK", 30)
    monkeypatch.setattr(inspected, "MONTHS_BACK", 1)
    now = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)
    parts = assemble(wiring_settings.load({}, data=tmp_path, demo=True), clock=lambda: now)
    migrate(parts.database, parts.telemetry, now)
    demo.fill(parts, now)
    with transaction(parts.database) as tx:
        stands = Counter(one.inspection.stand for one in sheets(tx))
        answered = [
            item.checked_at
            for sheet in sheets(tx)
            for point in sheet.points
            for item in point.items
            if item.checked_at
        ]
    parts.close()
    assert stands[Stand.TO_DECIDE] == stands[Stand.IN_WORK] == 1
    assert max(answered) <= now


def test_a_customer_was_told_of_the_last_orders(tx: Tx) -> None:
    """C14: in the portal's words, and none of it waits to be sent."""
    told = [one for one in ledger.newest(tx, limit=1000) if one.kind == Notices.TELLING]
    assert {one.state for one in told} == {State.SENT}
    assert all("/l/" not in one.text for one in told)
    customer = people_rows.by_code(tx, "guest")
    assert customer is not None
    words_of = portal_view.told(tx, permits.reach(customer), limit=6)
    assert {"coming", "repaired"} <= {one.step for one in words_of}
    assert all(one.text for one in words_of)
