"""The least that must stand before a device can: a customer, a site."""

from datetime import UTC, date, datetime

from rules.model import CustomerId, DeviceId, SiteId
from storage import contracts as contract_rows
from storage import customers as customer_rows
from storage import devices as device_rows
from storage import sites as site_rows
from storage.db import Tx

NOW = datetime(2026, 6, 15, 1, 2, 3, tzinfo=UTC)


def a_customer(tx: Tx, code: str = "C1") -> CustomerId:
    found = customer_rows.by_code(tx, code)
    if found is None:
        customer_rows.add(tx, [{"code": code, "name": code}])
        found = customer_rows.by_code(tx, code)
    assert found is not None
    return found.id


def a_contract(tx: Tx, number: str = "K1", customer: str = "C1") -> None:
    row = {
        "number": number,
        "customer_id": a_customer(tx, customer),
        "tier": "basic",
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 12, 31),
    }
    contract_rows.add(tx, [row])


def a_site(tx: Tx, code: str, customer: str = "C1") -> SiteId:
    row = {
        "code": code,
        "name": code,
        "customer_id": a_customer(tx, customer),
        "zone": "ring1",
        "zone_how": "manual",
        "on_site_hours": 2.0,
        "on_site_rule": "zone.table",
        "timezone": "Asia/Shanghai",
    }
    site_rows.add(tx, [row])
    found = site_rows.by_code(tx, code)
    assert found is not None
    return found.id


def some_devices(tx: Tx, site: SiteId, count: int) -> list[DeviceId]:
    rows = [
        {"site_id": site, "code": f"d{n}", "name": f"d{n}", "type": "camera", "enrolled_at": NOW}
        for n in range(count)
    ]
    device_rows.add(tx, rows)
    ids = device_rows.ids_by_code(tx, [site])
    return [ids[site, f"d{n}"] for n in range(count)]
