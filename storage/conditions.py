"""What is true of a device and not (or no longer) a fault: debounce survives a restart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, exists, or_, select

from rules.faults import Condition
from rules.model import DeviceId, SiteId
from storage.db import Tx, insert_into
from storage.tables.company import devices
from storage.tables.watch import conditions


@dataclass(frozen=True, slots=True)
class Key:
    device_id: DeviceId
    code: str
    point: str


def everything(tx: Tx) -> dict[Key, Condition]:
    rows = tx.execute(select(conditions))
    return {
        Key(DeviceId(row.device_id), row.code, row.point): Condition(
            true_since=row.true_since,
            clear_since=row.clear_since,
            reports=int(row.evidence.get("reports", 1)),
            value=row.evidence.get("value"),
        )
        for row in rows
    }


def true_at_site(
    tx: Tx, site_id: SiteId, code: str, *, since: datetime
) -> dict[DeviceId, datetime]:
    """Devices of a site of which this is true, and since when; not longer than `since`.

    Asked of what is true anywhere, which is little beside the devices of a large site.
    """
    here = exists().where(devices.c.id == conditions.c.device_id, devices.c.site_id == site_id)
    found = select(conditions.c.device_id, conditions.c.true_since).where(
        conditions.c.code == code,
        conditions.c.clear_since.is_(None),
        conditions.c.true_since >= since,
        here,
    )
    return {DeviceId(number): at for number, at in tx.execute(found)}


def put_all(tx: Tx, changed: Sequence[tuple[Key, Condition]]) -> None:
    if not changed:
        return
    row = insert_into(tx, conditions)
    names = ("true_since", "clear_since", "evidence")
    upsert = row.on_conflict_do_update(
        index_elements=["device_id", "code", "point"],
        set_={name: row.excluded[name] for name in names},
    )
    rows = [
        {
            "device_id": key.device_id,
            "code": key.code,
            "point": key.point,
            "true_since": condition.true_since,
            "clear_since": condition.clear_since,
            "evidence": {"reports": condition.reports, "value": condition.value},
        }
        for key, condition in changed
    ]
    tx.execute(upsert, rows)


def forget(tx: Tx, keys: Iterable[Key]) -> None:
    gone = sorted(keys, key=lambda key: (key.device_id, key.code, key.point))
    for start in range(0, len(gone), 200):
        some = [
            and_(
                conditions.c.device_id == key.device_id,
                conditions.c.code == key.code,
                conditions.c.point == key.point,
            )
            for key in gone[start : start + 200]
        ]
        tx.execute(delete(conditions).where(or_(*some)))
