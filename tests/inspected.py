"""A company with a contract and a system to inspect; and somebody who walks through a sheet."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from operations import inspections as inspection_desk
from rules.inspections import Answer, Decision, Inspection, InspectionId, Item, Point, Result, Sheet
from rules.model import DeviceType, PersonId, Role, SiteId, SystemId
from rules.policy import Policy
from storage import contracts as contract_rows
from storage import devices as device_rows
from storage import inspections as inspection_rows
from storage import people as people_rows
from storage import sites as site_rows
from storage import systems as system_rows
from storage.db import Tx
from tests.company import Company
from tests.storage.assets import a_customer

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 09:00 at the site
POLICY = Policy()
WELL = Answer(result=Result.NORMAL)
ALL_YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def under_contract(
    tx: Tx, company: Company, *, term: tuple[date, date] = ALL_YEAR, kind: str = "video"
) -> SystemId:
    """The company's site gets a contract and a system, and every device belongs to it."""
    return a_system(tx, company.site_id, "V", term=term, kind=kind, devices=company.devices)


def a_system(
    tx: Tx,
    site_id: SiteId,
    code: str,
    *,
    term: tuple[date, date] = ALL_YEAR,
    kind: str = "video",
    devices: Sequence[int] = (),
) -> SystemId:
    site = site_rows.get(tx, site_id)
    assert site is not None
    if site.contract_id is None:
        row = {
            "number": f"K-{site.code}",
            "customer_id": a_customer(tx),
            "tier": "basic",
            "starts_on": term[0],
            "ends_on": term[1],
        }
        contract_rows.add(tx, [row])
        contract = contract_rows.by_number(tx, f"K-{site.code}")
        assert contract is not None
        site_rows.change(tx, site_id, {"contract_id": contract.id})
    system_rows.add(tx, [{"site_id": site_id, "code": code, "name": code, "kind": kind}])
    system = next(one for one in system_rows.of_site(tx, site_id) if one.code == code)
    for device in devices:
        device_rows.change(tx, device, {"system_id": system.id})  # type: ignore[arg-type]
    return system.id


def a_device(tx: Tx, site_id: SiteId, system_id: SystemId, code: str, kind: DeviceType) -> None:
    row = {"site_id": site_id, "system_id": system_id, "code": code, "name": code, "type": kind}
    device_rows.add(tx, [{**row, "enrolled_at": NOW}])


def planned(tx: Tx, system_id: SystemId, now: datetime = NOW) -> Inspection:
    """The one of this month."""
    inspection_desk.plan(tx, now)
    period = f"{now:%Y-%m}"
    return next(one for one in inspection_rows.of_system(tx, system_id) if one.period == period)


def begun(tx: Tx, system_id: SystemId, by: PersonId, now: datetime = NOW) -> Sheet:
    inspection = inspection_desk.start(tx, planned(tx, system_id, now).id, by, now)
    return sheet_of(tx, inspection.id)


def sheet_of(tx: Tx, inspection_id: InspectionId) -> Sheet:
    found = inspection_rows.sheet(tx, inspection_id)
    assert found is not None
    return found


def point_of(sheet: Sheet, code: str) -> Point:
    return next(one for one in sheet.points if one.code == code)


def item_of(point: Point, key: str) -> Item:
    return next(one for one in point.items if one.item == key)


def walk(
    tx: Tx,
    sheet: Sheet,
    by: PersonId,
    now: datetime,
    *,
    minutes: float = 5,
    answers: Mapping[str, Answer] | None = None,
) -> datetime:
    """Every point in its order, `minutes` apart; returns when the last one was answered."""
    for point in sheet.points:
        now += timedelta(minutes=minutes)
        said = (answers or {}).get(point.code, WELL)
        inspection_desk.answer_point(tx, point.id, said, by, POLICY, now)
    return now


def issued(tx: Tx, inspection_id: int, now: datetime = NOW) -> None:
    """Out with it, by whatever steps are left; what contradicts is decided."""
    number = InspectionId(inspection_id)
    company_head = next(one.id for one in people_rows.with_role(tx, Role.HEAD))
    inspection_desk.finish(tx, number, "", company_head, POLICY, now)
    inspection_desk.leave_unsigned(tx, number, "客户不在场", company_head, now)
    for point in sheet_of(tx, number).undecided:
        inspection_desk.decide(tx, point.id, Decision.STANDS, "已核实", company_head, now)
    inspection_desk.issue(tx, number, company_head, now)
