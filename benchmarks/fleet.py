"""A company to measure: one site, as many cameras behind one gateway as you like."""

from datetime import UTC, datetime

from rules.model import SiteId
from storage import customers, revision
from storage import devices as device_rows
from storage import sites as site_rows
from storage.db import Database, transaction

SITE = "bench"
ENROLLED = datetime(2026, 1, 1, tzinfo=UTC)


def plant(
    database: Database,
    devices: int,
    *,
    interval_s: int = 60,
    site_code: str = SITE,
    code: str = "d{}",
) -> None:
    """Write `devices` devices named `d0`, `d1`... of site `bench`."""
    with transaction(database) as tx:
        customers.add(tx, [{"code": "c", "name": "Bench"}])
        owner = customers.by_code(tx, "c")
        assert owner
        site_rows.add(
            tx,
            [
                {
                    "code": site_code,
                    "name": "Bench",
                    "customer_id": owner.id,
                    "zone": "ring1",
                    "on_site_hours": 2.0,
                    "on_site_rule": "zone.rule.policy",
                    "timezone": "Asia/Shanghai",
                }
            ],
        )
        site = site_rows.by_code(tx, site_code)
        assert site
        rows = [_device(site.id, number, code, interval_s) for number in range(devices)]
        device_rows.add(tx, rows)
        revision.bump(tx)


def _device(site_id: SiteId, number: int, code: str, interval_s: int) -> dict[str, object]:
    return {
        "site_id": site_id,
        "code": code.format(number),
        "name": f"Camera {number}",
        "type": "camera",
        "reporting_interval_s": interval_s,
        "enrolled_at": ENROLLED,
    }
