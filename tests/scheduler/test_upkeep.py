"""The hourly round: what nobody needs is forgotten, what is owed is not."""

from datetime import UTC, datetime, timedelta

from rules.model import Severity
from rules.policy import Policy
from scheduler.plan import plan
from scheduler.upkeep import upkeep
from storage import deadlines
from storage import telemetry as curves
from storage.db import Database, reading, transaction
from storage.deadlines import Kind
from tests import company as companies

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
POLICY = Policy()


def test_old_minor_faults_are_promised_an_order_once(database: Database) -> None:
    """Also those opened while the company still waited longer."""
    patient, hasty = Policy(minor_order_after_days=90), Policy(minor_order_after_days=30)
    opened = NOW - timedelta(days=40)
    with transaction(database) as tx:
        company = companies.found(tx, devices=2)
        old = companies.opens(tx, company, 0, patient, opened, Severity.MINOR)
        deadlines.put(tx, Kind.MINOR, "fault", old.id, None)
        companies.opens(tx, company, 1, patient, NOW, Severity.MINOR)
    assert plan(database, hasty, NOW) == 1
    assert plan(database, hasty, NOW) == 0
    with reading(database) as tx:
        promise = deadlines.find(tx, Kind.MINOR, "fault", old.id)
    assert promise is not None
    assert promise.due_at == NOW


def test_readings_are_folded_before_they_are_forgotten(
    database: Database, telemetry: Database
) -> None:
    old, fresh = NOW - timedelta(hours=60), NOW - timedelta(hours=1)
    with transaction(database) as tx:
        company = companies.found(tx)
    device = company.devices[0]
    points = [(device, at, {"temperature_c": 20.0}) for at in (old, fresh)]
    with transaction(telemetry) as tx:
        curves.write(tx, points)
    for _ in range(2):
        upkeep(database, telemetry, POLICY, NOW)
    with reading(telemetry) as tx:
        kept = [point.at for point in curves.recent(tx, device, old)]
        hours = curves.hours(tx, device, "temperature_c", old - timedelta(hours=1))
    assert kept == [fresh]
    assert [hour.mean for hour in hours] == [20.0, 20.0]
